import { RE2JS } from 're2js';
import type { Cause } from '../../base/fault.ts';
import { getOwn } from '../../base/own.ts';
import { cause, type Path } from '../../base/path.ts';
import type { Schema } from '../schema/schema.ts';
import { ruleTextCauses } from './ruletexts.ts';

/** A schema as it may have been written: with keywords that JSON Schema knows and structural schemas do not. */
interface Written extends Omit<Schema, 'type' | 'items'> {
  type?: string;
  items?: Written | Written[];
  id?: string;
  $ref?: string;
  additionalItems?: unknown;
  patternProperties?: object;
  definitions?: object;
  dependencies?: object;
}

/**
 * Keywords that a schema of a definition may not use, or not like this (kubernetes-api reference §4). Once this finds
 * nothing the schema is a `Schema`: patterns compile, and lists, maps and their keys fit together.
 */
export const keywordCauses = (schema: Schema, path: Path): Cause[] => [
  ...(schema.nullable ? [cause.forbidden([...path, 'nullable'], 'nullable cannot be true at the root')] : []),
  // What was written is wider than what is allowed.
  ...check(schema as Written, path),
];

const check = (schema: Written, path: Path): Cause[] => [
  ...unsupported(schema, path),
  ...valueCauses(schema, path),
  ...listCauses(schema, path),
  ...mapCauses(schema, path),
  // Rules are read as they were written: their types were checked with the definition's.
  ...ruleTextCauses(schema as Schema, path),
  ...children(schema, path).flatMap(([child, at]) => check(child, at)),
];

const children = (schema: Written, path: Path): [Written, Path][] => {
  // Children were written by the same hand.
  const asWritten = (child: unknown): Written => child as Written;
  const found: [Written, Path][] = [];
  for (const [name, child] of Object.entries(schema.properties ?? {}))
    found.push([asWritten(child), [...path, 'properties', { key: name }]]);
  if (typeof schema.additionalProperties === 'object')
    found.push([asWritten(schema.additionalProperties), [...path, 'additionalProperties']]);
  if (schema.items && !Array.isArray(schema.items)) found.push([schema.items, [...path, 'items']]);
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const)
    schema[keyword]?.forEach((child, i) => {
      found.push([asWritten(child), [...path, keyword, i]]);
    });
  if (schema.not) found.push([asWritten(schema.not), [...path, 'not']]);
  return found;
};

