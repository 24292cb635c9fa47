import type { Cause } from '../../base/fault.ts';
import { getOwn } from '../../base/own.ts';
import { cause, type Path, toFieldPath } from '../../base/path.ts';
import { byText } from '../order.ts';
import type { Schema } from '../schema/schema.ts';

/**
 * All that keeps a schema from being structural (kubernetes-api reference §4): every value has a type, and what is said in
 * `allOf`, `anyOf`, `oneOf` and `not` only restricts. At the root it may speak only of what is specified outside of them; upstream
 * does not look at that further down. In order of their texts. `path` is where the schema stands.
 */
export const structuralCauses = (schema: Schema, path: Path): Cause[] =>
  check(schema, 'root', path).sort((a, b) => byText(print(a), print(b)));

const print = ({ field, message }: Cause): string => `${field}: ${message}`;

type Level = 'root' | 'item' | 'field';

const check = (schema: Schema, level: Level, path: Path): Cause[] => [
  ...(schema.type === 'array' && !schema.items ? [cause.required([...path, 'items'], 'must be specified')] : []),
  ...childCauses(schema, path),
  ...extensionCauses(schema, path),
  ...typeCauses(schema, level, path),
  ...resourceCauses(schema, level, path),
  ...combinedCauses(schema, level, path),
];

const childCauses = (schema: Schema, path: Path): Cause[] => [
  ...(schema.items ? check(schema.items, 'item', [...path, 'items']) : []),
  ...Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    check(child, 'field', [...path, 'properties', { key: name }]),
  ),
  ...(typeof schema.additionalProperties === 'object'
    ? check(schema.additionalProperties, 'field', [...path, 'additionalProperties'])
    : []),
];

const extensionCauses = (schema: Schema, path: Path): Cause[] => {
  if (!schema['x-kubernetes-int-or-string']) return [];
  const causes: Cause[] = [];
  const at = [...path, 'x-kubernetes-int-or-string'];
  if (schema['x-kubernetes-embedded-resource'])
    causes.push(cause.invalid(at, true, 'must be false if x-kubernetes-embedded-resource is true'));
  if (schema['x-kubernetes-preserve-unknown-fields'])
    causes.push(cause.invalid(at, true, 'must be false if x-kubernetes-preserve-unknown-fields is true'));
  // A type beside it counts for nothing, and is allowed.
  return causes;
};

const untyped: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

const typeCauses = (schema: Schema, level: Level, path: Path): Cause[] => {
  const at = [...path, 'type'];
  if (schema['x-kubernetes-embedded-resource'] && schema.type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true';
    return [schema.type ? cause.invalid(at, schema.type, why) : cause.required(at, why)];
  }
  const free = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields'];
  if (!schema.type && (!free || level === 'root')) return [cause.required(at, untyped[level])];
  if (level === 'root' && schema.type !== 'object')
    return [cause.invalid(at, schema.type, 'must be object at the root')];
  return [];
};

/** What the root and embedded resources may say about the fields that every object has. */
const resourceCauses = (schema: Schema, level: Level, path: Path): Cause[] => {
  const { properties = {}, additionalProperties } = schema;
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const causes: Cause[] = [];
  if (level === 'root' && additionalProperties !== undefined)
    causes.push(cause.forbidden([...path, 'additionalProperties'], 'must not be used at the root'));
  if (embedded && additionalProperties !== undefined)
    causes.push(
      cause.forbidden([...path, 'additionalProperties'], 'must not be used if x-kubernetes-embedded-resource is set'),
    );
  if (embedded && !schema['x-kubernetes-preserve-unknown-fields'] && Object.keys(properties).length === 0)
    causes.push(
      cause.required(
        [...path, 'properties'],
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ),
    );
  if (level !== 'root' && !embedded) return causes;
  for (const field of ['kind', 'apiVersion']) {
    const child = getOwn(properties, field);
    if (child && child.type !== 'string')
      causes.push(cause.invalid([...path, 'properties', { key: field }, 'type'], child.type ?? '', 'must be string'));
  }
  const metadata = getOwn(properties, 'metadata');
  return metadata ? [...causes, ...metadataCauses(metadata, [...path, 'properties', { key: 'metadata' }])] : causes;
};

