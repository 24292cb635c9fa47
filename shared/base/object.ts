/** A JSON value. `bigint` stands for an integer outside ±(2^53−1), which keeps int64 exact. */
export type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json };
export type JsonMap = { [key: string]: Json };

/** What every object carries. Times are RFC 3339, UTC, whole seconds. */
export interface ObjectMeta {
  name: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string | null;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: ManagedFieldsEntry[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ManagedFieldsEntry {
  manager?: string;
  operation?: 'Apply' | 'Update';
  apiVersion?: string;
  time?: string;
  fieldsType?: string;
  fieldsV1?: JsonMap;
  subresource?: string;
}

/**
 * A typed object of the API. `Spec` and `Status` default to plain JSON. Objects that come out of the store are shared:
 * never change one in place, make a new one (`structuredClone`, spread).
 */
export interface ApiObject<Spec = JsonMap, Status = JsonMap> {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec?: Spec;
  status?: Status;
  [field: string]: unknown;
}

/** Names one object of a known type. `namespace` is absent for cluster-scoped types. */
export interface ObjectRef {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** `namespace/name`, or `name` alone: the object's key within its type. Sorts as lists are sorted. */
export const toKey = (ref: ObjectRef): string => (ref.namespace ? `${ref.namespace}/${ref.name}` : ref.name);

export const fromKey = (key: string): ObjectRef => {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
};
