import { Fault } from '../base/fault.ts';
import type { ApiObject } from '../base/object.ts';

/** Enough of an object to speak about it. */
export type Named = Pick<ApiObject, 'apiVersion' | 'kind' | 'metadata'>;

/** Something that could not be put into a configuration as it is wanted. */
export interface Problem {
  /** The object that it is about. */
  readonly about: Named;
  /** One word for a condition and an Event. */
  readonly reason: string;
  readonly message: string;
  /**
   * EVE UUIDs that the configuration lacks because of it. When the device has one of them already, nothing is taken from it:
   * its last good configuration stays. The device's own UUID: the configuration as a whole lacks something.
   */
  readonly lacks: readonly string[];
}

/** What a Fault found in composing says about an object. Anything else that was thrown is a bug, and thrown on. */
export const toProblem = (error: unknown, about: Named, lacks: readonly string[]): Problem => {
  if (!(error instanceof Fault)) throw error;
  return { about, reason: reasons[error.reason] ?? 'Invalid', message: error.message, lacks };
};

const reasons: Partial<Record<Fault['reason'], string>> = {
  NotFound: 'ReferenceNotFound',
  Conflict: 'Conflict',
  ServiceUnavailable: 'Waiting',
};

/** `Application enterprise1/web`. */
export const describe = ({ kind, metadata }: Named): string =>
  `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;
