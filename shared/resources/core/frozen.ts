import { isEqual } from '../../base/equal.ts';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';

const message = 'field is immutable when `immutable` is set';

/** What an update may not do to an object that says `immutable: true` (kubernetes-api reference §2.3). */
export const checkFrozen = (now: ApiObject, old: ApiObject, fields: readonly string[]): Cause[] => {
  if (old.immutable !== true) return [];
  const causes = now.immutable === true ? [] : [cause.forbidden('immutable', message)];
  for (const field of fields) {
    if (!isEqual(now[field] ?? {}, old[field] ?? {})) causes.push(cause.forbidden(field, message));
  }
  return causes;
};
