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
import { partsOf, readyCondition, stateOf } from './ready.ts';
import { asMap, defined, listItem, listOf, maxItems, replace, textOf, textsOf, timeOf } from './value.ts';

export const swState = nameOf(ZSwState);
const snapshotType = nameIfAny(SnapshotType, 'SNAPSHOT_TYPE_');

/** States that an Application keeps of its past. */
const maxStates = 32;
/** The same of one container among others. */
const maxInstanceStates = 16;

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

/** The status of an Application after a report about one of its instances. What is shown of networks is of the first one. */
export const reflectApp = (status: JsonMap, report: AppReport, now: number): JsonMap => {
  const { info, at, containers, generation } = report;
  const told = swState(info.state);
  const errors = (info.appErr ?? [])
    .map(errorText)
    .filter(text => text !== undefined)
    .slice(0, maxItems);
  const [error] = errors;
  const instances = containers.length > 1 ? instancesWith(status['instances'], report, told, error) : undefined;
  const parts = instances ? partsOf(instances, containers) : [{ state: told, version: info.appVersion, error }];
  const state = stateOf(parts) ?? told;
  const { instances: _, ...kept } = status;
  const next = defined({
    ...kept,
    instances,
    ...(at === 0 && firstOf(status, info, errors)),
    state,
    statuses: statesWith(status['statuses'], state, report.time, maxStates),
    conditions: setCondition(status['conditions'], readyCondition(parts, generation), now),
  });
  return withGeneration(next, report, now);
};

/** What a status says of the first instance alone. */
const firstOf = (status: JsonMap, info: ZInfoApp, errors: string[]): Record<string, Json | undefined> => {
  const interfaces = listOf(info.network, toInterface) ?? [];
  const addresses = interfaces.flatMap(one => (Array.isArray(one['addresses']) ? one['addresses'] : []));
  return {
    startTime: timeOf(info.bootTime) ?? status['startTime'],
    version: textOf(info.appVersion) ?? status['version'],
    uuid: info.AppID ?? '',
    addresses,
    interfaces,
    adapters: textsOf(info.assignedAdapters?.map(({ name }) => name)),
    volumeRefs: textsOf(info.volumeRefs),
    clusterRunning: info.cluster_app_running,
    errors,
    snapshots: listOf(info.snapshots, toSnapshot) ?? [],
  };
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

const statesWith = (states: Json | undefined, state: string, time: number, most: number): Json[] => {
  const list = Array.isArray(states) ? states : [];
  const last = asMap(list.at(-1));
  if (last['state'] === state) return list;
  return [...list, { state, timestamp: toTime(time) }].slice(-most);
};

/** The instances of all containers that there are, by name. */
const instancesWith = (
  instances: Json | undefined,
  { info, at, containers, time }: AppReport,
  state: string,
  error: string | undefined,
): Json[] => {
  const name = containers[at] ?? '';
  const statuses = statesWith(asMap(listItem(instances, name))['statuses'], state, time, maxInstanceStates);
  const own = defined({ name, uuid: info.AppID, state, statuses, version: textOf(info.appVersion), error });
  return replace(instances, 'name', own)
    .filter(one => containers.includes(String(asMap(one)['name'])))
    .sort((a, b) => (String(asMap(a)['name']) < String(asMap(b)['name']) ? -1 : 1));
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
