import type { ApiObject } from '../../base/object.ts';
import type { ResourceType } from '../resource.ts';
import { applyDefaults } from '../schema/defaults.ts';
import { spell } from '../schema/spell.ts';

/**
 * A draft with its type's defaults, and of a native type as Go's types print it. A null that its type does not allow is
 * dropped from what was sent whole or patched; of what was applied somebody owns it, so it stays for validation to refuse.
 */
export const complete = (type: ResourceType, draft: ApiObject, isApplied = false): ApiObject => {
  if (!type.native) return applyDefaults(draft, type.schema, isApplied ? 'kept' : 'dropped');
  const typed = applyDefaults(spell(draft, type.schema), type.schema, 'typed');
  if (!type.defaults) return typed;
  const whole = { ...typed, metadata: { ...typed.metadata } };
  type.defaults(whole);
  return whole;
};
