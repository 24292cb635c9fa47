import { type Cause, maxCauses } from '../../base/fault.ts';
import type { ObjectMeta } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import { cause } from '../../base/path.ts';
import { label1035Errors } from '../names.ts';
import { compile, type Node } from '../schema/compile.ts';
import { findMistyped } from '../schema/mistyped.ts';
import type { Schema } from '../schema/schema.ts';
import { unlessMore } from '../schema/validate.ts';
import { validateMetadata } from './metadata.ts';

/**
 * All that is wrong with what makes resources of the resources that are embedded in an object (`apiVersion`, `kind`,
 * `metadata`; kubernetes-api reference §1.17): they are told what an object of their own would be told.
 */
export const embeddedCauses = (object: object, schema: Schema): Cause[] => {
  const causes: Cause[] = [];
  const node = compile(schema);
  if (node.embeds && isMap(object)) walkFields(object, node, '', causes);
  return unlessMore(causes);
};

const walk = (value: unknown, node: Node, path: string, causes: Cause[]): void => {
  if (!node.embeds || causes.length >= maxCauses) return;
  if (Array.isArray(value)) {
    const { items } = node;
    if (items) for (const [i, item] of value.entries()) walk(item, items, `${path}[${i}]`, causes);
  } else if (isMap(value)) {
    if (node.embedded) causes.push(...resourceCauses(value, path));
    walkFields(value, node, path, causes);
  }
};

const walkFields = (map: { [field: string]: unknown }, node: Node, path: string, causes: Cause[]): void => {
  for (const field of Object.keys(map)) {
    const child = node.properties.get(field) ?? node.additional;
    if (child) walk(map[field], child, path === '' ? field : `${path}.${field}`, causes);
  }
};

const resourceCauses = (map: { [field: string]: unknown }, path: string): Cause[] => [
  ...textCauses(map.apiVersion, `${path}.apiVersion`, apiVersionErrors),
  ...textCauses(map.kind, `${path}.kind`, kindErrors),
  ...(map.metadata === undefined ? [] : metadataCauses(map.metadata, `${path}.metadata`, path)),
];

const textCauses = (value: unknown, path: string, errorsOf: (text: string) => string[]): Cause[] => {
  if (value === undefined) return [cause.required(path, 'must not be empty')];
  if (typeof value !== 'string') return [cause.invalid(path, value, 'must be a string')];
  const errors = value === '' ? ['must not be empty'] : errorsOf(value);
  return errors.map(error => cause.invalid(path, value, error));
};

const apiVersionErrors = (text: string): string[] =>
  text.split('/').length > 2 ? [`unexpected GroupVersion string: ${text}`] : [];

const kindErrors = (text: string): string[] => {
  const errors = label1035Errors(text.toLowerCase());
  return errors.length === 0 ? [] : [`may have mixed case, but should otherwise match: ${errors.join(',')}`];
};

const metadataCauses = (value: unknown, path: string, parent: string): Cause[] => {
  const mistyped = findMistyped({ metadata: value }, { kind: '', native: false, schema: {} });
  if (mistyped !== undefined) return [cause.invalid(path, value, mistyped)];
  // Its fields were found to be of their types; null stands for none.
  const metadata = (value ?? {}) as Partial<ObjectMeta>;
  const { namespace, name } = metadata;
  // Embedded resources need no name, and live wherever they say.
  const rules = { nameRule: 'path', scope: namespace ? 'Namespaced' : 'Cluster', native: false } as const;
  const found = validateMetadata(rules, { ...metadata, name: name || 'unnamed' });
  return found.map(one => ({ ...one, field: `${parent}.${one.field}` }));
};
