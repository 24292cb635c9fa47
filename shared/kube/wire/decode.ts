import { toHex } from '../../base/bytes.ts';
import { Fault } from '../../base/fault.ts';
import { parseJson } from '../../base/json.ts';
import type { ApiObject, Json, JsonMap } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import { parseYaml } from '../../base/yaml.ts';
import { badRequest, invalid } from '../faults.ts';
import { type Expected, nameOf } from './expected.ts';
import { checkMetadata } from './metadata.ts';
import { type BodyFormat, toBodyFormat } from './negotiate.ts';
import { decodeProtobuf } from './protobuf.ts';

export interface Decoded {
  /** Carries the expected apiVersion and kind and a `metadata` whose fields have the right types. */
  readonly object: ApiObject;
  /** Paths of keys that stand twice, in order of appearance, at most 100. */
  readonly duplicates: readonly string[];
}

/**
 * Reads the body of a create or update. A body without apiVersion or kind is taken for what the URL says.
 *
 * @throws Fault UnsupportedMediaType by its Content-Type, BadRequest for everything else (kubernetes-api reference §1.2)
 */
export const decodeBody = (bytes: Uint8Array, contentType: string | null, expected: Expected): Decoded => {
  const format = toBodyFormat(contentType, expected.native ? nativeFormats : customFormats);
  const { value, duplicates } = read(bytes, format, expected.kind, expected.native);
  return { object: asExpected(value, expected), duplicates };
};

/**
 * Reads a DeleteOptions body; undefined when it is empty. Every group knows DeleteOptions, so only the kind counts.
 * Field types are checked here, values by whoever uses them.
 */
export const decodeDeleteOptions = (bytes: Uint8Array, contentType: string | null): JsonMap | undefined => {
  if (bytes.length === 0) return undefined;
  const { value } = read(bytes, toBodyFormat(contentType, nativeFormats), undefined, true);
  const { kind = 'DeleteOptions', apiVersion = 'v1', ...options } = value;
  if (kind !== 'DeleteOptions') throw badRequest(unregistered(String(kind), String(apiVersion)));
  checkDeleteOptions(options);
  return options;
};

/** What a patch says it is, and the exact JSON in it. An apply patch may be YAML. */
export const decodePatch = (
  bytes: Uint8Array,
  format: 'json' | 'yaml',
): { patch: Json; duplicates: readonly string[] } => {
  const collect = duplicateCollector();
  try {
    const parse = format === 'yaml' ? parseYaml : parseJson;
    return { patch: parse(bytes, { onDuplicate: collect.add }), duplicates: collect.paths };
  } catch (error) {
    throw error instanceof Fault ? badRequest(`error decoding patch: ${error.message}`) : error;
  }
};

/** An object that is a change's result (a patched one) as if it had come as a body: same checks, same errors. */
export const asExpected = (value: JsonMap, expected: Expected): ApiObject => {
  const group = expected.group === '' ? expected.version : `${expected.group}/${expected.version}`;
  const kind = value.kind || expected.kind;
  const apiVersion = value.apiVersion || group;
  if (typeof kind !== 'string') throw mistyped(kind, 'kind', expected.kind);
  if (typeof apiVersion !== 'string') throw mistyped(apiVersion, 'apiVersion', expected.kind);
  if (kind !== expected.kind) throw otherKind(kind, apiVersion, value, expected);
  if (apiVersion !== group && value.apiVersion && expected.native) throw noKind(kind, apiVersion, expected.kind);
  if (apiVersion !== group) {
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${group})`);
  }
  const { apiVersion: _, kind: __, ...rest } = value;
  return { apiVersion, kind, ...rest, metadata: checkMetadata(value.metadata, expected) };
};

const nativeFormats: readonly BodyFormat[] = ['json', 'yaml', 'protobuf'];
const customFormats: readonly BodyFormat[] = ['json', 'yaml'];

interface Raw {
  readonly value: JsonMap;
  readonly duplicates: readonly string[];
}

/** Go's types take a null for a value of which nothing is said (`nullable`). Errors say what was expected, `kind`, if anything. */
const read = (bytes: Uint8Array, format: BodyFormat, kind: string | undefined, nullable: boolean): Raw => {
  const collect = duplicateCollector();
  try {
    if (format === 'protobuf') return { value: decodeProtobuf(bytes), duplicates: [] };
    const value = (format === 'yaml' ? parseYaml : parseJson)(bytes, { onDuplicate: collect.add });
    if (value === null && nullable) return { value: {}, duplicates: [] };
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw badRequest(`json: cannot unmarshal ${nameOf(value)} into Go value of type map[string]interface {}`);
    }
    return { value, duplicates: collect.paths };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const prefix = format === 'protobuf' ? '' : "couldn't get version/kind; json parse error: ";
    const why = `${prefix}${error.message}`;
    if (kind === undefined) throw badRequest(why);
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summarize(bytes)})`);
  }
};

