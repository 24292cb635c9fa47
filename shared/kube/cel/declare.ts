import type { Schema } from '../schema/schema.ts';
import { bool, bytes, double, duration, dyn, type Field, int, string, type Type, timestamp } from './type.ts';

/**
 * The type that values of a structural schema have in expressions; undefined for what expressions cannot see
 * (kubernetes-api reference §1.17: declared fields only, names escaped, formats as types, sizes bounded by the schema or
 * by what fits into a request).
 */
export const declare = (schema: Schema, isResource = false): Type | undefined => {
  if (schema['x-kubernetes-int-or-string']) return dyn;
  switch (schema.type) {
    case 'array':
      return declareList(schema);
    case 'object':
      return declareObject(schema, isResource || schema['x-kubernetes-embedded-resource'] === true);
    case 'string':
      return declareText(schema);
    case 'boolean':
      return bool;
    case 'integer':
      return int;
    case 'number':
      return double;
    default:
      return undefined;
  }
};

/** What fits into a request, in bytes; everything that a schema does not bound is bounded by it. */
const maxRequest = 3 * 1024 * 1024;

const declareList = (schema: Schema): Type | undefined => {
  const of = schema.items && declare(schema.items);
  if (of === undefined || schema.items === undefined) return undefined;
  const max = schema.maxItems ?? Math.floor((maxRequest - 2) / (minSize(schema.items) + 1));
  const by = schema['x-kubernetes-list-type'];
  const keys = (schema['x-kubernetes-list-map-keys'] ?? []).map(key => escapeName(key) ?? key);
  return { k: 'list', of, max, ...((by === 'set' || by === 'map') && { merge: { by, keys } }) };
};

const declareObject = (schema: Schema, isResource: boolean): Type | undefined => {
  const { additionalProperties: additional } = schema;
  if (typeof additional === 'object' && !isResource) {
    const of = declare(additional);
    if (of === undefined) return undefined;
    const max = schema.maxProperties ?? Math.floor((maxRequest - 2) / (minSize(additional) + 4));
    // Keys can be as long as a request that holds nothing else.
    return { k: 'map', key: { ...string, max: maxRequest } as Type, of, max };
  }
  const fields = new Map<string, Field>();
  const properties = { ...schema.properties, ...(isResource && resourceProperties(schema)) };
  for (const [name, property] of Object.entries(properties)) {
    const type = declare(property);
    const escaped = escapeName(name);
    if (type !== undefined && escaped !== undefined) fields.set(escaped, { name, type });
  }
  return { k: 'object', name: nameOf(schema), fields };
};

/** Objects of one schema are of one type; each schema has a type name of its own. */
const nameOf = (schema: Schema): string => {
  const known = typeNames.get(schema);
  if (known !== undefined) return known;
  typeCount += 1;
  const name = `object#${typeCount}`;
  typeNames.set(schema, name);
  return name;
};

const typeNames = new WeakMap<Schema, string>();
let typeCount = 0;

/** Of metadata only the name can be seen. */
const resourceProperties = (schema: Schema): Record<string, Schema> => ({
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: {
    type: 'object',
    properties: {
      name: schema.properties?.metadata?.properties?.name ?? { type: 'string', maxLength: 253 },
      generateName: { type: 'string', maxLength: 253 },
    },
  },
});

const declareText = (schema: Schema): Type => {
  switch (schema.format) {
    case 'byte':
      return { ...bytes, max: schema.maxLength ?? maxRequest - 2 } as Type;
    case 'duration':
      return duration;
    case 'date':
    case 'date-time':
    case 'datetime':
      return timestamp;
    default:
      return { ...string, max: maxText(schema) } as Type;
  }
};

/** Characters may take four bytes; a choice is as long as its longest word. */
const maxText = ({ enum: choices, maxLength }: Schema): number => {
  if (choices) return Math.max(0, ...choices.map(choice => String(choice).length));
  return maxLength === undefined ? maxRequest - 2 : maxLength * 4;
};

/** The least bytes of JSON that a value can have. */
export const minSize = (schema: Schema): number => {
  if (schema['x-kubernetes-int-or-string']) return 1;
  switch (schema.type) {
    case 'object':
      return 2 + (schema.required ?? []).reduce((sum, name) => sum + requiredSize(schema, name), 0);
    case 'boolean':
      return 4;
    case 'string':
      return (
        textSizes.get(schema.format ?? '') ??
        2 + Math.min(...(schema.enum ?? ['']).map(choice => String(choice).length))
      );
    case 'array':
      return 2;
    default:
      return 1;
  }
};

const textSizes = new Map([
  ['duration', 3],
  ['date', 12],
  ['date-time', 22],
  ['datetime', 22],
]);

const requiredSize = (schema: Schema, name: string): number => {
  const property = schema.properties?.[name];
  return property === undefined || property.default !== undefined ? 0 : name.length + 4 + minSize(property);
};

/** How often a value of the schema can occur in one request at the most. */
export const maxOccurrences = (schema: Schema): number => Math.floor(maxRequest / (minSize(schema) + 1)) + 1;

const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** `a-b` → `a__dash__b`; undefined for a name that expressions cannot spell. */
export const escapeName = (name: string): string | undefined => {
  if (!/^[A-Za-z_.\-/][A-Za-z0-9_.\-/]*$/.test(name)) return undefined;
  if (reserved.has(name)) return `__${name}__`;
  const escaped = name.replace(/__|\.|-|\//g, part => escapes.get(part) ?? part);
  return /^[0-9]/.test(escaped) ? undefined : escaped;
};

const escapes = new Map([
  ['__', '__underscores__'],
  ['.', '__dot__'],
  ['-', '__dash__'],
  ['/', '__slash__'],
]);
