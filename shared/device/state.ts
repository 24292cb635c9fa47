import { Fault } from '../base/fault.ts';
import { decodeKnown, encodeKnown, type Known, nothingKnown } from '../eve/known.ts';
import type { Store } from '../store/store.ts';

/** What is kept per device in store type `devices`, read and changed as a whole. */
export interface DeviceState {
  read(uuid: string): Promise<Known>;
  /**
   * Makes the new state from the current one, again when another writer was faster, and returns it. `change` must be pure;
   * returning what it was given writes nothing. Durable when the promise resolves.
   */
  update(uuid: string, change: (known: Known) => Known): Promise<Known>;
}

export const deviceState = (store: Store): DeviceState => ({
  async read(uuid) {
    const entry = await store.get(type, uuid);
    return entry ? decodeKnown(entry.value) : nothingKnown;
  },

  async update(uuid, change) {
    let entry = await store.get(type, uuid);
    for (let tries = 0; tries < maxTries; tries++) {
      const current = entry ? decodeKnown(entry.value) : nothingKnown;
      const next = change(current);
      if (next === current) return current;
      const write = { key: uuid, value: encodeKnown(next), expected: entry?.revision ?? 0 };
      const outcome = await store.commit(type, write);
      if (outcome.ok) return next;
      entry = outcome.failed === 'expected' ? outcome.current : await store.get(type, uuid);
    }
    throw new Fault('ServiceUnavailable', 'too many writers at once');
  },
});

const type = 'devices';
/** One device speaks to itself at most a few times at once. */
const maxTries = 20;
