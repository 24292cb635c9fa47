import { concat } from '../../base/concat.ts';
import type { ApiObject } from '../../base/object.ts';
import { badRequest, bodyTooLarge, strictDecoding } from '../faults.ts';
import type { ResourceType } from '../resource.ts';
import { findMistyped } from '../schema/mistyped.ts';
import { prune } from '../schema/prune.ts';
import { decodeBody } from '../wire/decode.ts';
import { type Exchange, toNamespace } from './exchange.ts';
import type { WriteQuery } from './options/write.ts';

/** Upper bound of a request body, in bytes: what clients and tests of Kubernetes expect (kubernetes-api reference §1.19). */
export const maxBodyBytes = 3 * 1024 * 1024;

/** The whole body. Throws RequestEntityTooLarge without reading further than the limit. */
export const readBytes = async (request: Request): Promise<Uint8Array> => {
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
  const chunks: Uint8Array[] = [];
  let length = 0;
  // The types of the platform's own stream do not say what its chunks are; a request's are bytes.
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
    chunks.push(chunk);
  }
  return concat(chunks);
};

/** The object in the body of a POST or PUT, freed of unknown fields, for the place that the URL names. */
export const readObject = async (exchange: Exchange, validation: WriteQuery['fieldValidation']): Promise<ApiObject> => {
  const object = await decodeObject(exchange, exchange.type, validation);
  return toPlace(exchange, object);
};

/** The same for a body of another kind than the resource's: a Scale, what an action takes. */
export const decodeObject = async (
  { request, warnings }: Pick<Exchange, 'request' | 'warnings'>,
  type: Pick<ResourceType, 'group' | 'version' | 'kind' | 'native' | 'schema' | 'strip'>,
  validation: WriteQuery['fieldValidation'],
): Promise<ApiObject> => {
  const bytes = await readBytes(request);
  const { object: decoded, duplicates } = decodeBody(bytes, request.headers.get('content-type'), type);
  const mistyped = findMistyped(decoded, type);
  if (mistyped !== undefined) {
    throw badRequest(
      `${type.kind} in version ${JSON.stringify(type.version)} cannot be handled as a ${type.kind}: ${mistyped}`,
    );
  }
  const { object, unknown } = strip(decoded, type);
  const problems = toProblems(duplicates, unknown);
  if (problems.length > 0 && validation === 'Strict') throw strictDecoding(type, problems);
  if (validation === 'Warn') for (const problem of problems) warnings.add(problem);
  return object;
};

/** The object without the fields that its type does not know, and the paths of these. */
export const strip = (object: ApiObject, type: Pick<ResourceType, 'schema' | 'strip'>) => {
  const pruned = prune(object, type.schema);
  if (!type.strip) return pruned;
  const stripped = type.strip(pruned.object);
  return { object: stripped.object, unknown: [...pruned.unknown, ...stripped.unknown] };
};

/** What is said about fields that stand twice, and about those that a type does not know. */
export const toProblems = (duplicates: readonly string[], unknown: readonly string[]): string[] => [
  ...duplicates.map(path => `duplicate field ${JSON.stringify(path)}`),
  ...unknown.map(path => `unknown field ${JSON.stringify(path)}`),
];

/** Throws BadRequest when an object says that it is in another namespace than the URL. */
export const checkNamespace = (exchange: Exchange, { metadata }: ApiObject): void => {
  const namespace = toNamespace(exchange);
  if (!metadata.namespace || namespace === undefined || metadata.namespace === namespace) return;
  throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
};

/** Fills in the namespace of the URL. Throws BadRequest when name or namespace contradict the URL. */
export const toPlace = (exchange: Exchange, object: ApiObject): ApiObject => {
  const { name } = exchange.resource;
  const { namespace: _, ...metadata } = object.metadata;
  if (name !== undefined && !metadata.name) {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (name !== undefined && metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  checkNamespace(exchange, object);
  const namespace = toNamespace(exchange);
  return { ...object, metadata: { ...metadata, ...(namespace !== undefined && { namespace }) } };
};
