import { delay } from '../base/delay.ts';
import { isFault } from '../base/fault.ts';
import { type ObjectRef, toKey } from '../base/object.ts';
import type { Log, Ports } from '../base/ports.ts';
import type { Controller } from '../eve/controller.ts';
import type { User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import { uuidOf } from '../resources/eve/deviceuuid.ts';
import type { Change, Store } from '../store/store.ts';
import type { Changed, Concerned } from './changed.ts';
import { composeDevice, type Outcome } from './device.ts';
import { configs, followed, kinds } from './kinds.ts';
import { publish } from './publish.ts';
import { decodeObject } from './reader.ts';
import type { Recorder } from './recorder.ts';
import { createSettling, type Settling } from './settle.ts';
import { type Contributor, devicesConcerned } from './wake.ts';
import { createTurns, createWork } from './work.ts';

export interface ComposerParts {
  readonly store: Store;
  readonly registry: Registry;
  readonly controller: Controller;
  readonly ports: Ports;
  /** Whom it writes as. */
  readonly user: User;
  readonly recorder: Recorder;
  /** Told of every device that was composed: whether what it is served is new. */
  readonly onComposed?: (changed: boolean) => void;
}

export interface Composer extends Settling {
  /** Brings one device up to date now and says so in its objects; undefined when there is no such Device. */
  composeDevice(ref: ObjectRef): Promise<Outcome | undefined>;
  /** Composes every device once, then whatever a change concerns, until `signal` aborts; outlives every error. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves, once it runs, when every device is up to date with what was written before, and objects say so. */
  idle(): Promise<void>;
  /** Looks at every device again: something changed that no object says. */
  recompose(): Promise<void>;
  /** Devices that wait to be composed, and to be written about. */
  waiting(): { readonly compose: number; readonly publish: number };
}

/** Devices under work at the same time: their commits share one flush to disk. */
const concurrency = 16;
/** How many of them are composed in one turn. */
const atOnce = 4;
/**
 * What came of composing is kept until objects say so, for so many devices. With a fleet that waits, that would be all memory:
 * the others are composed once more for that.
 */
const maxKept = 1000;

export const createComposer = (parts: ComposerParts): Composer => {
  const { store, registry, ports } = parts;
  const turn = createTurns(atOnce);
  const contributors = contributorsOf(registry);
  const deviceParts = { ...parts, networkConcerns: contributors.get(kinds.deviceNetwork)?.concerns };
  const composeOne = async (key: string): Promise<Outcome | undefined> => {
    const outcome = await composeDevice(deviceParts, key);
    if (outcome) parts.onComposed?.(outcome.changed);
    return outcome;
  };
  const outcomes = new Map<string, Outcome>();
  let start = (): void => {};
  const started = new Promise<void>(resolve => {
    start = resolve;
  });
  let isStopped = (): boolean => false;
  const seen = new Map<string, number>();

  const composing = createWork({
    name: 'compose',
    concurrency,
    log: ports.log,
    turn,
    async work(key) {
      const outcome = await composeOne(key);
      if (!outcome) return;
      if (outcomes.size < maxKept || outcomes.has(key)) outcomes.set(key, outcome);
      publishing.add(key);
    },
  });

  const publishing = createWork({
    name: 'publish',
    concurrency: 8,
    log: ports.log,
    // What devices are served comes before what people are shown.
    turn: async () => {
      do await turn();
      while (composing.waiting() > concurrency && !isStopped());
    },
    async work(key) {
      const outcome = outcomes.get(key) ?? (await composeDevice(deviceParts, key));
      if (!outcome) return;
      await publish(parts, outcome);
      if (outcomes.get(key) === outcome) outcomes.delete(key);
    },
  });

  async function* concerned({ type, change }: Changed, after = ''): AsyncGenerator<Concerned> {
    if (!followed.includes(type)) return;
    if (type === kinds.device) await forget(store, change);
    yield* devicesConcerned({ store, contributors, turn }, type, change, after);
  }

  async function* everyone(after: string): AsyncGenerator<Concerned> {
    const { entries } = await store.list(kinds.device, { after });
    for (const { key } of entries) yield { key, at: key };
    await sweep(store);
  }

  const onChange = async (type: string, change: Change): Promise<void> => {
    for await (const { key } of concerned({ type, change })) if (key !== undefined) composing.add(key);
  };

  const compose = async (ref: ObjectRef): Promise<Outcome | undefined> => {
    const outcome = await composeOne(toKey(ref));
    if (outcome) await publish(parts, outcome);
    return outcome;
  };

  const all = async (): Promise<void> => {
    const { entries } = await store.list(kinds.device);
    for (const { key } of entries) composing.add(key);
  };

  /** As it is when nobody knows what happened before. */
  const everything = async (): Promise<void> => {
    await sweep(store);
    await all();
  };

  return {
    composeDevice: compose,
    ...createSettling({ store, clock: ports.clock, concerned, compose, everyone }),
    async run(signal) {
      isStopped = () => signal.aborted;
      await untilDone(ports.log, signal, async () => {
        for (const type of followed) seen.set(type, await store.head(type));
        await everything();
        start();
      });
      // Whoever listens from here on would not hear that it is over.
      if (signal.aborted) return;
      // One signal for each: they all listen for its end.
      const stops = followed.map(() => new AbortController());
      signal.addEventListener(
        'abort',
        () => {
          for (const stop of stops) stop.abort();
        },
        { once: true },
      );
      const follows = followed.map((type, at) =>
        followType(parts, type, seen, onChange, everything, stops[at]?.signal ?? signal),
      );
      await Promise.all([...follows, composing.run(signal), publishing.run(signal)]);
    },
    async idle() {
      await started;
      for (const type of followed) {
        const head = await store.head(type);
        while ((seen.get(type) ?? 0) < head) await turn();
      }
      do {
        await composing.idle();
        await publishing.idle();
      } while (composing.waiting() > 0);
    },
    recompose: all,
    waiting: () => ({ compose: composing.waiting(), publish: publishing.waiting() }),
  };
};

/** By store type: kinds are declared with both halves, of which the catalog shows the machinery's. */
const contributorsOf = (registry: Registry): ReadonlyMap<string, Contributor> =>
  new Map(registry.catalog.all().map(type => [type.storage, type as Contributor]));

/** Follows one type for good. Whoever fell behind begins anew: every device is looked at again. */
const followType = async (
  { store, ports }: ComposerParts,
  type: string,
  seen: Map<string, number>,
  onChange: (type: string, change: Change) => Promise<void>,
  everything: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    try {
      for await (const { changes, revision } of store.tail(type, seen.get(type) ?? 0, signal)) {
        for (const change of changes) await onChange(type, change);
        seen.set(type, revision);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isFault(error, 'Expired'))
        ports.log.error('compose: following broke and begins anew', { type, error: String(error) });
      await delay(100, signal);
      await untilDone(ports.log, signal, async () => {
        const head = await store.head(type);
        await everything();
        seen.set(type, head);
      });
    }
  }
};

