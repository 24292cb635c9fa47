import { isMap } from '../../base/own.ts';
import { isQuantity } from '../../base/quantity.ts';
import { compile, type Node } from './compile.ts';
import { isFormat } from './formats.ts';
import { parseGoTime } from './gotime.ts';
import { metadataSchema } from './metadata.ts';
import type { Schema } from './schema.ts';

/**
 * The first value of an object that a typed decoder would refuse, in the decoder's words: what follows `… cannot be handled
 * as a …: ` in the 400 of kube-apiserver. Undefined when everything fits. `metadata` is typed for every kind, the rest of the
 * object only for kinds that Kubernetes itself defines (`native`); others are left to validation. Null fits everywhere.
 *
 *     json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.annotations of type string
 */
export const findMistyped = (
  object: object,
  type: { kind: string; native: boolean; schema: Schema },
): string | undefined => {
  const root = object as { [field: string]: unknown };
  for (const field of ['apiVersion', 'kind'])
    if (root[field] !== undefined && root[field] !== null && typeof root[field] !== 'string')
      return mismatch(root[field], { struct: type.kind, path: field }, 'string');
  return (
    find(root['metadata'], compile(metadataSchema), { struct: type.kind, path: 'metadata', own: 'ObjectMeta' }) ??
    (type.native
      ? findInFields(root, compile(type.schema), { struct: type.kind, path: '', own: type.kind })
      : undefined)
  );
};

/** Where a value stands: the struct type that has the field, the field's path, and the type of the value if it is a struct. */
interface Place {
  readonly struct: string;
  readonly path: string;
  readonly own?: string;
}

const find = (value: unknown, node: Node, place: Place): string | undefined => {
  if (value === null || value === undefined || node.types.length === 0) return undefined;
  if (node.schema.quantity) return isReadable(value) ? undefined : noQuantity;
  const [expected] = node.types;
  if (node.types.length > 1) return isIntOrString(value) ? undefined : mismatch(value, place, 'int32');
  if (expected === 'object') {
    if (!isMap(value)) return mismatch(value, place, goType(node, place));
    return findInFields(value, node, place);
  }
  if (expected === 'array') {
    if (!Array.isArray(value)) return mismatch(value, place, goType(node, place));
    return first(value, item => (node.items ? find(item, node.items, place) : undefined));
  }
  return findInScalar(value, node, place);
};

const isReadable = (value: unknown): boolean =>
  (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') && isQuantity(value);

const noQuantity = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const findInFields = (map: { [field: string]: unknown }, node: Node, place: Place): string | undefined =>
  first(Object.keys(map), field => {
    const property = node.properties.get(field);
    const child = property ?? node.additional;
    if (!child || (place.path === '' && field === 'metadata')) return undefined;
    if (!property) return find(map[field], child, place);
    const path = place.path === '' ? field : `${place.path}.${field}`;
    const struct = place.own ?? place.struct;
    return find(map[field], child, { struct, path, own: toStruct(struct, field) });
  });

const findInScalar = (value: unknown, node: Node, place: Place): string | undefined => {
  const { type, format } = node.schema;
  if (type === 'string') {
    if (typeof value !== 'string') return mismatch(value, place, 'string');
    if (format === 'date-time') {
      const time = parseGoTime(value, node.schema.micro);
      return typeof time === 'string' ? time : undefined;
    }
    if (format === 'byte' && !isFormat(format, value.replaceAll(/[\r\n]/g, '')))
      return `illegal base64 data at input byte ${badByte(value)}`;
    return undefined;
  }
  if (type === 'boolean') return typeof value === 'boolean' ? undefined : mismatch(value, place, 'bool');
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  if (type === 'integer' && !(typeof value === 'bigint' || Number.isInteger(value)))
    return mismatch(value, place, format ?? 'int64');
  if (type === 'integer' && isNumber && !isWithin(BigInt(value), format === 'int32' ? 31n : 63n))
    return mismatch(value, place, format ?? 'int64', `number ${value}`);
  return isNumber ? undefined : mismatch(value, place, 'float64');
};

const isWithin = (value: bigint, bits: bigint): boolean => value >= -(1n << bits) && value < 1n << bits;

const mismatch = (value: unknown, { struct, path }: Place, expected: string, name = nameOf(value)): string =>
  `json: cannot unmarshal ${name} into Go struct field ${struct}.${path} of type ${expected}`;

const nameOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'number';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  return typeof value;
};

const goType = ({ schema }: Node, place: Place): string => {
  if (schema.type === 'array') return `[]${schema.items ? goItem(schema.items, place) : 'interface {}'}`;
  if (schema.additionalProperties) {
    const values = schema.additionalProperties === true ? undefined : schema.additionalProperties;
    return `map[string]${values ? goItem(values, place) : 'interface {}'}`;
  }
  return `v1.${place.own ?? place.struct}`;
};

const goItem = (schema: Schema, place: Place): string => {
  if (schema.type === 'integer') return schema.format ?? 'int64';
  if (schema.type === 'boolean') return 'bool';
  if (schema.format === 'byte') return '[]uint8';
  if (schema.type === 'string') return 'string';
  return `v1.${(place.own ?? place.struct).replace(/s$/, '')}`;
};

/** Go's habit of naming: the spec of a Namespace is a NamespaceSpec, its finalizers are of FinalizerName … by and large. */
const toStruct = (struct: string, field: string): string =>
  field === 'spec' || field === 'status' ? `${struct}${capital(field)}` : capital(field);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const isIntOrString = (value: unknown): boolean => typeof value === 'string' || Number.isInteger(value);

/** Where Go's decoder stops: at the first character that cannot stand there. */
const badByte = (text: string): number => {
  const bad = /[^A-Za-z0-9+/]/.exec(text)?.index ?? text.length;
  return text[bad] === '=' && bad % 4 >= 2 ? text.length : bad;
};

const first = <T>(items: readonly T[], ask: (item: T) => string | undefined): string | undefined => {
  for (const item of items) {
    const found = ask(item);
    if (found !== undefined) return found;
  }
  return undefined;
};