const metadataCauses = (metadata: Schema, path: Path): Cause[] => {
  const causes: Cause[] = [];
  if (metadata.type !== 'object') causes.push(cause.invalid([...path, 'type'], metadata.type ?? '', 'must be object'));
  const { type: _, description: __, properties = {}, ...rest } = metadata;
  const strange = Object.keys(properties).some(name => name !== 'name' && name !== 'generateName');
  if (strange || Object.keys(rest).length > 0)
    causes.push(
      cause.forbidden(
        path,
        'must not specify anything other than name and generateName, but metadata is implicitly specified',
      ),
    );
  return causes;
};

/** A schema and its place. */
interface Placed {
  readonly schema: Schema;
  readonly path: Path;
}

const combinedCauses = (schema: Schema, level: Level, path: Path): Cause[] => {
  const isIntOrString = schema['x-kubernetes-int-or-string'] === true;
  const [first] = schema.allOf ?? [];
  return nestedOf(schema, path).flatMap(nested => {
    // The two ways to say integer or string besides the extension are no contradiction to it.
    if (isIntOrString && schema.anyOf?.includes(nested.schema) && isPair(schema.anyOf)) return [];
    if (isIntOrString && nested.schema === first && isPair(first.anyOf ?? [])) return [];
    return nestedCauses(nested, level === 'root' ? { schema, path } : undefined, true);
  });
};

const nestedOf = (schema: Schema, path: Path): Placed[] => [
  ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap(keyword =>
    (schema[keyword] ?? []).map((one, i) => ({ schema: one, path: [...path, keyword, i] })),
  ),
  ...(schema.not ? [{ schema: schema.not, path: [...path, 'not'] }] : []),
];

const isPair = (alternatives: readonly Schema[]): boolean =>
  alternatives.length === 2 &&
  alternatives[0]?.type === 'integer' &&
  alternatives[1]?.type === 'string' &&
  alternatives.every(one => Object.keys(one).length === 1);

const forbiddenInside = [
  ['type', 'must be empty to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['default', 'must be undefined to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
] as const;

/** Checks what stands inside of a combination, where it is one of the root's against what is specified outside. */
const nestedCauses = ({ schema, path }: Placed, outside: Placed | undefined, isTop: boolean): Cause[] => {
  const causes: Cause[] = [];
  for (const [keyword, why] of forbiddenInside)
    if (schema[keyword]) causes.push(cause.forbidden([...path, keyword], why));
  const children = [
    ...Object.entries(schema.properties ?? {}).map(
      ([name, child]) =>
        [child, ['properties', { key: name }], getOwn(outside?.schema.properties ?? {}, name)] as const,
    ),
    ...(schema.items ? [[schema.items, ['items'], outside?.schema.items] as const] : []),
  ];
  for (const [child, steps, twin] of children) {
    const childPath = [...path, ...steps];
    const twinPath = outside && [...outside.path, ...steps];
    if (twinPath && !twin) causes.push(cause.required(twinPath, `because it is defined in ${toFieldPath(childPath)}`));
    else
      causes.push(
        ...nestedCauses(
          { schema: child, path: childPath },
          twinPath && twin && { schema: twin, path: twinPath },
          false,
        ),
      );
  }
  if (isTop && outside && getOwn(schema.properties ?? {}, 'metadata'))
    causes.push(
      cause.forbidden([...path, 'properties', { key: 'metadata' }], 'must not be specified in a nested context'),
    );
  return [...causes, ...nestedOf(schema, path).flatMap(one => nestedCauses(one, outside, isTop))];
};