/** Tries until it is done, or until `signal` aborts: a store that is away for a while comes back. */
const untilDone = async (log: Log, signal: AbortSignal, act: () => Promise<void>): Promise<void> => {
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      return await act();
    } catch (error) {
      if (!signal.aborted) log.error('compose: the beginning failed, will try again', { error: String(error) });
      await delay(Math.min(100 * 2 ** failures, 30_000), signal);
    }
  }
};

/** A device that is gone, or has another UUID now, is served nothing under the old one. */
const forget = async (store: Store, change: Change): Promise<void> => {
  const before = change.previous ?? (change.deleted ? { value: change.value } : undefined);
  if (!before) return;
  const uuid = uuidOf(decodeObject(before.value));
  if (!change.deleted && uuidOf(decodeObject(change.value)) === uuid) return;
  await dropUnowned(store, uuid);
};

const dropUnowned = async (store: Store, uuid: string): Promise<void> => {
  if ((await store.find(kinds.device, `uuid=${uuid}`)).length > 0) return;
  const entry = await store.get(configs, uuid);
  if (entry) await store.commit(configs, { key: uuid, expected: entry.revision, delete: true });
};

/** What went away while nobody looked. */
const sweep = async (store: Store): Promise<void> => {
  const { entries } = await store.list(configs);
  for (const { key } of entries) await dropUnowned(store, key);
};
