import type { ApiObject } from '../base/object.ts';
import { parsed } from '../base/parsed.ts';
import type { Entry, Store } from '../store/store.ts';
import { type Kind, kinds } from './kinds.ts';

/**
 * Reads objects as they are now and remembers what it was asked for, also what was not there: the answers depend on exactly
 * these. A dependency is written `dep:<type>/<key>` for one object, `dep:<type>?<term>` for what carries an index term, and
 * `dep:<type>/<namespace>/*` for all of a namespace.
 */
export interface Reader {
  get(kind: Kind, key: string): Promise<ApiObject | undefined>;
  find(kind: Kind, term: string): Promise<ApiObject[]>;
  list(kind: Kind, namespace: string): Promise<ApiObject[]>;
  /** An entry that is no object. */
  entry(type: string, key: string): Promise<Entry | undefined>;
  readonly dependencies: Set<string>;
}

export const createReader = (store: Store): Reader => {
  const dependencies = new Set<string>();
  const get = async (kind: Kind, key: string) => {
    const entry = await store.get(kinds[kind], key);
    return entry && (kind === 'deviceConfig' ? decodeHead(entry.value) : decodeObject(entry.value));
  };
  return {
    dependencies,
    get(kind, key) {
      dependencies.add(onKey(kinds[kind], key));
      return get(kind, key);
    },
    async find(kind, term) {
      dependencies.add(onTerm(kinds[kind], term));
      const keys = await store.find(kinds[kind], term);
      const found = await Promise.all(keys.map(key => get(kind, key)));
      return found.filter(object => object !== undefined);
    },
    async list(kind, namespace) {
      dependencies.add(onNamespace(kinds[kind], namespace));
      const { entries } = await store.list(kinds[kind], { prefix: `${namespace}/` });
      return entries.map(entry => decodeObject(entry.value));
    },
    entry(type, key) {
      dependencies.add(onKey(type, key));
      return store.get(type, key);
    },
  };
};

export const onKey = (type: string, key: string): string => `dep:${type}/${key}`;
export const onTerm = (type: string, term: string): string => `dep:${type}?${term}`;
export const onNamespace = (type: string, namespace: string): string => `dep:${type}/${namespace}/*`;

/** An object as it was stored, shared with whoever else reads it: never change it. Only the registry writes there. */
export const decodeObject = (value: Uint8Array): ApiObject => parsed(value) as unknown as ApiObject;

/** An object without its status: that of a DeviceConfig is as big as what it shows, and nobody reads it here. */
export const decodeHead = (value: Uint8Array): ApiObject => {
  const { status: _, ...head } = decodeObject(value);
  return head;
};
