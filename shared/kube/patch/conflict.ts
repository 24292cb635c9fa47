import { Fault } from '../../base/fault.ts';
import { byText } from '../order.ts';
import { type FieldSet, pathsOf, printPath } from './fields.ts';
import type { Manager } from './managed.ts';

/** Fields that an apply would take from another manager. */
export interface Conflict {
  readonly manager: Manager;
  readonly fields: FieldSet;
}

/** 409 that names every manager and field (kubernetes-api reference §1.13). */
export const applyConflict = (conflicts: readonly Conflict[]): Fault => {
  const named = conflicts
    .map(({ manager, fields }) => ({ who: print(manager), paths: [...pathsOf(fields)].map(printPath) }))
    .sort((a, b) => byText(a.who, b.who));
  const causes = named.flatMap(({ who, paths }) =>
    paths.map(field => ({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field })),
  );
  const [only] = causes;
  const text =
    causes.length === 1 && only
      ? `1 conflict: ${only.message}: ${only.field}`
      : `${causes.length} conflicts: ${named.map(({ who, paths }) => `conflicts with ${who}:\n${list(paths)}`).join('\n')}`;
  return new Fault('Conflict', `Apply failed with ${text}`, { causes });
};

const list = (paths: readonly string[]): string => paths.map(path => `- ${path}`).join('\n');

const print = ({ name, operation, apiVersion, subresource }: Manager): string => {
  const who = `${JSON.stringify(name)}${subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`}`;
  return operation === 'Update' ? `${who} using ${apiVersion}` : who;
};
