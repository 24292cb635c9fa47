import { fromUtf8, toUtf8 } from '../base/bytes.ts';
import type { Clock } from '../base/ports.ts';
import type { Store } from '../store/store.ts';

/** Store type: what of a cause is left to do. Its log tells whoever follows the store's that somebody has to go on. */
export const remainders = 'remainders';

/** How far devices were brought up to date because of something that concerns more than could be done at once. */
export interface Remainder {
  /** The change: its store type and revision. Absent: every device is to be looked at. */
  readonly of?: { readonly type: string; readonly revision: number };
  /** See `Concerned.at`. */
  readonly after: string;
  /** Keys of Devices before that which could not be brought up to date. */
  readonly stuck: readonly string[];
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
}

/** A remainder as it was read: who goes on from it takes its place, unless another one did. */
export interface Taken extends Remainder {
  readonly key: string;
  readonly revision: number;
}

/** So many stuck devices are remembered; a cause that breaks more is broken itself. */
const maxStuck = 1000;

export const createRemainders = ({ store, clock }: { readonly store: Store; readonly clock: Clock }) => ({
  /** What is left under a key, when it is what stood there at a revision. */
  async take(key: string, revision: number): Promise<Taken | undefined> {
    const entry = await store.get(remainders, key);
    return entry?.revision === revision ? toTaken(entry) : undefined;
  },

  /** Those that nobody went on from for so long. */
  async stale(ms: number): Promise<Taken[]> {
    const { entries } = await store.list(remainders);
    return entries.map(toTaken).filter(({ at }) => clock.now() - at >= ms);
  },

  /** Keeps what is left; `revision` is that of what it takes the place of, 0 for nothing. Whoever was faster goes on instead. */
  async keep(key: string, revision: number, left: Omit<Remainder, 'at'>): Promise<void> {
    const stuck = [...new Set(left.stuck)].slice(0, maxStuck);
    const value = fromUtf8(JSON.stringify({ ...left, stuck, at: clock.now() } satisfies Remainder));
    await store.commit(remainders, { key, value, expected: revision });
  },

  /** Nothing is left. */
  async drop({ key, revision }: Taken): Promise<void> {
    await store.commit(remainders, { key, expected: revision, delete: true });
  },
});

const toTaken = (entry: { readonly key: string; readonly revision: number; readonly value: Uint8Array }): Taken => ({
  // What `keep` wrote.
  ...(JSON.parse(toUtf8(entry.value)) as Remainder),
  key: entry.key,
  revision: entry.revision,
});
