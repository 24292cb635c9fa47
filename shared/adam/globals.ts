import { toUtf8 } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { parseJson } from '../base/json.ts';
import type { ApiObject, JsonMap } from '../base/object.ts';
import { isMap } from '../base/own.ts';
import type { Registry } from '../kube/registry/registry.ts';
import { done, json } from './answer.ts';
import { readObject } from './body.ts';
import type { Wanted } from './caller.ts';
import type { Handler } from './room.ts';
import { type GlobalOptions, toGlobalOptions } from './template.ts';

/** The global options as they were put. */
export const getGlobals: Handler = async ({ room, caller }) => {
  await caller.require('get', resource, name);
  const text = textOf(await room.registry.find(room.registry.catalog.get('', 'configmaps'), ref));
  if (text === undefined) throw new Fault('NotFound', 'no global options were set');
  return json(text);
};

/** Keeps the options as they are written, in a ConfigMap; unknown fields too. */
export const putGlobals: Handler = async ({ room, caller, request }) => {
  await caller.require('update', resource, name);
  await caller.require('create', resource, name);
  const { text, object } = await readObject(request);
  toGlobalOptions(object);
  const data = { [key]: toUtf8(text) };
  const change = (current: ApiObject): ApiObject => ({ ...current, data });
  const createFrom = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...ref } };
  const type = room.registry.catalog.get('', 'configmaps');
  await room.registry.update(type, ref, change, { user: caller.user, createFrom });
  return done();
};

/**
 * The options in force; undefined when there are none. Throws InternalError when somebody wrote something else into the
 * ConfigMap: nobody can tell whether that was to enforce anything.
 */
export const readGlobals = async (registry: Registry): Promise<GlobalOptions | undefined> => {
  const text = textOf(await registry.find(registry.catalog.get('', 'configmaps'), ref));
  if (text === undefined) return undefined;
  const known = cache.get(text);
  if (known) return known;
  try {
    const value = parseJson(text, { maxDepth: 32 });
    if (!isMap(value)) throw new Fault('BadRequest', 'not an object');
    const options = toGlobalOptions(value as JsonMap); // parsed from JSON
    cache.clear();
    cache.set(text, options);
    return options;
  } catch (cause) {
    throw new Fault('InternalError', `ConfigMap ${ref.namespace}/${name}: ${key} cannot be read`, { cause });
  }
};

const name = 'adam-options';
const ref = { namespace: 'kube-system', name };
const key = 'options.json';
const resource: Wanted = { group: '', version: 'v1', resource: 'configmaps', namespace: ref.namespace };

/** Options are few: the last that were read are kept. */
const cache = new Map<string, GlobalOptions>();

const textOf = (object: ApiObject | undefined): string | undefined => {
  const data = object?.data;
  const text = isMap(data) ? data[key] : undefined;
  return typeof text === 'string' ? text : undefined;
};
