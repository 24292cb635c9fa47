import type { ApiObject, Json } from '../base/object.ts';

/**
 * What a kind says to the composer. All hooks are optional and pure.
 */
export interface Contribution {
  /** Whether the object may matter to the device: a quick filter that keeps a change from waking the whole fleet. */
  concerns?(object: ApiObject, device: ApiObject): boolean;
  /**
   * What of the object's status goes into configurations. Everything outside `status` counts by itself; a change of status
   * alone wakes no device unless this changes with it.
   */
  inputs?(object: ApiObject): Json;
}
