import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { fromUtf8 } from '../../base/bytes.ts';
import { printJson } from '../../base/json.ts';
import type { Catalog } from '../catalog.ts';
import { mediaTypes } from '../wire/negotiate.ts';
import { toAggregated, toApiVersions, toGroup, toGroupList, toResourceList } from './discovery.ts';
import { toGnostic } from './openapi/gnostic.ts';
import { toOpenApiV2 } from './openapi/v2.ts';
import { toOpenApiV3, versionDocument } from './openapi/v3.ts';

/** A document as it is sent. */
export interface Description {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-512 of the bytes, upper-case hex. */
  readonly hash: string;
  readonly contentType: string;
  /** The bytes compressed; absent where they are few. */
  readonly gzipped?: Uint8Array<ArrayBuffer>;
}

/** Everything that follows from the catalog, made when first asked for and again when the catalog changed. */
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
  const openApiV3 = (path: string) =>
    isServed(catalog, path) ? once(`v3 ${path}`, () => toHashed(path, catalog)) : undefined;
  return {
    versions: (address: string) => toApiVersions(address),
    groups: () => once('groups', () => toGroupList(catalog)),
    group: (name: string) => toGroup(catalog, name),
    resources: (group: string, version: string) => toResourceList(catalog, group, version),
    aggregated: (core: boolean) =>
      once(`aggregated ${core}`, () => toDescription(toAggregated(catalog, core), aggregatedType)),
    openApiV3,
    openApiRoot: () => once('v3', () => toDescription(toRoot(catalog, openApiV3), mediaTypes.json)),
    openApiV2: () => once('v2', () => toDescription(toOpenApiV2(catalog), mediaTypes.json)),
    openApiV2Protobuf: () => once('gnostic', () => toProtobuf(catalog)),
  };
};

type Hashed = Description & { readonly url: string };

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

const toDescription = (value: unknown, contentType: string): Description => {
  return pack(new Uint8Array(fromUtf8(printJson(value))), contentType);
};

const pack = (bytes: Uint8Array<ArrayBuffer>, contentType: string): Description => ({
  bytes,
  hash: toHash(bytes),
  contentType,
  ...(bytes.length > gzipAbove && { gzipped: new Uint8Array(gzipSync(bytes)) }),
});

/** Bytes beyond which compression pays, by upstream's measure. */
const gzipAbove = 128 * 1024;

const toHash = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('hex').toUpperCase();

/** `api/v1`, `apis/eve.lfedge.org/v1beta1`, `version`: the paths under which documents stand. */
const toPaths = (catalog: Catalog): string[] => {
  const paths = catalog
    .all()
    .map(({ group, version }) => (group === '' ? `api/${version}` : `apis/${group}/${version}`));
  return [...new Set(paths), 'version'];
};

const isServed = (catalog: Catalog, path: string): boolean => toPaths(catalog).includes(path);

const toHashed = (path: string, catalog: Catalog): Hashed => {
  const [prefix, first = '', second = ''] = path.split('/');
  const [group, version] = prefix === 'api' ? ['', first] : [first, second];
  const document = prefix === 'version' ? versionDocument : toOpenApiV3(catalog, group, version);
  const description = toDescription(document, mediaTypes.json);
  return { ...description, url: `/openapi/v3/${path}?hash=${description.hash}` };
};

const toRoot = (catalog: Catalog, openApiV3: (path: string) => Hashed | undefined) => ({
  paths: Object.fromEntries(
    toPaths(catalog).map(path => [path, { serverRelativeURL: openApiV3(path)?.url ?? `/openapi/v3/${path}` }]),
  ),
});

const toProtobuf = (catalog: Catalog): Description => {
  const contentType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
  return pack(new Uint8Array(toGnostic(toOpenApiV2(catalog))), contentType);
};
