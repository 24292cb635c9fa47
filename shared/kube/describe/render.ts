import { Fault } from '../../base/fault.ts';
import type { ApiObject, JsonMap } from '../../base/object.ts';
import type { ObjectList } from '../registry/registry.ts';
import type { ResourceType } from '../resource.ts';
import type { Accepted } from '../wire/negotiate.ts';
import { toPartial, toPartialList } from './partial.ts';
import { type IncludeObject, toTable } from './table.ts';

export interface RenderOptions {
  readonly now: number;
  readonly includeObject: IncludeObject;
}

/** One object in the form that was negotiated. */
export const renderObject = (
  type: ResourceType,
  object: ApiObject,
  { as }: Accepted,
  options: RenderOptions,
): ApiObject | JsonMap => {
  if (as === undefined) return object;
  if (as.kind === 'Table') return toTable(type, [object], { ...options, version: as.version });
  if (as.kind === 'PartialObjectMetadataList')
    throw notTransformable(as.kind, `not a list (${toGoType(type, type.kind)})`);
  return toPartial(object, as.version);
};

/** A list in the form that was negotiated. Items of native types carry no kind and apiVersion of their own. */
export const renderList = (type: ResourceType, list: ObjectList, { as }: Accepted, options: RenderOptions): JsonMap => {
  const listMeta = toListMeta(list);
  if (as?.kind === 'Table') return toTable(type, list.items, { ...options, version: as.version, listMeta });
  if (as?.kind === 'PartialObjectMetadata')
    throw notTransformable(as.kind, `a list (${toGoType(type, type.listKind)})`);
  if (as) return toPartialList(list.items, listMeta, as.version);
  return {
    kind: type.listKind,
    apiVersion: type.group === '' ? type.version : `${type.group}/${type.version}`,
    metadata: listMeta,
    // ApiObjects are JSON; their interface only names some of the fields.
    items: (type.native ? list.items.map(withoutKind) : [...list.items]) as unknown as JsonMap[],
  };
};

const notTransformable = (wanted: string, found: string): Fault =>
  new Fault('NotAcceptable', `you requested ${wanted}, but the requested object is ${found}`);

/** How Go's types are called in kube-apiserver: native ones by the package of their group, `*core.SecretList`. */
const toGoType = ({ group, native, listKind }: ResourceType, kind: string): string => {
  if (!native) return kind === listKind ? '*unstructured.UnstructuredList' : '*unstructured.Unstructured';
  const [area = ''] = group.split('.');
  return `*${area === '' || area === 'events' ? 'core' : area}.${kind}`;
};

const toListMeta = ({ resourceVersion, continue: next, remainingItemCount }: ObjectList): JsonMap => ({
  resourceVersion,
  ...(next !== undefined && { continue: next }),
  ...(remainingItemCount !== undefined && { remainingItemCount }),
});

const withoutKind = ({ kind: _, apiVersion: __, ...rest }: ApiObject) => rest;
