import { fromUtf8, sha256, toBase64 } from '../../base/bytes.ts';
import type { JsonMap } from '../../base/object.ts';
import type { Catalog } from '../catalog.ts';
import type { ResourceType, Verb } from '../resource.ts';

/** `GET /api`. `address` is `host:port` as the client knows this server. */
export const toApiVersions = (address: string): JsonMap => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
});

/** `GET /apis`: all groups but the core one, in the catalog's order. */
export const toGroupList = (catalog: Catalog): JsonMap => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: toGroups(catalog)
    .filter(({ name }) => name !== '')
    .map(toGroupFields),
});

/** `GET /apis/GROUP`; undefined for a group that is not served. */
export const toGroup = (catalog: Catalog, name: string): JsonMap | undefined => {
  const group = name === '' ? undefined : toGroups(catalog).find(one => one.name === name);
  return group && { kind: 'APIGroup', apiVersion: 'v1', ...toGroupFields(group) };
};

/** `GET /apis/GROUP/VERSION` and `GET /api/v1` (group ''); undefined when it is not served. */
export const toResourceList = (catalog: Catalog, group: string, version: string): JsonMap | undefined => {
  const types = toGroups(catalog)
    .find(one => one.name === group)
    ?.versions.get(version);
  if (types === undefined) return undefined;
  return {
    kind: 'APIResourceList',
    ...(group !== '' && { apiVersion: 'v1' }),
    groupVersion: toGroupVersion(group, version),
    resources: types.flatMap(type => [
      toResource(catalog, type),
      ...subresourcesOf(type).map(sub => toSubresource(type, sub)),
    ]),
  };
};

/** The aggregated form of `GET /api` (core) and `GET /apis` (all others). */
export const toAggregated = (catalog: Catalog, core: boolean): JsonMap => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: toGroups(catalog)
    .filter(({ name }) => (name === '') === core)
    .map(({ name, versions }) => ({
      metadata: { name },
      versions: [...versions].map(([version, types]) => ({
        version,
        resources: types.map(toAggregatedResource),
        freshness: 'Current',
      })),
    })),
});

/** `eve.lfedge.org/v1beta1`, `v1`. */
export const toGroupVersion = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`;

/** What a subresource of a type takes and gives. */
export interface Subresource {
  readonly name: string;
  readonly verbs: readonly Verb[];
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
}

export const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' } as const;

/** status, scale and the type's own actions. What is answered and never stored has a status, but none to be had apart. */
export const subresourcesOf = (type: ResourceType): Subresource[] => {
  const { group, version, kind } = type;
  return [
    ...(type.hasStatus && type.answer === undefined
      ? [{ name: 'status', verbs: writable, kind: { group, version, kind } }]
      : []),
    ...(type.scale ? [{ name: 'scale', verbs: writable, kind: scaleKind }] : []),
    ...Object.entries(type.actions).map(([name, action]) => ({ name, verbs: action.verbs, kind: action.responds })),
  ];
};

const writable: readonly Verb[] = ['get', 'patch', 'update'];

interface Group {
  readonly name: string;
  /** Preferred version first. */
  readonly versions: ReadonlyMap<string, readonly ResourceType[]>;
}

const toGroups = (catalog: Catalog): Group[] => {
  const groups = new Map<string, Map<string, ResourceType[]>>();
  for (const type of catalog.all()) {
    const versions = groups.get(type.group) ?? new Map<string, ResourceType[]>();
    groups.set(type.group, versions);
    const types = versions.get(type.version) ?? [];
    versions.set(type.version, types);
    types.push(type);
  }
  return [...groups].map(([name, versions]) => ({ name, versions }));
};

const toGroupFields = ({ name, versions }: Group): JsonMap => {
  const list = [...versions.keys()].map(version => ({ groupVersion: toGroupVersion(name, version), version }));
  return { name, versions: list, ...(list[0] && { preferredVersion: list[0] }) };
};

const toResource = (catalog: Catalog, type: ResourceType): JsonMap => ({
  name: type.plural,
  singularName: type.singular,
  namespaced: type.scope === 'Namespaced',
  kind: type.kind,
  verbs: [...type.verbs],
  ...(type.shortNames.length > 0 && { shortNames: [...type.shortNames] }),
  ...(type.categories.length > 0 && { categories: [...type.categories] }),
  ...(type.answer === undefined && { storageVersionHash: toStorageHash(catalog, type) }),
});

const toSubresource = (type: ResourceType, { name, verbs, kind }: Subresource): JsonMap => {
  const elsewhere = kind.group !== type.group || kind.version !== type.version;
  return {
    name: `${type.plural}/${name}`,
    singularName: '',
    namespaced: type.scope === 'Namespaced',
    ...(elsewhere && { group: kind.group, version: kind.version }),
    kind: kind.kind,
    verbs: [...verbs],
  };
};

const toAggregatedResource = (type: ResourceType): JsonMap => ({
  resource: type.plural,
  responseKind: { group: type.group, version: type.version, kind: type.kind },
  scope: type.scope,
  singularResource: type.singular,
  verbs: [...type.verbs],
  ...(type.shortNames.length > 0 && { shortNames: [...type.shortNames] }),
  ...(type.categories.length > 0 && { categories: [...type.categories] }),
  ...(subresourcesOf(type).length > 0 && {
    subresources: subresourcesOf(type).map(({ name, kind, verbs }) => ({
      subresource: name,
      responseKind: { ...kind },
      verbs: [...verbs],
    })),
  }),
});

/** Base64 of the first eight bytes of the SHA-256 of `group/version/kind` as stored: the same for all served versions. */
const toStorageHash = (catalog: Catalog, type: ResourceType): string => {
  const { group, version, kind } = catalog.byKind(type.group, undefined, type.kind) ?? type;
  return toBase64(sha256(fromUtf8(`${group}/${version}/${kind}`)).subarray(0, 8));
};
