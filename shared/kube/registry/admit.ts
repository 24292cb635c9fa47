import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { invalid } from '../faults.ts';
import type { AdmitContext, ResourceType } from '../resource.ts';
import { validate } from '../schema/validate.ts';
import { mutateDraft } from './admission.ts';
import { validateMetadata, validateMetadataUpdate, warnMetadata } from './metadata.ts';

/**
 * The fixed order of a write: prepare → admit → validate. The draft is the caller's own copy; afterwards it is what may be
 * stored. Throws whatever `admit` throws, or Invalid with everything that is wrong.
 */
export const admitCreate = async (type: ResourceType, draft: ApiObject, context: AdmitContext): Promise<void> => {
  await mutateDraft(type, draft, undefined, context);
  type.prepareCreate?.(draft, context);
  await type.admit?.(draft, undefined, context);
  check(type, draft, [
    ...validateMetadata(type, draft.metadata),
    ...validate(draft, type.schema),
    ...(type.validate?.(draft) ?? []),
  ]);
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
  await mutateDraft(type, draft, old, context);
  type.prepareUpdate?.(draft, old, context);
  settle();
  await type.admit?.(draft, old, context);
  check(type, draft, [
    ...validateMetadata(type, draft.metadata),
    ...validateMetadataUpdate(draft.metadata, old.metadata),
    ...(context.subresource === 'status' ? statusCauses(type, draft, old) : mainCauses(type, draft, old)),
  ]);
  await context.admission?.validate(type, draft, old, context);
  warnMetadata(type, draft.metadata, old.metadata).forEach(context.warn);
};

const mainCauses = (type: ResourceType, draft: ApiObject, old: ApiObject): Cause[] => [
  ...schemaCauses(type, draft, old),
  ...(type.validate?.(draft) ?? []),
  ...(type.validateUpdate?.(draft, old) ?? []),
];

const statusCauses = (type: ResourceType, draft: ApiObject, old: ApiObject): Cause[] => [
  ...schemaCauses(type, draft, old),
  ...(type.validateStatus?.(draft, old) ?? []),
];

/**
 * Ratcheting: what was wrong before and is unchanged does not stand in the way of a change elsewhere, so that a schema may
 * become stricter while objects exist. The messages name the bad value: the same message means the same value.
 */
const schemaCauses = (type: ResourceType, draft: ApiObject, old: ApiObject): Cause[] => {
  const causes = validate(draft, type.schema);
  if (causes.length === 0 || type.native) return causes;
  const before = new Set(validate(old, type.schema).map(fingerprint));
  return causes.filter(cause => !before.has(fingerprint(cause)));
};

const fingerprint = ({ reason, field = '', message }: Cause): string => `${reason}\n${field}\n${message}`;

const check = (type: ResourceType, draft: ApiObject, causes: readonly Cause[]): void => {
  if (causes.length > 0) throw invalid(type.kind, type.group, draft.metadata.name ?? '', causes);
};
