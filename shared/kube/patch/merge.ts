import { Fault } from '../../base/fault.ts';
import { copyMap, isMap, setOwn } from '../../base/own.ts';
import { nameOf } from '../wire/expected.ts';

/**
 * RFC 7386: fields of the patch replace those of the document, maps merge, null takes away. The inputs are not changed, and
 * what a patch does not touch is shared with the document. A patch that is not an object is BadRequest.
 */
export const applyMergePatch = <T extends object>(doc: T, patch: unknown): T => {
  if (patch === null) throw new Fault('BadRequest', 'Invalid JSON Patch');
  if (!isMap(patch)) {
    const why = `json: cannot unmarshal ${nameOf(patch)} into Go value of type map[string]interface {}`;
    throw new Fault('BadRequest', `error decoding patch: ${why}`);
  }
  // A patched document is JSON again; what type it has is for validation to find out.
  return merge(doc, patch) as T;
};

const merge = (target: unknown, patch: unknown): unknown => {
  if (!isMap(patch)) return patch;
  const out: { [field: string]: unknown } = isMap(target) ? copyMap(target) : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete out[field];
    else setOwn(out, field, merge(Object.hasOwn(out, field) ? out[field] : undefined, value));
  }
  return out;
};
