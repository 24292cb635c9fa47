import type { Cause } from '../base/fault.ts';
import type { ApiObject, JsonMap, ObjectRef } from '../base/object.ts';
import type { User } from './access/user.ts';
import type { Admission, Appearance } from './registry/admission.ts';
import type { Registry } from './registry/registry.ts';
import type { Schema } from './schema/schema.ts';

/**
 * All that the machinery knows of one kind. The machinery asks; a kind answers only what is peculiar to it. Nothing in
 * `kube/` compares a kind's name with anything.
 */
export interface ResourceType extends Strategy {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  readonly verbs: readonly Verb[];
  readonly description: string;

  /**
   * True for types that Kubernetes itself defines: protobuf bodies and strategic merge are accepted, list items carry no
   * kind, the OpenAPI model is named `io.k8s.…`.
   */
  readonly native: boolean;

  /** Where the objects are kept in the store. Two types with one storage are two views of the same objects. */
  readonly storage: string;
  /** From the stored form to this view and back; both are the identity when absent. */
  fromStored?(stored: ApiObject): ApiObject;
  toStored?(object: ApiObject): ApiObject;

  /** Asks somebody else to convert; what is stored in this very version is not asked about. Comes before `fromStored`. */
  readonly converter?: Converter;

  /** Structure of the whole object. `apiVersion`, `kind` and `metadata` are added by the machinery. */
  readonly schema: Schema;
  /** Additional printer columns after `Name`; `Age` is theirs to list. */
  readonly columns: readonly Column[];
  /** Field labels beyond `metadata.name` and `metadata.namespace`: label → path, e.g. `spec.networkConfig`. */
  readonly selectable: Readonly<Record<string, string>>;

  /** The status subresource: `status` is written through `/status` only. */
  readonly hasStatus: boolean;
  readonly scale?: ScalePaths;
  /** Further subresources by name (`token`, `finalize`, …). */
  readonly actions: Readonly<Record<string, Action>>;

  /** True when `metadata.generation` is kept. */
  readonly hasGeneration: boolean;
  /** PUT without resourceVersion is allowed (most native types; never for others). */
  readonly allowUnconditionalUpdate: boolean;
  /** PUT of a missing name creates it. */
  readonly allowCreateOnUpdate: boolean;
  /** What a completed DELETE answers. */
  readonly deleteAnswers: 'status' | 'object';
  readonly nameRule: 'subdomain' | 'label' | 'path';

  /** Under which name quotas count the objects beside `count/…`. */
  readonly countedAs?: string;
  /** Name of the definition that the type comes from; absent for built-in types. */
  readonly definition?: string;
  /** Calls `act` when the type is no longer served, at once if so already. Answers how to take that back. */
  readonly whenRetired?: (act: () => void) => () => void;
  /** Said in a `Warning` header of every answer: the version is going to go. */
  readonly deprecationWarning?: string;
}

/** Converts objects that are kept in another version than they are shown in. Answers are in the order of the questions. */
export interface Converter {
  /** `group/version` in which the objects are shown. */
  readonly apiVersion: string;
  /** `group/version` in which they are kept. */
  readonly storedVersion: string;
  convert(objects: readonly ApiObject[], apiVersion: string): Promise<ApiObject[]>;
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly description?: string;
  /** 0: always shown; more: only with `-o wide`. */
  readonly priority?: number;
  /** Either a JSONPath as in additionalPrinterColumns (`.spec.type`) … */
  readonly jsonPath?: string;
  /** … or a function, for what a path cannot say. `date` columns return an RFC 3339 text. */
  readonly value?: (object: ApiObject) => string | number | boolean | null | undefined;
}

export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/**
 * What a kind may say about its objects. Hooks are methods, all optional. Unless said otherwise a hook may not change its
 * arguments. `draft` arguments are the hook's to change.
 */
