import { Fault } from '../../base/fault.ts';
import { byText } from '../order.ts';
import { type FieldSet, pathsOf, printPath } from './fields.ts';
import type { Manager } from './managed.ts';

/** Fields that an apply would take from another manager. */
export interface Conflict {
  readonly manager: Manager;
  readonly fields: FieldSet;
}

/** 409 that names every manager and field (kubernetes-api reference §1.13), of very many fields the first. */
export const applyConflict = (conflicts: readonly Conflict[]): Fault => {
  const sorted = conflicts
    .map(({ manager, fields }) => ({ who: print(manager), fields }))
    .sort((a, b) => byText(a.who, b.who));
  const named: { readonly who: string; readonly paths: readonly string[] }[] = [];
  let [count, left] = [0, maxText];
  for (const { who, fields } of sorted) {
    const paths: string[] = [];
    for (const path of pathsOf(fields)) {
      count += 1;
      if (left <= 0) continue;
      const text = printPath(path);
      left -= text.length;
      paths.push(text);
    }
    if (paths.length > 0) named.push({ who, paths });
  }
  const causes = named.flatMap(({ who, paths }) =>
    paths.map(field => ({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field })),
  );
  const [only] = causes;
  const text =
    count === 1 && only
      ? `1 conflict: ${only.message}: ${only.field}`
      : `${count} conflicts: ${named.map(({ who, paths }) => `conflicts with ${who}:\n${list(paths)}`).join('\n')}`;
  return new Fault('Conflict', `Apply failed with ${text}`, { causes });
};

/** Characters of paths: who owns what is for clients to say, as is how long its names are. */
const maxText = 64 * 1024;

const list = (paths: readonly string[]): string => paths.map(path => `- ${path}`).join('\n');

const print = ({ name, operation, apiVersion, subresource }: Manager): string => {
  const who = `${JSON.stringify(name)}${subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`}`;
  return operation === 'Update' ? `${who} using ${apiVersion}` : who;
};
