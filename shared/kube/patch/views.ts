import type { ApiObject } from '../../base/object.ts';
import type { Shape } from './typed.ts';

/** How an object looks in one of the versions in which it is served. */
export interface View {
  readonly apiVersion: string;
  readonly shape: Shape;
  /** Fields that are there whether they are written or not, and that nobody owns by writing them: structs of native types. */
  readonly always: Readonly<Record<string, unknown>>;
  /** From and to the version in which the write is made. */
  from(object: ApiObject): ApiObject;
  to(object: ApiObject): ApiObject;
}

/** The versions of one kind, seen from the one in which a write is made. */
export interface Views {
  readonly own: View;
  /** Undefined for a version that is not served (any more). */
  at(apiVersion: string): View | undefined;
}
