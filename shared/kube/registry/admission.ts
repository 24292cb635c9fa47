import type { ApiObject } from '../../base/object.ts';
import type { AdmitContext, ResourceType } from '../resource.ts';

/** What has a say in every write beside the kind itself. Both throw the Fault that refuses. */
export interface Admission {
  /** Before the object is prepared and validated: what it becomes. `old` is absent for creations. */
  mutate(type: ResourceType, object: ApiObject, old: ApiObject | undefined, context: AdmitContext): Promise<ApiObject>;
  /** Once it is valid, right before it is stored. `object` is absent for deletions. */
  validate(
    type: ResourceType,
    object: ApiObject | undefined,
    old: ApiObject | undefined,
    context: AdmitContext,
  ): Promise<void>;
}

/** Lets admission change a draft in place. */
export const mutateDraft = async (
  type: ResourceType,
  draft: ApiObject,
  old: ApiObject | undefined,
  context: AdmitContext,
): Promise<void> => {
  const changed = await context.admission?.mutate(type, draft, old, context);
  if (changed === undefined || changed === draft) return;
  for (const field of Object.keys(draft)) if (!Object.hasOwn(changed, field)) delete draft[field];
  Object.assign(draft, changed);
};
