import type { ApiObject } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import type { ResourceType } from '../resource.ts';
import { applyDefaults } from '../schema/defaults.ts';
import { findMistyped } from '../schema/mistyped.ts';
import { prune } from '../schema/prune.ts';
import { type Attempt, kindAs, viewBack } from './request.ts';

/** What became of an object, or why that is no object any more. */
export type Patched = { readonly object: ApiObject } | { readonly wrong: string };

/**
 * The attempt's object after somebody patched it in the form of a type: still an object of its kind, without what the kind
 * does not know, in the form of the attempt again. `isStrict`: unknown fields are wrong, where Kubernetes itself defines the
 * kind.
 */
export const toPatched = (attempt: Attempt, patched: unknown, as: ResourceType, isStrict = false): Patched => {
  const kind = kindAs(attempt, as);
  if (!isMap(patched) || !isMap(patched.metadata)) return { wrong: 'it is no object any more' };
  const mistyped = findMistyped(patched, kind);
  if (mistyped !== undefined) return { wrong: mistyped };
  const { object, unknown } = prune(patched, kind.schema);
  if (isStrict && kind.native && unknown.length > 0) {
    const fields = unknown.map(path => `unknown field ${JSON.stringify(path)}`);
    return { wrong: `strict decoding error: ${fields.join(', ')}` };
  }
  // Its metadata was found to be of the right types, and a kind it keeps.
  const whole = viewBack(attempt, applyDefaults(object, kind.schema) as unknown as ApiObject, as);
  const { name, namespace } = whole.metadata;
  const was = attempt.object?.metadata;
  if (name !== was?.name || namespace !== was?.namespace) {
    return { wrong: 'metadata.name and metadata.namespace must not change' };
  }
  return { object: whole };
};
