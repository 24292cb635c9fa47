import type { ApiObject } from '../../base/object.ts';
import { readEntries } from '../patch/managed.ts';
import type { AdmitContext, ResourceType } from '../resource.ts';
import type { Schema } from '../schema/schema.ts';
import { dropDuplicateOwners } from './owners.ts';

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

/** As what a write to a subresource appears to admission. */
export interface Appearance {
  readonly subresource: string;
  /** Kind of the objects that are shown, where it is not that of the resource. */
  readonly kind?: ShownKind;
  /** The object as it is shown; the object itself when absent. */
  show?(object: ApiObject): ApiObject;
  /** The object that has what admission made of what it was shown. */
  take?(object: ApiObject, shown: ApiObject): ApiObject;
}

export interface ShownKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly native: boolean;
  readonly schema: Schema;
}

/**
 * What admission makes of a draft; the draft itself when it leaves it alone. Fields that it sets have no owner, as with
 * upstream: whoever writes them next owns them.
 */
export const mutateDraft = async (
  type: ResourceType,
  draft: ApiObject,
  old: ApiObject | undefined,
  context: AdmitContext,
): Promise<ApiObject> => {
  const changed = await context.admission?.mutate(type, draft, old, context);
  if (changed === undefined || changed === draft) return draft;
  const metadata = { ...changed.metadata };
  if (metadata.managedFields && readEntries(metadata.managedFields) === undefined) {
    delete metadata.managedFields;
    if (draft.metadata.managedFields) metadata.managedFields = draft.metadata.managedFields;
    context.warn(
      '.metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests',
    );
  }
  if (metadata.managedFields?.length === 0) delete metadata.managedFields;
  dropDuplicateOwners(metadata, context.warn, true);
  return { ...changed, metadata };
};
