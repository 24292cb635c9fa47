import type { ApiObject, Json, JsonMap } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import { cause } from '../../base/path.ts';
import { badRequest } from '../faults.ts';
import type { ApplyOptions } from '../registry/registry.ts';
import { decodePatch } from '../wire/decode.ts';
import { nameOf } from '../wire/expected.ts';
import { negotiate, offers } from '../wire/negotiate.ts';
import { type Exchange, toRef, toWriteOptions } from './exchange.ts';
import { toWriteQuery, type WriteQuery } from './options/write.ts';
import { readBytes, toPlace } from './read.ts';
import { respond } from './respond.ts';

export const applyType = 'application/apply-patch+yaml';

/** Server-side apply to an object or its status: 200, or 201 when it made the object. */
export const applyPatch = async (exchange: Exchange): Promise<Response> => {
  const { registry, type, resource } = exchange;
  const output = negotiate(exchange.request, offers.object);
  const query = toApplyQuery(exchange);
  const given = await readConfig(exchange, type, query.fieldValidation);
  const name = given.metadata.name || resource.name || '';
  const config = toPlace(exchange, { ...given, metadata: { ...given.metadata, name } });
  const { object, created } = await registry.apply(type, toRef(exchange), config, {
    ...query.options,
    statedNamespace: given.metadata.namespace,
    ...(resource.subresource !== undefined && { subresource: resource.subresource }),
    beforeCreate: () => exchange.allow('create'),
  });
  return respond(exchange, output, created ? 201 : 200, object);
};

/** What an apply asks for. A manager without a name could not find its fields again. */
export const toApplyQuery = (
  exchange: Exchange,
): { readonly options: ApplyOptions; readonly fieldValidation: WriteQuery['fieldValidation'] } => {
  const { searchParams } = exchange.url;
  const manager = searchParams.get('fieldManager') ?? '';
  const missing = manager === '' ? [cause.required('fieldManager', 'is required for apply patch')] : [];
  const query = toWriteQuery(searchParams, 'PatchOptions', missing);
  const options = { ...toWriteOptions(exchange, query), fieldManager: manager, force: query.force };
  return { options, fieldValidation: query.fieldValidation };
};

/** The configuration in the body, which says itself of what kind it is. */
export const readConfig = async (
  exchange: Exchange,
  kind: { readonly group: string; readonly version: string; readonly kind: string },
  validation: WriteQuery['fieldValidation'],
): Promise<ApiObject> => {
  const { patch, duplicates } = decode(await readBytes(exchange.request));
  const problems = duplicates.map(path => `duplicate field ${JSON.stringify(path)}`);
  if (problems.length > 0 && validation === 'Strict')
    throw badRequest(`error strict decoding YAML: ${problems.join(', ')}`);
  if (validation === 'Warn') for (const problem of problems) exchange.warnings.add(problem);
  checkKind(patch, kind);
  const { apiVersion, kind: name, metadata, ...rest } = patch;
  if (metadata !== undefined && metadata !== null && !isMap(metadata))
    throw badRequest('error decoding YAML: metadata must be a map');
  // Its fields are compared with the type's shape before they are used; what names it was looked at here.
  return { apiVersion, kind: name, ...rest, metadata: toMetadata(metadata ?? {}) } as unknown as ApiObject;
};

const decode = (bytes: Uint8Array): { patch: JsonMap; duplicates: readonly string[] } => {
  const { patch, duplicates } = decodePatch(bytes, 'yaml');
  if (patch === null) return { patch: {}, duplicates };
  if (isJsonMap(patch)) return { patch, duplicates };
  const why = `json: cannot unmarshal ${nameOf(patch)} into Go value of type map[string]interface {}`;
  throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`);
};

const isJsonMap = (value: Json): value is JsonMap => isMap(value);

const checkKind = (
  { apiVersion, kind }: JsonMap,
  expected: { readonly group: string; readonly version: string; readonly kind: string },
): void => {
  const group = expected.group === '' ? expected.version : `${expected.group}/${expected.version}`;
  if (apiVersion === group && kind === expected.kind) return;
  const slash = typeof apiVersion === 'string' && apiVersion.includes('/') ? '' : '/';
  throw badRequest(`invalid object type: ${slash}${String(apiVersion ?? '')}, Kind=${String(kind ?? '')}`);
};

/** Names are looked at before anything else is: these at least have to be texts. Null counts as absent. */
const toMetadata = (metadata: JsonMap): JsonMap => {
  for (const field of ['name', 'namespace', 'uid', 'resourceVersion']) {
    const value = metadata[field];
    if (value !== undefined && value !== null && typeof value !== 'string')
      throw badRequest(`error decoding YAML: metadata.${field} must be a string`);
  }
  const named = Object.entries(metadata).filter(([field, value]) => value !== null || !serverFields.has(field));
  return Object.fromEntries(named.map(([field, value]) => [field, textMaps.has(field) ? toTexts(value) : value]));
};

/** A null among texts is an empty one. */
const toTexts = (value: Json): Json =>
  isJsonMap(value) && Object.values(value).includes(null)
    ? Object.fromEntries(Object.entries(value).map(([key, text]) => [key, text ?? '']))
    : value;

const textMaps = new Set(['labels', 'annotations']);

/** What clients print as null when they do not know it. */
const serverFields = new Set(['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'managedFields']);
