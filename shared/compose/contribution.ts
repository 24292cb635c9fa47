import type { ApiObject } from '../base/object.ts';

/**
 * What a kind puts into a device's configuration, and what it reads out of a device's reports. All hooks are optional.
 */
export interface Contribution {
  /** Whether the object may matter to the device: a quick, pure filter that keeps a change from waking the whole fleet. */
  concerns?(object: ApiObject, device: ApiObject): boolean;
}
