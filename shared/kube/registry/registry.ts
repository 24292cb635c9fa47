import type { ApiObject, JsonMap, ObjectRef } from '../../base/object.ts';
import type { Ports } from '../../base/ports.ts';
import type { Store } from '../../store/store.ts';
import type { User } from '../access/user.ts';
import type { Catalog } from '../catalog.ts';
import type { Quota } from '../quota/quota.ts';
import type { ResourceType } from '../resource.ts';
import type { FieldSelector } from '../select/fields.ts';
import type { LabelSelector } from '../select/labels.ts';
import type { Admission, Appearance } from './admission.ts';
import { apply } from './apply.ts';
import { createCodec } from './codec.ts';
import { removeCollection } from './collection.ts';
import { create } from './create.ts';
import { find, findByTerm, get } from './get.ts';
import { list } from './list.ts';
import type { Machine } from './machine.ts';
import { remove } from './remove.ts';
import { update } from './update.ts';
import { watch, watchBatches } from './watch.ts';

/**
 * The verbs of the API without HTTP: the only writer of objects. Every write runs the same fixed order (prepare → admit →
 * validate → store), whoever asks. All methods throw Faults with the reasons that Kubernetes gives.
 */
export interface Registry {
  readonly catalog: Catalog;
  /** For what is answered instead of stored: nobody else asks then. */
  readonly admission?: Admission;

  /** Throws NotFound. */
  get(type: ResourceType, ref: ObjectRef, options?: ReadOptions): Promise<ApiObject>;
  /** As `get`, undefined instead of NotFound. */
  find(type: ResourceType, ref: ObjectRef): Promise<ApiObject | undefined>;
  /** Objects that carry an index term of `Strategy.terms`. */
  findByTerm(type: ResourceType, term: string): Promise<ApiObject[]>;
  list(type: ResourceType, query?: ListOptions): Promise<ObjectList>;
  /** Ends when `signal` aborts. Throws Expired at the start when the version is compacted, and later if it falls behind. */
  watch(type: ResourceType, query: WatchOptions, signal: AbortSignal): AsyncIterable<WatchEvent>;
  /** The same; events that are there at one time come together, at least one. */
  watchBatches(type: ResourceType, query: WatchOptions, signal: AbortSignal): AsyncIterable<readonly WatchEvent[]>;

  create(type: ResourceType, object: ApiObject, options: WriteOptions): Promise<ApiObject>;
  /**
   * Reads, lets `change` make the new object from the current one, writes; again when another writer was faster, unless
   * the new object names a resourceVersion of its own that is stale (Conflict). `change` may run several times and must
   * be pure. Returning `current` itself (or an equal object) writes nothing.
   */
  update(type: ResourceType, ref: ObjectRef, change: Change, options: UpdateOptions): Promise<UpdateResult>;
  /**
   * Server-side apply (kubernetes-api reference §1.13): makes the object have what `config` says, and `fieldManager` own just
   * that; creates it when it is absent. Throws Conflict, naming managers and fields, when others own what would change and
   * `force` is not set; BadRequest for fields that the type does not know.
   */
  apply(type: ResourceType, ref: ObjectRef, config: ApiObject, options: ApplyOptions): Promise<UpdateResult>;
  delete(type: ResourceType, ref: ObjectRef, options: DeleteOptions): Promise<DeleteResult>;
  deleteCollection(type: ResourceType, query: ListOptions, options: DeleteOptions): Promise<ObjectList>;
}

/** What a registry is made of. */
export interface RegistryParts extends Ports {
  readonly store: Store;
  readonly catalog: Catalog;
  /** Policies and webhooks; absent: every write is admitted. */
  readonly admission?: Admission;
  /** Keeps namespaces within their quotas; absent: there are none. */
  readonly quota?: Quota;
}

export const createRegistry = (parts: RegistryParts): Registry => {
  const registry: Registry = {
    catalog: parts.catalog,
    ...(parts.admission && { admission: parts.admission }),
    get: (type, ref, options) => get(machine, type, ref, options),
    find: (type, ref) => find(machine, type, ref),
    findByTerm: (type, term) => findByTerm(machine, type, term),
    list: (type, query) => list(machine, type, query),
    watch: (type, query, signal) => watch(machine, type, query, signal),
    watchBatches: (type, query, signal) => watchBatches(machine, type, query, signal),
    create: (type, object, options) => create(machine, type, object, options),
    update: (type, ref, change, options) => update(machine, type, ref, change, options),
    apply: (type, ref, config, options) => apply(machine, type, ref, config, options),
    delete: (type, ref, options) => remove(machine, type, ref, options),
    deleteCollection: (type, query, options) => removeCollection(machine, type, query, options),
  };
  const machine: Machine = { ...parts, codec: createCodec(), registry };
  return registry;
};

export type Change = (current: ApiObject) => ApiObject | Promise<ApiObject>;

export interface ReadOptions {
  /** '' or absent: latest; '0': any; else not older than. */
  readonly resourceVersion?: string;
}

export interface Selection {
  readonly namespace?: string | undefined;
  readonly labels?: LabelSelector;
  readonly fields?: FieldSelector;
}

export interface ListOptions extends Selection {
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
}

export interface ObjectList {
  readonly items: readonly ApiObject[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface WatchOptions extends Selection {
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'NotOlderThan';
  readonly sendInitialEvents?: boolean;
  readonly allowWatchBookmarks?: boolean;
  /** When the caller will abort: a last bookmark comes shortly before. */
  readonly endsAfterMs?: number;
  /** Ends by itself when all that was written before the call was given, with a bookmark that says how far that is. */
  readonly untilNow?: boolean;
}

/** A BOOKMARK's object carries only kind, apiVersion and metadata.resourceVersion (and annotations). */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: ApiObject;
}

export interface WriteOptions {
  readonly user: User;
  readonly dryRun?: boolean;
  /** Under which name the written fields are owned. Default: the user's. */
  readonly fieldManager?: string;
  /** What the request asked for, as CreateOptions, UpdateOptions or DeleteOptions spell it: admission is shown it. */
  readonly asked?: JsonMap;
  /** Collects the texts of `Warning` headers. */
  readonly warn?: (text: string) => void;
  /** Notes what the audit event of the request should say besides. */
  readonly annotate?: (key: string, value: string) => void;
}

export interface UpdateOptions extends WriteOptions {
  readonly subresource?: string;
  /** As what the write appears to admission, where that is not the object and its `subresource`. */
  readonly appearance?: Appearance;
  /** Creates the object when it is absent, with this as `current`. */
  readonly createFrom?: ApiObject;
  /** Throws when the caller may not create what is absent. */
  readonly beforeCreate?: () => Promise<void>;
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** The namespace that the configuration itself stated, for what is said about it. */
  readonly statedNamespace?: string | undefined;
  readonly subresource?: string;
  readonly appearance?: Appearance;
  readonly force?: boolean;
  /** Throws when the caller may not create what is absent. */
  readonly beforeCreate?: () => Promise<void>;
}

export interface UpdateResult {
  readonly object: ApiObject;
  readonly created: boolean;
}

export interface DeleteOptions extends WriteOptions {
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly gracePeriodSeconds?: number;
}

/** `deleted`: it is gone. Otherwise finalizers hold it and `object` shows it terminating. */
export interface DeleteResult {
  readonly deleted: boolean;
  readonly object: ApiObject;
}
