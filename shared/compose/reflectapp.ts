import { type Condition, setCondition, toTime } from '../base/condition.ts';
import type { Json, JsonMap } from '../base/object.ts';
import { type ZInfoApp, ZSwState } from '../eve/generated/info.ts';
import { errorText } from './errors.ts';
import { nameOf } from './names.ts';
import { asMap, defined, timeOf } from './reflectdevice.ts';

export const swState = nameOf(ZSwState);

/** States that an Application keeps of its past. */
const maxStates = 32;
const maxItems = 64;

export interface AppReport {
  readonly info: ZInfoApp;
  /** Which container of the Application it is, and its name. */
  readonly at: number;
  readonly container: string;
  /** How many there are. */
  readonly containers: number;
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
  const instances = report.containers > 1 ? instancesWith(status['instances'], report, state, errors[0]) : undefined;
  if (report.at > 0) return { ...status, ...defined({ instances }) };
  const interfaces = interfacesOf(report.info);
  const addresses = interfaces.flatMap(one => (Array.isArray(one['addresses']) ? one['addresses'] : []));
  return {
    ...status,
    ...defined({ instances, startTime: timeOf(report.info.bootTime), version: report.info.appVersion || undefined }),
    uuid: report.info.AppID ?? '',
    state,
    statuses: statesWith(status['statuses'], state, report.time),
    addresses,
    interfaces,
    errors,
    snapshots: (report.info.snapshots ?? []).slice(0, maxItems).map(one =>
      defined({
        id: one.id,
        version: one.config_version,
        createdAt: timeOf(one.create_time),
        error: errorText(one.snap_err),
      }),
    ),
    conditions: setCondition(status['conditions'], readyCondition(report, state, errors), now),
  };
};

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
  const own = defined({ name: report.container, uuid: report.info.AppID, state, error });
  const others = (Array.isArray(instances) ? instances : []).filter(one => asMap(one)['name'] !== report.container);
  return [...others, own]
    .sort((a, b) => (String(asMap(a)['name']) < String(asMap(b)['name']) ? -1 : 1))
    .slice(0, maxItems);
};

const interfacesOf = ({ network = [] }: ZInfoApp): JsonMap[] =>
  network.slice(0, maxItems).map(one =>
    defined({
      name: one.devName || one.localName || undefined,
      mac: one.macAddr || undefined,
      addresses: one.IPAddrs?.length ? one.IPAddrs.slice(0, maxItems) : undefined,
      up: one.ipv4_up,
      error: errorText(one.networkErr),
    }),
  );

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