const duplicateCollector = () => {
  const paths: string[] = [];
  const seen = new Set<string>();
  let left = maxDuplicateText;
  const add = (path: string): void => {
    if (left <= 0 || paths.length >= maxDuplicates) return;
    // Also those that were told are looked at, and that takes as long as their names are.
    left -= path.length;
    if (seen.has(path)) return;
    seen.add(path);
    paths.push(path);
  };
  return { paths, add };
};

/** As many as upstream's strict decoder reports. */
const maxDuplicates = 100;
/** Characters of paths that are looked at. */
const maxDuplicateText = 1024 * 1024;

/** Types that are declared at run time are told apart by validation, those of Kubernetes by the decoder. */
const otherKind = (kind: string, apiVersion: string, value: JsonMap, expected: Expected): Fault => {
  if (expected.native) return noKind(kind, apiVersion, expected.kind);
  const { metadata } = value;
  const name = metadata !== null && typeof metadata === 'object' && 'name' in metadata ? metadata.name : '';
  return invalid(kind, expected.group, typeof name === 'string' ? name : '', [
    cause.invalid('kind', kind, `must be ${expected.kind}`),
  ]);
};

const noKind = (kind: string, apiVersion: string, expected: string): Fault => {
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  return badRequest(
    `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected}: ${unregistered(kind, apiVersion)}`,
  );
};

const unregistered = (kind: string, apiVersion: string): string =>
  `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme`;

const mistyped = (value: Json, field: string, kind: string): Fault =>
  badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ` +
      `json: cannot unmarshal ${nameOf(value)} into Go struct field .${field} of type string`,
  );

const checkDeleteOptions = (options: JsonMap): void => {
  const fail = (field: string, type: string): never => {
    throw badRequest(
      `json: cannot unmarshal ${nameOf(options[field] ?? null)} into Go struct field DeleteOptions.${field} of type ${type}`,
    );
  };
  for (const [field, value] of Object.entries(options)) {
    if (value === null) delete options[field];
    else if (field === 'gracePeriodSeconds' && !Number.isSafeInteger(value)) fail(field, 'int64');
    else if (field === 'orphanDependents' && typeof value !== 'boolean') fail(field, 'bool');
    else if (field === 'propagationPolicy' && typeof value !== 'string') fail(field, 'v1.DeletionPropagation');
    else if (field === 'dryRun' && !(Array.isArray(value) && value.every(item => typeof item === 'string')))
      fail(field, '[]string');
    else if (field === 'preconditions' && !isPreconditions(value)) fail(field, 'v1.Preconditions');
  }
};

const isPreconditions = (value: Json): boolean =>
  value !== null &&
  typeof value === 'object' &&
  !Array.isArray(value) &&
  [value.uid, value.resourceVersion].every(item => item === undefined || item === null || typeof item === 'string');

/** The head of a body, as text when it is an object, else in hex. */
const summarize = (bytes: Uint8Array): string => {
  if (bytes.length === 0) return '<empty>';
  const head = bytes.subarray(0, 30);
  const text = bytes[0] === 0x7b ? new TextDecoder().decode(head) : toHex(head);
  return bytes.length > head.length ? `${text} ...` : text;
};
