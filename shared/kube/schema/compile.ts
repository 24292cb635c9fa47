import { RE2JS } from 're2js';
import type { Schema } from './schema.ts';

/** A schema as the walkers read it: looked up by name in maps, patterns compiled, and what lies below known beforehand. */
export interface Node {
  readonly schema: Schema;
  readonly properties: ReadonlyMap<string, Node>;
  /** Structure of fields that `properties` does not name; undefined when nothing is said about them. */
  readonly additional: Node | undefined;
  /** `additionalProperties: false`. */
  readonly closed: boolean;
  readonly items: Node | undefined;
  /** JSON types that fit; empty when any does. */
  readonly types: readonly string[];
  readonly nullable: boolean;
  readonly pattern: RE2JS | undefined;
  readonly preserve: boolean;
  readonly embedded: boolean;
  readonly enumerated: ReadonlySet<string> | undefined;
  readonly allOf: readonly Node[];
  readonly anyOf: readonly Node[];
  readonly oneOf: readonly Node[];
  readonly not: Node | undefined;
  /** True when an embedded resource is here or below. */
  readonly embeds: boolean;
  /** True when a list with unique items or keys is here or below. */
  readonly keyed: boolean;
  /** True when a time or a quantity is here or below: what has a spelling of its own. */
  readonly spelled: boolean;
}

/** The compiled schema; made once for each schema. Throws when a pattern is not RE2: a schema must be checked before. */
export const compile = (schema: Schema): Node => {
  const known = compiled.get(schema);
  if (known) return known;
  const node = build(schema);
  compiled.set(schema, node);
  return node;
};

const compiled = new WeakMap<Schema, Node>();

const build = (schema: Schema): Node => {
  const properties = new Map(Object.entries(schema.properties ?? {}).map(([name, child]) => [name, compile(child)]));
  const additional = toAdditional(schema);
  const items = schema.items && compile(schema.items);
  const children = [...properties.values(), additional, items];
  return {
    schema,
    properties,
    additional,
    closed: schema.additionalProperties === false,
    items,
    types: toTypes(schema),
    nullable: schema.nullable === true,
    pattern: schema.pattern === undefined ? undefined : toPattern(schema.pattern),
    preserve: schema['x-kubernetes-preserve-unknown-fields'] === true,
    embedded: schema['x-kubernetes-embedded-resource'] === true,
    enumerated: schema.enum && new Set(schema.enum.map(identify)),
    allOf: (schema.allOf ?? []).map(compile),
    anyOf: (schema.anyOf ?? []).map(compile),
    oneOf: (schema.oneOf ?? []).map(compile),
    not: schema.not && compile(schema.not),
    embeds: schema['x-kubernetes-embedded-resource'] === true || children.some(child => child?.embeds),
    keyed: isKeyed(schema) || children.some(child => child?.keyed),
    spelled: schema.format === 'date-time' || schema.quantity === true || children.some(child => child?.spelled),
  };
};

/** A text that two JSON values share exactly when they are equal. Field order does not matter. */
export const identify = (value: unknown): string => {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(identify).join()}]`;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, child]) => `${JSON.stringify(name)}:${identify(child)}`).join()}}`;
};

const toAdditional = ({ additionalProperties }: Schema): Node | undefined => {
  if (additionalProperties === undefined || additionalProperties === false) return undefined;
  return compile(additionalProperties === true ? anything : additionalProperties);
};

const anything: Schema = { 'x-kubernetes-preserve-unknown-fields': true };

const toTypes = (schema: Schema): string[] => {
  if (schema['x-kubernetes-int-or-string']) return ['integer', 'string'];
  return schema.type === undefined ? [] : [schema.type];
};

const isKeyed = (schema: Schema): boolean =>
  schema['x-kubernetes-list-type'] === 'set' || schema['x-kubernetes-list-type'] === 'map';

const toPattern = (pattern: string): RE2JS => {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new Error(`The pattern ${JSON.stringify(pattern)} is not a valid RE2 expression`, { cause: error });
  }
};
