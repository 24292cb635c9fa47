import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { invalid } from '../faults.ts';
import type { AdmitContext, ResourceType } from '../resource.ts';
import { validate } from '../schema/validate.ts';
import { embeddedCauses } from './embedded.ts';
import { validateMetadata, validateMetadataUpdate, warnMetadata } from './metadata.ts';
import { newCauses, ruleCauses, withUnchecked } from './structure.ts';

/**
 * The fixed order of a write, once mutating policies are through with it: prepare → admit → validate → validating policies. The
 * draft is the caller's own copy; afterwards it is what may be stored. Throws whatever `admit` throws, or Invalid with everything that is wrong.
 *
 * Hooks may trust the shape of what they look into. The decoder has seen to it for native types; what the schema of any
 * other type refuses never reaches its hooks.
 */
export const admitCreate = async (type: ResourceType, draft: ApiObject, context: AdmitContext): Promise<void> => {
  type.prepareCreate?.(draft, context);
  await admit(type, draft, undefined, context);
  const { causes, isReadable } = shapeOf(type, draft);
  const more = isReadable ? (type.validate?.(draft) ?? []) : [];
  check(type, draft, [...causes, ...ruleCauses(type, draft, undefined, causes), ...more]);
  await context.admission?.validate(type, draft, undefined, context);
  warnMetadata(type, draft.metadata).forEach(context.warn);
};

/** The same for a change of `old`. `settle` runs between preparing and admission: what the machinery keeps by itself. */
export const admitUpdate = async (
  type: ResourceType,
  draft: ApiObject,
  old: ApiObject,
  context: AdmitContext,
  settle: () => void,
): Promise<void> => {
  type.prepareUpdate?.(draft, old, context);
  settle();
  await admit(type, draft, old, context);
  const { causes, isReadable } = shapeOf(type, draft, old);
  const more = isReadable ? hookCauses(type, draft, old, context) : [];
  check(type, draft, [...causes, ...ruleCauses(type, draft, old, causes), ...more]);
  await context.admission?.validate(type, draft, old, context);
  warnMetadata(type, draft.metadata, old.metadata).forEach(context.warn);
};

const admit = async (
  type: ResourceType,
  draft: ApiObject,
  old: ApiObject | undefined,
  context: AdmitContext,
): Promise<void> => {
  if (!type.admit) return;
  const { causes, isReadable } = shapeOf(type, draft, old);
  if (isReadable) await type.admit(draft, old, context);
  else check(type, draft, causes);
};

const hookCauses = (type: ResourceType, draft: ApiObject, old: ApiObject, context: AdmitContext): Cause[] =>
  context.subresource === 'status'
    ? (type.validateStatus?.(draft, old) ?? [])
    : [...(type.validate?.(draft) ?? []), ...(type.validateUpdate?.(draft, old) ?? [])];

interface Shape {
  /** What metadata and schema refuse. */
  readonly causes: readonly Cause[];
  /** False also for an object that only keeps faults from before the schema became what it is. */
  readonly isReadable: boolean;
}

const shapeOf = (type: ResourceType, draft: ApiObject, old?: ApiObject): Shape => {
  const faults = [...validate(draft, type.schema), ...embeddedCauses(draft, type.schema)];
  return {
    causes: withUnchecked(type, [
      ...validateMetadata(type, draft.metadata),
      ...(old ? validateMetadataUpdate(draft.metadata, old.metadata) : []),
      ...newCauses(type, faults, draft, old),
    ]),
    isReadable: type.native || faults.length === 0,
  };
};

const check = (type: ResourceType, draft: ApiObject, causes: readonly Cause[]): void => {
  if (causes.length > 0) throw invalid(type.kind, type.group, draft.metadata.name ?? '', causes);
};
