import type { ApiObject, JsonMap } from '../../base/object.ts';

/** Versions of meta.k8s.io in which tables and partial objects are known. */
export type MetaVersion = 'v1' | 'v1beta1';

/** An object's metadata alone: `PartialObjectMetadata`. */
export const toPartial = (object: ApiObject, version: MetaVersion = 'v1'): JsonMap => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  // ObjectMeta is JSON; its interface only names the fields.
  metadata: object.metadata as unknown as JsonMap,
});

/** The metadata of a list's objects: `PartialObjectMetadataList`. */
export const toPartialList = (
  objects: readonly ApiObject[],
  listMeta: JsonMap,
  version: MetaVersion = 'v1',
): JsonMap => ({
  kind: 'PartialObjectMetadataList',
  apiVersion: `meta.k8s.io/${version}`,
  metadata: listMeta,
  items: objects.map(object => toPartial(object, version)),
});
