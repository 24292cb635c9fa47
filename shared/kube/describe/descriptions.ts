import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { fromUtf8 } from '../../base/bytes.ts';
import { printJson } from '../../base/json.ts';
import type { Catalog } from '../catalog.ts';
import { mediaTypes } from '../wire/negotiate.ts';
import { toAggregated, toApiVersions, toGroup, toGroupList, toResourceList } from './discovery.ts';
import { toOpenApiV3, toV3Parts, type V3Parts, versionDocument } from './openapi/v3.ts';
import { createWhole } from './openapi/whole.ts';

/** A document as it is sent. */
export interface Description {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-512 of the bytes, upper-case hex. */
  readonly hash: string;
  readonly contentType: string;
  /** The bytes compressed; undefined where they are few. */
  gzipped(): Uint8Array<ArrayBuffer> | undefined;
}

/**
 * Everything that follows from the catalog, made when first asked for and again when the catalog changed: of what follows
 * from single types only what changed.
 */
export const createDescriptions = (catalog: Catalog) => {
  let made = new Map<string, unknown>();
  let version = catalog.version;
  const once = <T>(name: string, make: () => T): T => {
    if (version !== catalog.version) {
      made = new Map();
      version = catalog.version;
    }
    // Each name is given one maker only, so that what is kept under it is a T.
    if (made.has(name)) return made.get(name) as T;
    const value = make();
    made.set(name, value);
    return value;
  };
  const whole = createWhole(catalog);
  const documents = new Map<string, { readonly parts: V3Parts | undefined; readonly hashed: Hashed }>();
  const paths = () => once('paths', () => toPaths(catalog));
  const document = (path: string): Hashed => {
    const parts = toParts(path, catalog);
    const known = documents.get(path);
    if (known && isSame(known.parts, parts)) return known.hashed;
    const hashed = toHashed(path, parts ? toOpenApiV3(catalog, parts) : versionDocument);
    documents.set(path, { parts, hashed });
    return hashed;
  };
  const openApiV3 = (path: string): Hashed | undefined => {
    if (paths().has(path)) return once(`v3 ${path}`, () => document(path));
    documents.delete(path);
    return undefined;
  };
  return {
    versions: (address: string) => toApiVersions(address),
    groups: () => once('groups', () => toGroupList(catalog)),
    group: (name: string) => toGroup(catalog, name),
    resources: (group: string, version: string) => toResourceList(catalog, group, version),
    aggregated: (core: boolean) =>
      once(`aggregated ${core}`, () => toDescription(toAggregated(catalog, core), aggregatedType)),
    openApiV3,
    openApiRoot: () => once('v3', () => toDescription(toRoot(paths(), openApiV3), mediaTypes.json)),
    openApiV2: () => once('v2', () => pack(new Uint8Array(fromUtf8(whole.json())), mediaTypes.json)),
    openApiV2Protobuf: () => once('gnostic', () => pack(new Uint8Array(whole.protobuf()), gnosticType)),
  };
};

type Hashed = Description & { readonly url: string };

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

const toDescription = (value: unknown, contentType: string): Description => {
  return pack(new Uint8Array(fromUtf8(printJson(value))), contentType);
};

const pack = (bytes: Uint8Array<ArrayBuffer>, contentType: string): Description => {
  let gzipped: Uint8Array<ArrayBuffer> | undefined;
  return {
    bytes,
    hash: toHash(bytes),
    contentType,
    gzipped() {
      if (bytes.length > gzipAbove) gzipped ??= new Uint8Array(gzipSync(bytes, { level: 1 }));
      return gzipped;
    },
  };
};

/** Bytes beyond which compression pays, by upstream's measure. */
const gzipAbove = 128 * 1024;

const gnosticType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

const toHash = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('hex').toUpperCase();

/** `api/v1`, `apis/eve.lfedge.org/v1beta1`, `version`: the paths under which documents stand. */
const toPaths = (catalog: Catalog): ReadonlySet<string> =>
  new Set([
    ...catalog.all().map(({ group, version }) => (group === '' ? `api/${version}` : `apis/${group}/${version}`)),
    'version',
  ]);

const toParts = (path: string, catalog: Catalog): V3Parts | undefined => {
  const [prefix, first = '', second = ''] = path.split('/');
  return prefix === 'api' ? toV3Parts(catalog, '', first) : toV3Parts(catalog, first, second);
};

const isSame = (a: V3Parts | undefined, b: V3Parts | undefined): boolean =>
  isSameList(a?.types ?? [], b?.types ?? []) && isSameList(a?.deletable ?? [], b?.deletable ?? []);

const isSameList = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);

const toHashed = (path: string, document: unknown): Hashed => {
  const description = toDescription(document, mediaTypes.json);
  return { ...description, url: `/openapi/v3/${path}?hash=${description.hash}` };
};

const toRoot = (paths: ReadonlySet<string>, openApiV3: (path: string) => Hashed | undefined) => ({
  paths: Object.fromEntries(
    [...paths].map(path => [path, { serverRelativeURL: openApiV3(path)?.url ?? `/openapi/v3/${path}` }]),
  ),
});
