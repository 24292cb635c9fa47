import { type Condition, findCondition, setCondition, toTime } from '../../base/condition.ts';
import type { Json, JsonMap } from '../../base/object.ts';
import {
  SnapshotType,
  type ZInfoApp,
  type ZInfoNetwork,
  type ZInfoSnapshot,
  ZSwState,
} from '../../eve/generated/info.ts';
import { errorText } from './errors.ts';
import { nameIfAny, nameOf } from './names.ts';
import { asMap, defined, listOf, maxItems, replace, textOf, textsOf, timeOf } from './value.ts';

export const swState = nameOf(ZSwState);
const snapshotType = nameIfAny(SnapshotType, 'SNAPSHOT_TYPE_');

/** States that an Application keeps of its past. */
const maxStates = 32;

export interface AppReport {
  readonly info: ZInfoApp;
  /** Which container of the Application it is. */
  readonly at: number;
  /** Names of all of them. */
  readonly containers: readonly string[];
  readonly generation: number | undefined;
  /** When it was so, by the device's clock where it can be believed; milliseconds. */
  readonly time: number;
}

/** The status of an Application after a report about one of its instances. */
export const reflectApp = (status: JsonMap, report: AppReport, now: number): JsonMap => {
  const state = swState(report.info.state);
  const errors = (report.info.appErr ?? [])
    .map(errorText)
    .filter(text => text !== undefined)
    .slice(0, maxItems);
  const instances =
    report.containers.length > 1 ? instancesWith(status['instances'], report, state, errors[0]) : undefined;
  if (report.at > 0) return withGeneration({ ...status, ...defined({ instances }) }, report, now);
  const { info } = report;
  const interfaces = listOf(info.network, toInterface) ?? [];
  const addresses = interfaces.flatMap(one => (Array.isArray(one['addresses']) ? one['addresses'] : []));
  const next = defined({
    ...status,
    instances: instances ?? status['instances'],
    startTime: timeOf(info.bootTime) ?? status['startTime'],
    version: textOf(info.appVersion) ?? status['version'],
    uuid: info.AppID ?? '',
    state,
    statuses: statesWith(status['statuses'], state, report.time),
    addresses,
    interfaces,
    adapters: textsOf(info.assignedAdapters?.map(({ name }) => name)),
    volumeRefs: textsOf(info.volumeRefs),
    clusterRunning: info.cluster_app_running,
    errors,
    snapshots: listOf(info.snapshots, toSnapshot) ?? [],
    conditions: setCondition(status['conditions'], readyCondition(report, state, errors), now),
  });
  return withGeneration(next, report, now);
};

/**
 * The status with the generation that it is about: a device is told the generation as the version of an app, and tells which
 * version it has. That of the container that is furthest behind counts; what comes late turns nothing back.
 */
const withGeneration = (status: JsonMap, { containers, generation = 0 }: AppReport, now: number): JsonMap => {
  const versions =
    containers.length > 1
      ? containers.map(name => asMap(listItem(status['instances'], name))['version'])
      : [status['version']];
  const told = Math.min(...versions.map(version => toGeneration(version, generation)));
  const before = Number(status['observedGeneration'] ?? 0);
  const observedGeneration = Math.max(told, before);
  if (observedGeneration === 0) return status;
  // Written by setCondition, in a list that is JSON by its schema.
  const ready = findCondition(status['conditions'], 'Ready') as Condition | undefined;
  return {
    ...status,
    observedGeneration,
    ...(ready && { conditions: setCondition(status['conditions'], { ...ready, observedGeneration }, now) }),
  };
};

/** 0 for a version that no generation up to this one has. */
const toGeneration = (version: Json | undefined, most: number): number => {
  const generation = Number(version);
  return Number.isSafeInteger(generation) && String(generation) === version && generation <= most
    ? Math.max(0, generation)
    : 0;
};

const listItem = (list: Json | undefined, name: string): Json | undefined =>
  Array.isArray(list) ? list.find(one => asMap(one)['name'] === name) : undefined;

const statesWith = (states: Json | undefined, state: string, time: number): Json[] => {
  const list = Array.isArray(states) ? states : [];
  const last = asMap(list.at(-1));
  if (last['state'] === state) return list;
  return [...list, { state, timestamp: toTime(time) }].slice(-maxStates);
};

const instancesWith = (
  instances: Json | undefined,
  report: AppReport,
  state: string,
  error: string | undefined,
): Json[] => {
  const { AppID: uuid, appVersion } = report.info;
  const own = defined({ name: report.containers[report.at] ?? '', uuid, state, version: textOf(appVersion), error });
  return replace(instances, 'name', own)
    .sort((a, b) => (String(asMap(a)['name']) < String(asMap(b)['name']) ? -1 : 1))
    .slice(0, maxItems);
};

const toInterface = (one: ZInfoNetwork): JsonMap =>
  defined({
    name: textOf(one.devName || one.localName || one.alias),
    mac: textOf(one.macAddr),
    addresses: textsOf(one.IPAddrs),
    routers: textsOf(one.defaultRouters),
    dns: textsOf(one.dns?.DNSservers),
    dnsDomain: textOf(one.dns?.DNSdomain),
    ntp: textsOf(one.ntp_servers),
    up: one.ipv4_up,
    addressMismatch: one.ip_addr_mis_match,
    error: errorText(one.networkErr),
  });

const toSnapshot = (one: ZInfoSnapshot): JsonMap =>
  defined({
    id: textOf(one.id),
    config: textOf(one.config_id),
    version: textOf(one.config_version),
    type: snapshotType(one.type),
    createdAt: timeOf(one.create_time),
    error: errorText(one.snap_err),
  });

/** "Running as wanted": RUNNING, without errors, and in the version that is wanted. */
const readyCondition = ({ info, generation }: AppReport, state: string, errors: readonly string[]): Condition => {
  const type = 'Ready';
  const [error] = errors;
  if (error !== undefined) return { type, status: 'False', reason: 'AppError', message: error };
  if (info.state !== ZSwState.RUNNING)
    return { type, status: 'False', reason: reasonOf(state), message: `the application is ${state}` };
  const current = info.appVersion === undefined || generation === undefined || info.appVersion === String(generation);
  return current
    ? { type, status: 'True', reason: 'Running', message: 'the application runs as wanted' }
    : {
        type,
        status: 'False',
        reason: 'Outdated',
        message: `version ${info.appVersion} runs, ${generation} is wanted`,
      };
};

/** `CREATING_VOLUME` → `CreatingVolume`. */
const reasonOf = (state: string): string =>
  /^\d/.test(state)
    ? `State${state}`
    : state.toLowerCase().replace(/(^|_)([a-z])/g, (_, _separator: string, letter: string) => letter.toUpperCase());