export interface Strategy {
  /**
   * Frees a decoded object of unknown fields where its schema cannot tell them from known ones; `unknown` are their paths.
   * Throws BadRequest for fields of the wrong type. Runs after pruning by the schema.
   */
  strip?(object: ApiObject): { readonly object: ApiObject; readonly unknown: readonly string[] };
  /**
   * Fills in and converts what Go's types do when an object is read, beyond what the schema defaults: it counts as said by the
   * writer, who owns it. Runs on everything that is written, before all else.
   */
  defaults?(draft: ApiObject): void;
  /** Fills in what the server says itself; sets the initial status. Runs before admission. */
  prepareCreate?(draft: ApiObject, context: AdmitContext): void;
  /** The same for updates, after `status` (or all but it) was carried over from `old`. */
  prepareUpdate?(draft: ApiObject, old: ApiObject, context: AdmitContext): void;
  /** Looks at other objects; may change the draft, warn, or throw a Fault. Runs after prepare and before validation. */
  admit?(draft: ApiObject, old: ApiObject | undefined, context: AdmitContext): Promise<void>;
  /** All that is wrong with the object beyond its schema. Pure. */
  validate?(object: ApiObject): Cause[];
  /** All that is wrong with the change. Pure. Runs besides `validate`. */
  validateUpdate?(now: ApiObject, old: ApiObject): Cause[];
  /** The same for a write to the status subresource. */
  validateStatus?(now: ApiObject, old: ApiObject): Cause[];
  /** Index terms (`name=value`) under which the stored object is found. Pure. */
  terms?(object: ApiObject): string[];
  /**
   * Objects that answer the same are written one after the other, from before admission on: what one may be depends on what
   * the others are. Pure; the answer never changes for an object.
   */
  contends?(object: ApiObject): string;
  /** What an object takes of quotas beside counting as one: quantities by name (`requests.storage`). Pure. */
  usage?(object: ApiObject): Readonly<Record<string, string>>;
  /** When the object vanishes by itself, in milliseconds. */
  expiresAt?(object: ApiObject, now: number): number | undefined;
  /** Throws a Fault when the object may not be deleted. */
  checkDelete?(object: ApiObject, context: AdmitContext): void | Promise<void>;
  /** Changes the draft of an object whose deletion begins (Namespace: phase Terminating). */
  prepareDelete?(draft: ApiObject): void;
  /** True while the object must stay though it has no `metadata.finalizers` left (Namespace: `spec.finalizers`). */
  isHeld?(object: ApiObject): boolean;
  /** Adds what is kept outside the object (heartbeat times) to objects about to be shown. Never stored. */
  join?(objects: readonly ApiObject[]): Promise<ApiObject[]>;
  /** Types that are answered instead of stored (reviews): the answer to a create. */
  answer?(object: ApiObject, context: AdmitContext): Promise<ApiObject>;
}

export interface AdmitContext {
  readonly operation: 'create' | 'update' | 'delete';
  readonly subresource?: string;
  /** As what the write appears to admission; absent: as what it is. */
  readonly appearance?: Appearance;
  readonly user: User;
  readonly dryRun: boolean;
  /** What the request asked for, as CreateOptions, UpdateOptions or DeleteOptions spell it. */
  readonly asked?: JsonMap;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** To read other objects. */
  readonly registry: Registry;
  /** Adds a `Warning` header to the answer. */
  warn(text: string): void;
  /** Adds an annotation to the audit event of the request, where there is one. */
  annotate?(key: string, value: string): void;
  /** What has a say in writes beside the kind; absent: nothing has. */
  readonly admission?: Admission;
}

/** A subresource that is neither status nor scale. */
export interface Action {
  /** `get`, `create` (POST), `update` (PUT), `patch`. */
  readonly verbs: readonly Verb[];
  /** Kind of the request and answer body. */
  readonly responds: { readonly group: string; readonly version: string; readonly kind: string };
  /** Structure of the body. Absent: that of the parent type. */
  readonly schema?: Schema;
  run(request: ActionRequest): Promise<{ readonly code: number; readonly body: ApiObject }>;
}

export interface ActionRequest extends AdmitContext {
  readonly type: ResourceType;
  readonly ref: ObjectRef;
  readonly verb: Verb;
  /** The decoded body; undefined for get. */
  readonly body?: ApiObject;
}
