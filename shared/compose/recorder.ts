import type { ApiObject } from '../base/object.ts';

/** Tells people about something that happened to an object, as an Event. Never fails. */
export interface Recorder {
  record(
    object: ApiObject,
    happening: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string },
  ): Promise<void>;
}
