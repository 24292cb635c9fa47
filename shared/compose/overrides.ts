import { cloneJson } from '../base/clone.ts';
import { isEqual } from '../base/equal.ts';
import { isFault } from '../base/fault.ts';
import type { Json, JsonMap } from '../base/object.ts';
import { getOwn, isMap, setOwn } from '../base/own.ts';
import { parsePath, type Step } from '../base/pick.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import { fromJson, toJson } from '../eve/json.ts';
import type { DeviceConfig } from '../resources/eve/deviceconfig.ts';
import type { Problem } from './problem.ts';

export interface Overridden {
  readonly config: EdgeDevConfig;
  /** Paths where the configuration differs from the composed one. */
  readonly paths: readonly string[];
  readonly problems: readonly Problem[];
}

/** Applies `spec.overrides` of a DeviceConfig, in order. One that finds no place, or makes no sense, changes nothing and is told. */
export const override = (config: EdgeDevConfig, by: DeviceConfig | undefined): Overridden => {
  const overrides = by?.spec?.overrides ?? [];
  if (!by || overrides.length === 0) return { config, paths: [], problems: [] };
  const problems: Problem[] = [];
  const paths: string[] = [];
  let current = config;
  for (const [at, { path, value, remove }] of overrides.entries()) {
    const tell = (field: string, why: string) =>
      problems.push({
        about: by,
        reason: 'OverrideNotApplied',
        message: `spec.overrides[${at}].${field}: ${why}`,
        lacks: [],
      });
    const json = toJson('config.EdgeDevConfig', current);
    const next = cloneJson(json);
    const problem = apply(next, path, remove ? undefined : (value as Json)); // any JSON by its schema
    if (problem !== undefined) tell('path', `${path} ${problem}`);
    else if (!isEqual(json, next)) {
      const parsed = parse(next);
      if (typeof parsed === 'string') tell('value', `${path}: ${parsed}`);
      else {
        current = parsed;
        paths.push(path);
      }
    }
  }
  return { config: current, paths, problems };
};

/** The override that changed the part of a configuration in which a place is; undefined when none did. */
export const overrideOf = (
  by: DeviceConfig | undefined,
  paths: readonly string[],
  place: string,
): number | undefined => {
  const at = by?.spec?.overrides?.findIndex(({ path }) => paths.includes(path) && partOf(path) === partOf(place)) ?? -1;
  return at < 0 ? undefined : at;
};

/** In either spelling. */
const partOf = (path: string): string => (/^\w*/.exec(path)?.[0] ?? '').replaceAll('_', '').toLowerCase();

const parse = (json: JsonMap): EdgeDevConfig | string => {
  try {
    return fromJson('config.EdgeDevConfig', json);
  } catch (error) {
    if (!isFault(error)) throw error;
    const [first] = error.causes;
    return first ? `${first.field ?? ''} ${first.message}`.trim() : error.message;
  }
};

/** Changes `root` in place; answers why it did not. Undefined as `value` removes. */
const apply = (root: JsonMap, path: string, value: Json | undefined): string | undefined => {
  const steps = parsePath(path);
  const last = steps?.at(-1);
  if (!steps || !last) return 'is not a path';
  let holders: Json[] = [root];
  for (const step of steps.slice(0, -1)) holders = holders.flatMap(holder => enter(holder, step, value !== undefined));
  if (holders.length === 0) return 'finds no place in the configuration';
  const done = holders.filter(holder => set(holder, last, value));
  return done.length > 0 ? undefined : 'finds no place in the configuration';
};

const enter = (holder: Json, step: Step, create: boolean): Json[] => {
  if ('field' in step) {
    if (!isMap(holder)) return [];
    const map = holder as JsonMap; // what isMap says of JSON
    const name = nameIn(map, step.field);
    if (create && getOwn(map, name) === undefined) setOwn(map, name, {});
    const found = getOwn(map, name);
    return found === undefined ? [] : [found];
  }
  if (!Array.isArray(holder)) return [];
  const items = 'index' in step ? [holder[step.index]] : holder.filter(item => matches(item, step));
  return items.filter(item => item !== undefined);
};

const set = (holder: Json, step: Step, value: Json | undefined): boolean => {
  if ('field' in step) {
    if (!isMap(holder)) return false;
    const map = holder as JsonMap; // what isMap says of JSON
    const name = nameIn(map, step.field);
    if (value === undefined) {
      if (getOwn(map, name) === undefined) return false;
      delete map[name];
    } else setOwn(map, name, value);
    return true;
  }
  if (!Array.isArray(holder)) return false;
  if ('index' in step && step.index === holder.length && value !== undefined) return holder.push(value) > 0;
  const at = 'index' in step ? step.index : holder.findIndex(item => matches(item, step));
  if (at < 0 || at >= holder.length) return false;
  if (value === undefined) holder.splice(at, 1);
  else holder[at] = value;
  return true;
};

const matches = (item: Json, step: { readonly match: string; readonly value: string }): boolean =>
  isMap(item) && String(getOwn(item, nameIn(item, step.match)) ?? '') === step.value;

/** Either spelling of a name finds the field: `mount_dir` as well as `mountDir`. */
const nameIn = (map: { readonly [field: string]: unknown }, name: string): string => {
  if (getOwn(map, name) !== undefined) return name;
  const camel = name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return camel === name || getOwn(map, camel) !== undefined || name.includes('_') ? camel : name;
};
