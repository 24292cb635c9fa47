import { isFault } from '../base/fault.ts';
import type { JsonMap } from '../base/object.ts';
import type { Controller } from '../eve/controller.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import { fromJson } from '../eve/json.ts';
import { type CheckContext, check } from './check.ts';
import type { Counters } from './checkcounters.ts';
import { compose } from './compose.ts';
import { type Body, toBody } from './digest.ts';
import type { Gathered } from './gather.ts';
import { keepVolumes, type Made } from './keepvolumes.ts';
import { originOf } from './origin.ts';
import { override, overrideOf } from './overrides.ts';
import type { Named, Problem } from './problem.ts';

/** What a device shall be served, and what stands in the way. */
export interface Decision {
  /** Undefined: what is served now stays. */
  readonly config: EdgeDevConfig | undefined;
  /** Of `config`. */
  readonly body: Body | undefined;
  readonly problems: readonly Problem[];
  /** Whether what is served is older than what objects say, or less, because something is broken. */
  readonly isHeld: boolean;
  /** Paths where overrides made a difference. */
  readonly overridden: readonly string[];
}

/**
 * Composes, overrides and checks. What fails the checks is never served, and nothing is taken from a device because an object
 * is broken: then what is served now stays. A device that is served nothing yet gets the best configuration that works.
 */
export const decide = (from: Gathered, controller: Controller, served: ServedNow | undefined): Decision => {
  const isManual = from.deviceConfig?.spec?.management === 'Manual';
  const first = isManual ? manual(from, controller) : composed(from, controller, served);
  const body = first.config && toBody(first.config);
  // What is served passed the checks when it became so.
  if (body && body.digest === served?.digest) return { ...first, body, isHeld: false };
  const withBody = (wanted: Wanted, isHeld: boolean): Decision => {
    const { config } = wanted;
    const own = config === first.config ? body : config && toBody(config);
    return { ...wanted, body: own, isHeld };
  };
  const { wrong, ...wanted } = checked(first, from, contextOf(from, controller, served?.counters()), !isManual);
  const problems = [...wanted.problems, ...wrong.map(text => toWholeProblem(from, wanted, text))];
  // What would be missing is looked for only where something is missing.
  const isHeld = served !== undefined && wanted.problems.some(({ lacks }) => holds(served.config, lacks));
  if (wanted.config && wrong.length === 0 && !isHeld) return withBody({ ...wanted, problems }, false);
  const { overridden } = wanted;
  if (served) return withBody({ config: renewed(served.config(), controller), problems, overridden }, true);
  return withBody({ config: fallback(from, controller), problems, overridden: [] }, true);
};

/**
 * What a device keeps is signed anew when the controller's certificates change, for it would be lost to a signature that it
 * no longer knows. Undefined when they did not.
 */
const renewed = (previous: EdgeDevConfig, { confighash }: Controller): EdgeDevConfig | undefined =>
  previous.controllercert_confighash === confighash
    ? undefined
    : { ...previous, controllercert_confighash: confighash };

/** What is wanted, with what the checks say against it. */
interface Checked extends Wanted {
  readonly wrong: readonly string[];
}

/**
 * Checks. Where it may, it leaves out what the checks refuse of things that others can do without (of two that clash: the
 * younger), so that one does not hold up all others.
 */
const checked = (wanted: Wanted, from: Gathered, context: CheckContext, mayLeaveOut: boolean): Checked => {
  let { config } = wanted;
  const problems = [...wanted.problems];
  while (config) {
    const wrong = check(config, context);
    const refused = mayLeaveOut ? refusedItems(wrong) : [];
    if (refused.length === 0) return { ...wanted, config, problems, wrong };
    for (const one of refused) problems.push(toItemProblem(from, config, one));
    config = without(config, refused);
  }
  return { ...wanted, wrong: [] };
};

/** Lists whose items stand for themselves. */
const separable = ['apps', 'networkInstances', 'patchEnvelopes'] as const;

interface Refused {
  readonly list: (typeof separable)[number];
  readonly at: number;
  /** `path: what is wrong`. */
  readonly message: string;
}

/** The first complaint about each item. */
const refusedItems = (wrong: readonly string[]): Refused[] => {
  const refused = new Map<string, Refused>();
  for (const message of wrong) {
    const [item = '', name, at = ''] = /^(\w+)\[(\d+)\]/.exec(message) ?? [];
    const list = separable.find(one => one === name);
    if (list && !refused.has(item)) refused.set(item, { list, at: Number(at), message });
  }
  return [...refused.values()];
};

const without = (config: EdgeDevConfig, refused: readonly Refused[]): EdgeDevConfig => {
  const keep = <T>(list: Refused['list'], items: readonly T[] = []) =>
    items.filter((_, at) => !refused.some(one => one.list === list && one.at === at));
  const apps = keep('apps', config.apps);
  const running = new Set(apps.map(app => app.uuidandversion?.uuid));
  const patchEnvelopes = keep('patchEnvelopes', config.patchEnvelopes)
    .map(one => ({ ...one, appInstIdsAllowed: one.appInstIdsAllowed?.filter(id => running.has(id)) }))
    .filter(one => one.appInstIdsAllowed?.length !== 0);
  return { ...config, apps, networkInstances: keep('networkInstances', config.networkInstances), patchEnvelopes };
};

