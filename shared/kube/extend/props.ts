import { isMap, setOwn } from '../../base/own.ts';
import { badRequest } from '../faults.ts';

interface Read {
  /** The schema with known keywords only, each of its right type; nulls are taken for absent. */
  readonly schema: Record<string, unknown>;
  /** Paths of the keywords that are not known. */
  readonly unknown: string[];
}

/**
 * Reads a JSONSchemaProps as a typed decoder would: unknown keywords go, and a keyword of the wrong type is refused. What
 * the keywords mean is not looked at. `path` is where the schema stands, for messages.
 *
 * @throws Fault BadRequest for a keyword of the wrong type
 */
export const readProps = (value: unknown, path: string): Read => {
  const unknown: string[] = [];
  return { schema: readOne(value, path, unknown), unknown };
};

type Reader = (value: unknown, path: string, unknown: string[]) => unknown;

const refuse = (value: unknown, path: string, expected: string): never => {
  throw badRequest(
    'CustomResourceDefinition in version "v1" cannot be handled as a CustomResourceDefinition: ' +
      `json: cannot unmarshal ${nameOf(value)} into Go struct field JSONSchemaProps.${path} of type ${expected}`,
  );
};

const nameOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' ? 'number' : typeof value;
};

const readOne = (value: unknown, path: string, unknown: string[]): Record<string, unknown> => {
  if (!isMap(value)) return refuse(value, path, 'v1.JSONSchemaProps');
  const out: Record<string, unknown> = {};
  for (const [keyword, given] of Object.entries(value)) {
    const at = `${path}.${keyword}`;
    const reader = readers.get(keyword);
    if (reader === undefined) unknown.push(at);
    else if (given !== null || keyword === 'default') out[keyword] = reader(given, at, unknown);
  }
  return out;
};

const text: Reader = (value, path) => (typeof value === 'string' ? value : refuse(value, path, 'string'));
const flag: Reader = (value, path) => (typeof value === 'boolean' ? value : refuse(value, path, 'bool'));
const decimal: Reader = (value, path) =>
  typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : refuse(value, path, 'float64');
const whole: Reader = (value, path) =>
  typeof value === 'number' && Number.isInteger(value)
    ? value
    : typeof value === 'bigint'
      ? Number(value)
      : refuse(value, path, 'int64');
const any: Reader = value => value;

const listOf =
  (item: Reader, expected: string): Reader =>
  (value, path, unknown) =>
    Array.isArray(value)
      ? value.map((one, i) => item(one, `${path}[${i}]`, unknown))
      : refuse(value, path, `[]${expected}`);

const mapOf =
  (item: Reader): Reader =>
  (value, path, unknown) => {
    if (!isMap(value)) return refuse(value, path, 'map[string]v1.JSONSchemaProps');
    const out: Record<string, unknown> = {};
    for (const [key, one] of Object.entries(value)) setOwn(out, key, item(one, `${path}.${key}`, unknown));
    return out;
  };

const orBool: Reader = (value, path, unknown) => (typeof value === 'boolean' ? value : readOne(value, path, unknown));
const orList: Reader = (value, path, unknown) =>
  Array.isArray(value) ? schemas(value, path, unknown) : readOne(value, path, unknown);
const orTexts: Reader = (value, path, unknown) =>
  Array.isArray(value) ? texts(value, path, unknown) : readOne(value, path, unknown);

const texts = listOf(text, 'string');
const schemas = listOf(readOne, 'v1.JSONSchemaProps');

const fieldsOf =
  (fields: Readonly<Record<string, Reader>>, expected: string): Reader =>
  (value, path, unknown) => {
    if (!isMap(value)) return refuse(value, path, expected);
    const out: Record<string, unknown> = {};
    for (const [name, given] of Object.entries(value)) {
      const reader = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (reader === undefined) unknown.push(`${path}.${name}`);
      else if (given !== null) out[name] = reader(given, `${path}.${name}`, unknown);
    }
    return out;
  };

const rule = fieldsOf(
  { rule: text, message: text, messageExpression: text, reason: text, fieldPath: text, optionalOldSelf: flag },
  'v1.ValidationRule',
);

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>(
  Object.entries({
    id: text,
    $schema: text,
    $ref: text,
    description: text,
    type: text,
    format: text,
    title: text,
    default: any,
    maximum: decimal,
    exclusiveMaximum: flag,
    minimum: decimal,
    exclusiveMinimum: flag,
    maxLength: whole,
    minLength: whole,
    pattern: text,
    maxItems: whole,
    minItems: whole,
    uniqueItems: flag,
    multipleOf: decimal,
    enum: listOf(any, 'v1.JSON'),
    maxProperties: whole,
    minProperties: whole,
    required: texts,
    items: orList,
    allOf: schemas,
    oneOf: schemas,
    anyOf: schemas,
    not: readOne,
    properties: mapOf(readOne),
    additionalProperties: orBool,
    patternProperties: mapOf(readOne),
    dependencies: mapOf(orTexts),
    additionalItems: orBool,
    definitions: mapOf(readOne),
    externalDocs: fieldsOf({ description: text, url: text }, 'v1.ExternalDocumentation'),
    example: any,
    nullable: flag,
    'x-kubernetes-preserve-unknown-fields': flag,
    'x-kubernetes-embedded-resource': flag,
    'x-kubernetes-int-or-string': flag,
    'x-kubernetes-list-map-keys': texts,
    'x-kubernetes-list-type': text,
    'x-kubernetes-map-type': text,
    'x-kubernetes-validations': listOf(rule, 'v1.ValidationRule'),
  }),
);
