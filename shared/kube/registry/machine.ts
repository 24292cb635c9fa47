import type { Ports } from '../../base/ports.ts';
import type { Store } from '../../store/store.ts';
import type { Catalog } from '../catalog.ts';
import type { Quota } from '../quota/quota.ts';
import type { AdmitContext } from '../resource.ts';
import type { Admission } from './admission.ts';
import type { Codec } from './codec.ts';
import type { Registry, UpdateOptions } from './registry.ts';

/** What the verbs of one registry share. */
export interface Machine extends Ports {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly codec: Codec;
  /** The registry that these verbs make up: for hooks that read other objects. */
  readonly registry: Registry;
  readonly admission?: Admission;
  readonly quota?: Quota;
}

/** What a hook is told about the write that it takes part in. */
export const toContext = (
  machine: Machine,
  operation: AdmitContext['operation'],
  options: UpdateOptions,
): AdmitContext => ({
  operation,
  ...(options.subresource !== undefined && { subresource: options.subresource }),
  ...(options.appearance && { appearance: options.appearance }),
  user: options.user,
  dryRun: options.dryRun ?? false,
  ...(options.asked && { asked: options.asked }),
  now: machine.clock.now(),
  registry: machine.registry,
  warn: options.warn ?? ignore,
  ...(options.annotate && { annotate: options.annotate }),
  ...(machine.admission && { admission: machine.admission }),
});

const ignore = (): void => {};

/**
 * Runs `attempt` until it gives an answer: undefined means that another writer was faster. Each lost race is somebody's
 * write, so this ends; the pauses spread out those who want the same object. Undefined when it is hopeless.
 */
export const insist = async <T>(machine: Machine, attempt: () => Promise<T | undefined>): Promise<T | undefined> => {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (tries >= patience) await pause(machine, Math.min(tries, 64));
  }
  return undefined;
};

/** Lost races before a writer steps aside for a while, and before it gives up. */
const patience = 3;
const maxTries = 500;

const pause = (machine: Machine, maxMs: number): Promise<void> => {
  const ms = ((machine.random.bytes(1)[0] ?? 0) / 256) * maxMs;
  return new Promise(resolve => setTimeout(resolve, ms));
};
