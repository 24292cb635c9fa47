import { printJson } from '../../base/json.ts';
import type { ApiObject, JsonMap } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import { invalid, strictDecodingText, unsupportedMediaType } from '../faults.ts';
import { applyJsonPatch } from '../patch/json.ts';
import { applyMergePatch } from '../patch/merge.ts';
import { applyStrategicPatch } from '../patch/strategic.ts';
import { toTypeMeta } from '../registry/codec.ts';
import type { ResourceType } from '../resource.ts';
import { findMistyped } from '../schema/mistyped.ts';
import { asExpected, decodePatch } from '../wire/decode.ts';
import { negotiate, offers } from '../wire/negotiate.ts';
import { applyPatch, applyType } from './apply.ts';
import { type Exchange, type Handler, toRef, toWriteOptions } from './exchange.ts';
import { forceCauses, toWriteQuery, type WriteQuery } from './options/write.ts';
import { readBytes, strip, toPlace, toProblems } from './read.ts';
import { respond } from './respond.ts';

/** PATCH of an object or of its status. Applied anew to each newer state when others write at the same time. */
export const patch: Handler = async exchange => {
  if (isApply(exchange.request)) return applyPatch(exchange);
  const { registry, type, url, resource } = exchange;
  const output = negotiate(exchange.request, offers.object);
  const apply = toApply(exchange);
  const query = toWriteQuery(url.searchParams, 'PatchOptions', forceCauses(url.searchParams));
  const document = await readPatch(exchange);
  const change = (current: ApiObject): ApiObject =>
    checkPatched(exchange, query.fieldValidation, document, current, apply(current, document.patch));
  const { object } = await registry.update(type, toRef(exchange), change, {
    ...toWriteOptions(exchange, query),
    ...(resource.subresource !== undefined && { subresource: resource.subresource }),
  });
  return respond(exchange, output, 200, object);
};

export type Apply = <T extends object>(document: T, patch: unknown) => T;

/** The way to patch that the Content-Type names. Throws UnsupportedMediaType for one that is not served for the type. */
export const toApply = ({ request, type }: Pick<Exchange, 'request' | 'type'>): Apply => {
  const apply = toApplies(type).get(mediaTypeOf(request));
  if (apply === undefined) throw unsupportedMediaType([...toApplies(type).keys(), applyType]);
  return apply;
};

/** Whether the body is a configuration to apply, and no patch of what is there. */
export const isApply = (request: Request): boolean => mediaTypeOf(request) === applyType;

const mediaTypeOf = (request: Request): string =>
  (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

const toApplies = (type: ResourceType): Map<string, Apply> =>
  new Map<string, Apply>([
    ['application/json-patch+json', applyJsonPatch],
    ['application/merge-patch+json', applyMergePatch],
    ...(type.native ? [[strategicType, toStrategic(type)] as const] : []),
  ]);

const strategicType = 'application/strategic-merge-patch+json';

/** What kind of object it is, such a patch cannot say. */
const toStrategic =
  (type: ResourceType): Apply =>
  (document, patch) => ({ ...applyStrategicPatch(document, patch, type.schema), ...toTypeMeta(type) });

export interface PatchDocument {
  readonly patch: unknown;
  readonly bytes: Uint8Array;
  readonly duplicates: readonly string[];
}

/** The body of a PATCH; what it is a patch of is not looked at yet. */
export const readPatch = async (exchange: Exchange): Promise<PatchDocument> => {
  const bytes = await readBytes(exchange.request);
  return { bytes, ...decodePatch(bytes, 'json') };
};

/** The patched object, freed of what its type does not know; it must still be the same object. */
export const checkPatched = (
  exchange: Exchange,
  validation: WriteQuery['fieldValidation'],
  document: PatchDocument,
  current: ApiObject,
  patched: ApiObject,
): ApiObject => {
  if (patched === current) return current;
  const { type } = exchange;
  checkTypeMeta(type, patched);
  const mistyped = findMistyped(patched, type);
  if (mistyped !== undefined) throw unfit(printJson(patched), mistyped);
  // What was patched is JSON still; whether it is an object of the type is what is checked here.
  const whole = toPlace(exchange, asExpected(patched as unknown as JsonMap, type));
  const { object, unknown } = strip(whole, type);
  const problems = toProblems(document.duplicates, unknown);
  if (problems.length > 0 && validation === 'Strict') {
    throw unfit(
      unknown.length > 0 ? printJson(patched) : new TextDecoder().decode(document.bytes),
      strictDecodingText(problems),
    );
  }
  if (validation === 'Warn') for (const problem of problems) exchange.warnings.add(problem);
  return object;
};

/** A patch may not make another kind of an object. */
const checkTypeMeta = (type: ResourceType, patched: ApiObject): void => {
  const wanted = toTypeMeta(type);
  const { apiVersion = '', kind = '', metadata } = patched;
  if (apiVersion === wanted.apiVersion && kind === wanted.kind) return;
  const text = printJson(patched);
  if (type.native) {
    if ((apiVersion === '' || apiVersion === wanted.apiVersion) && (kind === '' || kind === wanted.kind)) return;
    const [asked, version] = [kind, apiVersion].map(part => JSON.stringify(part));
    throw unfit(text, `no kind ${asked} is registered for version ${version} in scheme`);
  }
  if (kind === '') throw unfit(text, `Object 'Kind' is missing in '${text}'`);
  const wrong =
    kind === wanted.kind
      ? cause.invalid('apiVersion', apiVersion, `must be ${wanted.apiVersion}`)
      : cause.invalid('kind', kind, `must be ${wanted.kind}`);
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  throw invalid(kind, group, metadata?.name ?? '', [wrong]);
};

const unfit = (value: string, why: string) => invalid('', '', '', [cause.invalid('patch', value, why)]);
