import type { Cause } from '../../base/fault.ts';
import { isMap } from '../../base/own.ts';
import { cause, type Path, toFieldPath } from '../../base/path.ts';
import { embeddedCauses } from '../registry/embedded.ts';
import { isKnownFormat } from '../schema/formats.ts';
import { prune } from '../schema/prune.ts';
import type { Schema } from '../schema/schema.ts';
import { validate } from '../schema/validate.ts';

/**
 * Defaults that the schema itself would refuse or prune, and defaults where none may be. The schema must be structural.
 */
export const presetCauses = (schema: Schema, path: Path): Cause[] =>
  walk(schema, path).flatMap(([node, at]) => (node.default === undefined ? [] : check(node, at)));

/** Texts about formats that mean nothing here. */
export const formatWarnings = (schema: Schema, path: Path): string[] =>
  walk(schema, path).flatMap(([{ format, type }]) =>
    format === undefined || isKnownFormat(format) || numeric.get(type ?? '')?.includes(format)
      ? []
      : [`unrecognized format ${JSON.stringify(format)}`],
  );

const numeric = new Map([
  ['integer', ['int32', 'int64']],
  ['number', ['float', 'double', 'int32', 'int64']],
]);

/** Every node that specifies something, with its place. */
const walk = (schema: Schema, path: Path): [Schema, Path][] => [
  [schema, path],
  ...(schema.items ? walk(schema.items, [...path, 'items']) : []),
  ...Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    walk(child, [...path, 'properties', { key: name }]),
  ),
  ...(typeof schema.additionalProperties === 'object'
    ? walk(schema.additionalProperties, [...path, 'additionalProperties'])
    : []),
];

const check = (schema: Schema, path: Path): Cause[] => {
  const at = toFieldPath([...path, 'default']);
  const value = schema.default;
  if (value === null && !schema.nullable) return [cause.invalid(at, value, 'must not be null unless nullable')];
  const { default: _, ...bare } = schema;
  const holder = { default: value };
  const around: Schema = { type: 'object', properties: { default: bare } };
  const causes: Cause[] = [...validate(holder, around), ...embeddedCauses(holder, around)].map(found => ({
    ...found,
    field: (found.field ?? '').replace(/^default/, at),
    message: found.message.replace(': default', `: ${at}`),
  }));
  const pruned = prune(holder, around);
  if (isMap(value) || Array.isArray(value))
    if (pruned.unknown.length > 0) causes.push(cause.invalid(at, value, 'must not have unknown fields'));
  return causes;
};
