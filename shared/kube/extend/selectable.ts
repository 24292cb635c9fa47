import type { Cause } from '../../base/fault.ts';
import { getOwn } from '../../base/own.ts';
import { cause, type Path } from '../../base/path.ts';
import type { Schema } from '../schema/schema.ts';
import type { DefinitionVersion } from './definition.ts';

/** The most fields of a version that may be selected by. */
const maxFields = 8;

/** Selectable fields must be scalars that the schema specifies, outside of metadata (kubernetes-api reference §1.17). */
export const selectableCauses = ({ selectableFields = [] }: DefinitionVersion, schema: Schema, path: Path): Cause[] => {
  const at = [...path, 'selectableFields'];
  const causes = selectableFields.length > maxFields ? [cause.tooMany(at, selectableFields.length, maxFields)] : [];
  const seen = new Set<string>();
  selectableFields.forEach(({ jsonPath = '' }, i) => {
    const place = [...at, i, 'jsonPath'];
    if (seen.has(jsonPath)) causes.push(cause.duplicate(place, jsonPath));
    else causes.push(...pathCauses(jsonPath, schema, place));
    seen.add(jsonPath);
  });
  return causes;
};

const pathCauses = (jsonPath: string, schema: Schema, at: Path): Cause[] => {
  if (jsonPath === '') return [cause.required(at)];
  if (!/^(\.[A-Za-z_][A-Za-z0-9_-]*)+$/.test(jsonPath))
    return [cause.invalid(at, jsonPath, 'is an invalid path: must be a simple json path: .field.field')];
  const steps = jsonPath.slice(1).split('.');
  if (steps[0] === 'metadata') return [cause.invalid(at, jsonPath, 'must not point to fields in metadata')];
  let node: Schema | undefined = schema;
  for (const step of steps) node = node && getOwn(node.properties ?? {}, step);
  if (node === undefined) return [cause.invalid(at, jsonPath, 'is an invalid path: does not refer to a valid field')];
  if (node.type === 'string' || node.type === 'boolean' || node.type === 'integer') return [];
  return [cause.invalid(at, jsonPath, 'must point to a field of type string, boolean or integer')];
};
