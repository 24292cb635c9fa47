import type { ApiObject } from '../../base/object.ts';
import { compare, type Difference } from './compare.ts';
import { isEmptySet, subtract, unite } from './fields.ts';
import { capUpdates, isSame, type Manager } from './managed.ts';
import { reconcile, toOwnable } from './ownable.ts';
import type { View, Views } from './views.ts';

/** Who writes. */
export type Writer = Pick<Manager, 'name' | 'operation' | 'subresource'>;

/**
 * Who owns what after a write that is no apply (kubernetes-api reference §1.13, "Update algorithm"): the writer owns what it
 * added or changed, all others lose it, and nobody owns what is gone. `managers` itself comes back when nothing changed hands.
 */
export const recordUpdate = (
  managers: readonly Manager[],
  before: ApiObject | undefined,
  after: ApiObject,
  writer: Writer,
  views: Views,
  time: string,
): readonly Manager[] => {
  const differ = differencesOf(before, after);
  const { touched } = differ(views.own);
  const self: Manager = { ...writer, apiVersion: views.own.apiVersion, time, fields: touched };
  let own = touched;
  let changed = !isEmptySet(touched);
  const kept: Manager[] = [];
  for (const manager of managers) {
    const view = views.at(manager.apiVersion);
    // Versions that are served no more have no fields that could be owned.
    if (view === undefined) continue;
    const difference = differ(view);
    const current = reconcile(manager.fields, view.shape, difference.touched);
    const left = subtract(current, difference.removed);
    if (isSame(manager, self) && !isEmptySet(touched)) {
      own = unite(left, touched);
      continue;
    }
    const rest = subtract(left, difference.touched);
    if (rest === manager.fields) kept.push(manager);
    else {
      changed = true;
      if (!isEmptySet(rest)) kept.push({ ...manager, fields: rest });
    }
  }
  if (!changed && isSameList(kept, managers)) return managers;
  return capUpdates(isEmptySet(own) ? kept : [...kept, { ...self, fields: own }]);
};

/** Without managers of versions that are gone, and with sets as the schema has them today. */
export const toCurrent = (managers: readonly Manager[], views: Views): Manager[] =>
  managers.flatMap(manager => {
    const view = views.at(manager.apiVersion);
    if (view === undefined) return [];
    const fields = reconcile(manager.fields, view.shape);
    return [fields === manager.fields ? manager : { ...manager, fields }];
  });

/** The difference between two states of an object in any version, each worked out once. What both have is not looked at. */
export const differencesOf = (before: ApiObject | undefined, after: ApiObject) => {
  const known = new Map<string, Difference>();
  return (view: View): Difference => {
    const found = known.get(view.apiVersion);
    if (found) return found;
    const was = before === undefined ? nothing(view) : toWhole(view, before);
    const difference = compare(was, toWhole(view, after), view.shape);
    known.set(view.apiVersion, difference);
    return difference;
  };
};

type Fields = { [field: string]: unknown };

const toWhole = (view: View, object: ApiObject): Fields => ({ ...view.always, ...toOwnable(view.to(object)) });

const nothing = (view: View): Fields => ({ ...view.always, metadata: {} });

const isSameList = (a: readonly Manager[], b: readonly Manager[]): boolean =>
  a.length === b.length && a.every((manager, i) => manager === b[i]);