const toItemProblem = (from: Gathered, config: EdgeDevConfig, { list, at, message }: Refused): Problem => {
  const item = config[list]?.[at];
  const uuid = (item && ('uuidandversion' in item ? item.uuidandversion?.uuid : 'uuid' in item ? item.uuid : '')) ?? '';
  return { ...toProblem(from, config, message), lacks: [uuid] };
};

/** What a device is served now. */
export interface ServedNow {
  readonly digest: string;
  counters(): Counters;
  /** What its volumes are made from. */
  made(): Made;
  config(): EdgeDevConfig;
}

type Wanted = Omit<Decision, 'body' | 'isHeld'>;

const composed = (from: Gathered, controller: Controller, served: ServedNow | undefined): Wanted => {
  const { config, problems } = compose(from, controller);
  const kept = keepVolumes(config, from, served);
  const overridden = override(kept.config, from.deviceConfig);
  return {
    config: overridden.config,
    problems: [...problems, ...kept.problems, ...overridden.problems],
    overridden: overridden.paths,
  };
};

/** The configuration that the user wrote. The device's id and the controller's certificates are not theirs to choose. */
const manual = (from: Gathered, controller: Controller): Wanted => {
  try {
    // Any JSON object by its schema.
    const config = fromJson('config.EdgeDevConfig', (from.deviceConfig?.spec?.config ?? {}) as JsonMap, [
      'spec',
      'config',
    ]);
    const fixed = { id: { uuid: from.uuid }, controllercert_confighash: controller.confighash };
    return { config: { reboot: {}, shutdown: {}, ...config, ...fixed }, problems: [], overridden: [] };
  } catch (error) {
    if (!isFault(error)) throw error;
    const details = error.causes.map(one => `${one.field ?? ''} ${one.message}`.trim()).join('; ');
    return {
      config: undefined,
      problems: [invalid(from.deviceConfig ?? from.device, details || error.message)],
      overridden: [],
    };
  }
};

/** The first of these that passes: what is composed without overrides, without what runs there, the bare device. */
const fallback = (from: Gathered, controller: Controller): EdgeDevConfig | undefined => {
  const bare = { ...from.device, spec: {} };
  const idle = { ...from, applications: [], claims: [], patches: [], membership: undefined };
  const attempts: Gathered[] = [from, idle, { ...idle, networks: [], device: bare }];
  for (const one of attempts) {
    const { config } = compose(one, controller);
    if (check(config, contextOf(from, controller, undefined)).length === 0) return config;
  }
  return undefined;
};

const contextOf = (from: Gathered, controller: Controller, before: Counters | undefined): CheckContext => ({
  uuid: from.uuid,
  before,
  controllerCertHashes: controller.exchanges.map(({ certHash }) => certHash),
  deviceCertHash: from.keys?.certHash,
});

/** A text of the checks in the words of the objects that the configuration was made from. */
const toProblem = (from: Gathered, config: EdgeDevConfig, text: string): Problem => {
  const [, path = '', why = text] = /^(\S+?): (.*)$/s.exec(text) ?? [];
  if (from.deviceConfig?.spec?.management === 'Manual') return invalid(from.deviceConfig, `spec.config.${text}`);
  const { about, field } = originOf(from, config, path);
  const named = why.replace(/\b(?:apps|networkInstances|networks|patchEnvelopes)\[\d+\][\w.[\]]*/g, other => {
    const { kind, metadata } = originOf(from, config, other).about;
    return `${kind} "${metadata.name}"`;
  });
  return invalid(about, `${field}: ${named}`);
};

/** The same for what holds all of it: where an override had a hand in it, that is told. */
const toWholeProblem = (from: Gathered, { config, overridden }: Wanted, text: string): Problem => {
  const { deviceConfig } = from;
  const at = overrideOf(deviceConfig, overridden, text);
  return deviceConfig && at !== undefined
    ? invalid(deviceConfig, `spec.overrides[${at}]: ${text}`)
    : toProblem(from, config ?? {}, text);
};

const invalid = (about: Named, message: string): Problem => ({ about, reason: 'InvalidConfig', message, lacks: [] });

/** Whether a configuration has something of these ids, which another one would take away. */
const holds = (served: () => EdgeDevConfig, ids: readonly string[]): boolean => {
  if (ids.length === 0) return false;
  const config = served();
  return [
    config.id?.uuid,
    config.cluster?.cluster_id,
    ...(config.apps ?? []).map(one => one.uuidandversion?.uuid),
    ...(config.networks ?? []).map(one => one.id),
    ...(config.networkInstances ?? []).map(one => one.uuidandversion?.uuid),
    ...(config.volumes ?? []).map(one => one.uuid),
    ...(config.patchEnvelopes ?? []).map(one => one.uuid),
  ].some(id => id !== undefined && ids.includes(id));
};
