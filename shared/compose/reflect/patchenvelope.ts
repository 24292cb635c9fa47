import type { JsonMap } from '../../base/object.ts';
import { EVE_PATCH_ENVELOPE_STATE, type ZInfoPatchEnvelope } from '../../eve/generated/info.ts';
import { nameOf } from './names.ts';
import { countOf, defined, maxItems, replace, textOf, textsOf, without } from './value.ts';

const state = nameOf(EVE_PATCH_ENVELOPE_STATE, 'PATCH_');

/** The status of a Device after a report about one patch envelope on it. */
export const reflectPatchEnvelope = (status: JsonMap, info: ZInfoPatchEnvelope): JsonMap => {
  const uuid = textOf(info.id)?.toLowerCase() ?? '';
  const list = status['patchEnvelopes'];
  // The id alone: the device has it no longer.
  if (!info.name && !info.state && !info.version) return { ...status, patchEnvelopes: without(list, 'uuid', uuid) };
  const own = defined({
    uuid,
    name: textOf(info.name),
    version: textOf(info.version),
    state: state(info.state),
    sizeBytes: countOf(info.size),
    errors: textsOf(info.errors),
  });
  return { ...status, patchEnvelopes: replace(list, 'uuid', own).slice(-maxItems) };
};
