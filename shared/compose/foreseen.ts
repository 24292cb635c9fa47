import type { ApiObject } from '../base/object.ts';

/** What a workload makes of itself on one Device. */
export interface Foreseen {
  /** Claims, then Applications, as they would be made. What is there already stays. */
  readonly claims: readonly ApiObject[];
  readonly applications: readonly ApiObject[];
  /** Names of its Applications on the Device that go. */
  readonly leaving: readonly string[];
  /** For people: what was taken to be so. */
  readonly note: string;
}
