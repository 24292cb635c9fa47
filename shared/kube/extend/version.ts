import { Buffer } from 'node:buffer';
import type { Cause } from '../../base/fault.ts';
import { isFault } from '../../base/fault.ts';
import { cause, type Path, toFieldPath } from '../../base/path.ts';
import { compileRules } from '../cel/rules.ts';
import { toJsonPath } from '../describe/jsonpath.ts';
import { label1035Errors } from '../names.ts';
import type { Schema } from '../schema/schema.ts';
import type { DefinitionVersion, PrinterColumn } from './definition.ts';
import { keywordCauses } from './keywords.ts';
import { presetCauses } from './presets.ts';
import { selectableCauses } from './selectable.ts';
import { structuralCauses } from './structural.ts';

/** All that is wrong with one version of a definition. */
export const versionCauses = (version: DefinitionVersion, path: Path): Cause[] => {
  const { name = '', schema } = version;
  const causes = label1035Errors(name).map(error => cause.invalid([...path, 'name'], name, error));
  return [
    ...causes,
    ...warningCauses(version, path),
    ...(schema?.openAPIV3Schema
      ? schemaCauses(version, schema.openAPIV3Schema, [...path, 'schema', 'openAPIV3Schema'])
      : [cause.required([...path, 'schema', 'openAPIV3Schema'], 'schemas are required')]),
    ...scaleCauses(version, [...path, 'subresources', 'scale']),
    ...(version.additionalPrinterColumns ?? []).flatMap((column, i) =>
      columnCauses(column, [...path, 'additionalPrinterColumns', i]),
    ),
  ];
};

const warningCauses = ({ deprecated, deprecationWarning }: DefinitionVersion, path: Path): Cause[] => {
  if (deprecationWarning === undefined) return [];
  const at = [...path, 'deprecationWarning'];
  if (!deprecated) return [cause.invalid(at, deprecationWarning, 'can only be set for deprecated versions')];
  if (deprecationWarning === '') return [cause.invalid(at, '', 'must not be empty')];
  if (Buffer.byteLength(deprecationWarning) > 256) return [cause.tooLong(at, 256)];
  return /\p{Cc}/u.test(deprecationWarning)
    ? [cause.invalid(at, deprecationWarning, 'must only contain printable UTF-8 characters')]
    : [];
};

/** Each step asks what the one before has made sure of. */
const schemaCauses = (version: DefinitionVersion, schema: Schema, path: Path): Cause[] => {
  const causes = [...keywordCauses(schema, path), ...(version.subresources?.status ? rootCauses(schema, path) : [])];
  if (causes.length > 0) return causes;
  const structural = structuralCauses(schema, path);
  if (structural.length > 0) return structural;
  return [
    ...presetCauses(schema, path),
    ...selectableCauses(version, schema, path.slice(0, -2)),
    ...compileRules(schema, toFieldPath(path)).problems,
  ];
};

/** Keywords at the root that can still be checked when status and the rest are written apart. */
const allowedAtRoot = new Set(
  'description type format title maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems multipleOf required items properties externalDocs example x-kubernetes-preserve-unknown-fields x-kubernetes-validations'.split(
    ' ',
  ),
);

const rootCauses = (schema: Schema, path: Path): Cause[] => {
  const strange = Object.keys(schema).filter(keyword => !allowedAtRoot.has(keyword));
  if (strange.length === 0) return [];
  const why = `only ${[...allowedAtRoot].join(', ')} are allowed at the root of the schema if the status subresource is enabled`;
  return [cause.invalid(path, strange, why)];
};

const scaleCauses = ({ subresources }: DefinitionVersion, path: Path): Cause[] => {
  const scale = subresources?.scale;
  if (scale === undefined) return [];
  const one = (field: string, value: string, ...roots: string[]): Cause[] => {
    const at = [...path, field];
    const text = toFieldPath(at);
    if (value === '') return [cause.required(at)];
    if (!isPlain(value)) return [cause.invalid(text, value, 'must be a simple json path: .field.field')];
    if (roots.some(root => value.startsWith(root))) return [];
    return [
      cause.invalid(text, value, `should be a json path under ${roots.map(root => root.slice(0, -1)).join(' or ')}`),
    ];
  };
  return [
    ...one('specReplicasPath', scale.specReplicasPath ?? '', '.spec.'),
    ...one('statusReplicasPath', scale.statusReplicasPath ?? '', '.status.'),
    ...(scale.labelSelectorPath ? one('labelSelectorPath', scale.labelSelectorPath, '.spec.', '.status.') : []),
  ];
};

/** Field names only: no lists, no filters. */
const isPlain = (path: string): boolean => /^(\.[^.[\]\s'"*?()@$]+)+$/.test(path);

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

const columnCauses = ({ name = '', type = '', format = '', jsonPath = '' }: PrinterColumn, path: Path): Cause[] => {
  const causes: Cause[] = [];
  if (name === '') causes.push(cause.required([...path, 'name']));
  if (type === '') causes.push(cause.required([...path, 'type'], `must be one of ${columnTypes.join(', ')}`));
  else if (!columnTypes.includes(type))
    causes.push(cause.invalid([...path, 'type'], type, `must be one of ${columnTypes.join(', ')}`));
  if (format !== '' && !columnFormats.includes(format))
    causes.push(cause.invalid([...path, 'format'], format, `must be one of ${columnFormats.join(', ')}`));
  if (jsonPath === '') causes.push(cause.required([...path, 'jsonPath']));
  else causes.push(...pathCauses(jsonPath, [...path, 'jsonPath']));
  return causes;
};

const pathCauses = (jsonPath: string, at: Path): Cause[] => {
  try {
    if (!/^\{?[.[]/.test(jsonPath)) return [cause.invalid(at, jsonPath, 'must be a path that begins with a dot')];
    toJsonPath(jsonPath);
    return [];
  } catch (error) {
    if (!isFault(error)) throw error;
    return [cause.invalid(at, jsonPath, error.message)];
  }
};
