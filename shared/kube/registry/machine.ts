import type { Ports } from '../../base/ports.ts';
import type { Store } from '../../store/store.ts';
import type { Catalog } from '../catalog.ts';
import type { AdmitContext } from '../resource.ts';
import type { Codec } from './codec.ts';
import type { Registry, WriteOptions } from './registry.ts';

/** What the verbs of one registry share. */
export interface Machine extends Ports {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly codec: Codec;
  /** The registry that these verbs make up: for hooks that read other objects. */
  readonly registry: Registry;
}

/** What a hook is told about the write that it takes part in. */
export const toContext = (
  machine: Machine,
  operation: AdmitContext['operation'],
  options: WriteOptions,
  subresource?: string,
): AdmitContext => ({
  operation,
  ...(subresource !== undefined && { subresource }),
  user: options.user,
  dryRun: options.dryRun ?? false,
  now: machine.clock.now(),
  registry: machine.registry,
  warn: options.warn ?? ignore,
});

const ignore = (): void => {};

/** Times in objects: RFC 3339, UTC, whole seconds. */
export const toTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/**
 * How often a write is tried anew when others are faster. Each lost race means that somebody's write happened, so the
 * bound is only reached under a storm on one object; then the client is asked to come back.
 */
export const writeTries = 60;