const unsupported = (schema: Written, path: Path): Cause[] => {
  const causes: Cause[] = [];
  const deny = (keyword: string, why: string) => causes.push(cause.forbidden([...path, keyword], why));
  for (const keyword of ['id', '$ref'] as const) if (schema[keyword]) deny(keyword, `${keyword} is not supported`);
  if (schema.additionalItems !== undefined) deny('additionalItems', 'additionalItems is not supported');
  for (const keyword of ['patternProperties', 'definitions', 'dependencies'] as const)
    if (Object.keys(schema[keyword] ?? {}).length > 0) deny(keyword, `${keyword} is not supported`);
  if (schema.type === 'null') deny('type', 'type cannot be set to null, use nullable as an alternative');
  if (Array.isArray(schema.items)) deny('items', 'items must be a schema object and not an array');
  if (schema.uniqueItems)
    deny('uniqueItems', 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic');
  const { properties = {}, additionalProperties = true } = schema;
  if (additionalProperties !== true && Object.keys(properties).length > 0)
    deny('additionalProperties', 'additionalProperties and properties are mutual exclusive');
  return causes;
};

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

const valueCauses = (schema: Written, path: Path): Cause[] => {
  const causes: Cause[] = [];
  if (schema.type && schema.type !== 'null' && !types.includes(schema.type))
    causes.push(cause.notSupported([...path, 'type'], schema.type, types));
  if (schema.pattern !== undefined) {
    const error = patternError(schema.pattern);
    if (error !== undefined)
      causes.push(
        cause.invalid([...path, 'pattern'], schema.pattern, `must be a valid regular expression, but isn't: ${error}`),
      );
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    causes.push(cause.invalid([...path, 'x-kubernetes-preserve-unknown-fields'], false, 'must be true or undefined'));
  return causes;
};

const patternError = (pattern: string): string | undefined => {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const mapCauses = (schema: Written, path: Path): Cause[] => {
  const kind = schema['x-kubernetes-map-type'];
  if (kind === undefined) return [];
  const at = [...path, 'x-kubernetes-map-type'];
  if (kind !== 'granular' && kind !== 'atomic') return [cause.notSupported(at, kind, ['atomic', 'granular'])];
  if (schema.type === 'object') return [];
  const why = 'must be object if x-kubernetes-map-type is specified';
  return [schema.type ? cause.invalid([...path, 'type'], schema.type, why) : cause.required([...path, 'type'], why)];
};

const listCauses = (schema: Written, path: Path): Cause[] => {
  const kind = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const at = [...path, 'x-kubernetes-list-type'];
  const causes: Cause[] = [];
  if (kind !== undefined && kind !== 'atomic' && kind !== 'set' && kind !== 'map')
    return [cause.notSupported(at, kind, ['atomic', 'map', 'set'])];
  if (kind !== undefined && schema.type !== 'array') {
    const why = 'must be array if x-kubernetes-list-type is specified';
    causes.push(
      schema.type ? cause.invalid([...path, 'type'], schema.type, why) : cause.required([...path, 'type'], why),
    );
  }
  if (keys.length > 0 && kind !== 'map') {
    const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
    causes.push(kind === undefined ? cause.required(at, why) : cause.invalid(at, kind, why));
  }
  const items = Array.isArray(schema.items) ? undefined : schema.items;
  if (kind === 'set') causes.push(...setCauses(items, path));
  if (kind === 'map') causes.push(...keyedCauses(items, keys, path));
  return causes;
};

const setCauses = (items: Written | undefined, path: Path): Cause[] => {
  const at = [...path, 'items'];
  if (!items) return [cause.required(at, 'must have a schema if x-kubernetes-list-type is set')];
  const causes: Cause[] = [];
  if (items.nullable)
    causes.push(cause.forbidden([...at, 'nullable'], 'cannot be nullable when x-kubernetes-list-type is set'));
  const atomic = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    causes.push(cause.required([...at, 'x-kubernetes-map-type'], atomic));
  if (items.type === 'array' && (items['x-kubernetes-list-type'] ?? 'atomic') !== 'atomic')
    causes.push(cause.invalid([...at, 'x-kubernetes-list-type'], items['x-kubernetes-list-type'], atomic));
  return causes;
};

const keyedCauses = (items: Written | undefined, keys: readonly string[], path: Path): Cause[] => {
  const causes: Cause[] = [];
  const at = [...path, 'x-kubernetes-list-map-keys'];
  if (keys.length === 0) causes.push(cause.required(at, 'must not be empty if x-kubernetes-list-type is map'));
  if (!items)
    return [...causes, cause.required([...path, 'items'], 'must have a schema if x-kubernetes-list-type is map')];
  if (items.type !== 'object')
    causes.push(
      cause.invalid(
        [...path, 'items', 'type'],
        items.type ?? '',
        "must be object if parent array's x-kubernetes-list-type is map",
      ),
    );
  if (items.nullable)
    causes.push(
      cause.forbidden([...path, 'items', 'nullable'], 'cannot be nullable when x-kubernetes-list-type is map'),
    );
  const seen = new Set<string>();
  keys.forEach((key, i) => {
    if (seen.has(key)) causes.push(cause.duplicate([...at, i], key));
    seen.add(key);
    const property = getOwn(items.properties ?? {}, key);
    if (!property) causes.push(cause.invalid([...at, i], key, 'entries must all be names of item properties'));
    else causes.push(...keyCauses(property, key, items.required ?? [], [...path, 'items', 'properties', { key }]));
  });
  return causes;
};

const keyCauses = (property: Schema, key: string, required: readonly string[], path: Path): Cause[] => {
  const causes: Cause[] = [];
  if (property.type === 'object' || property.type === 'array')
    causes.push(
      cause.invalid(
        [...path, 'type'],
        property.type,
        "must be a scalar type if parent array's x-kubernetes-list-type is map",
      ),
    );
  if (property.default === undefined && !required.includes(key))
    causes.push(
      cause.required(
        [...path, 'default'],
        'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
      ),
    );
  if (property.nullable)
    causes.push(
      cause.forbidden(
        [...path, 'nullable'],
        'this property is in x-kubernetes-list-map-keys, so it cannot be nullable',
      ),
    );
  return causes;
};
