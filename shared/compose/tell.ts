import type { ApiObject } from '../base/object.ts';
import type { Recorder } from './recorder.ts';
import type { Happening } from './reflect/happenings.ts';

/** Tells people what happened to an object, one after the other. */
export const tell = async (
  { recorder }: { readonly recorder: Recorder },
  object: ApiObject,
  happenings: readonly Happening[],
): Promise<void> => {
  for (const happening of happenings) await recorder.record(object, happening);
};
