import { Fault } from '../base/fault.ts';
import { decodeKnown, encodeKnown, type Known, nothingKnown } from '../eve/known.ts';
import type { Store } from '../store/store.ts';
import type { Member } from './fleet.ts';

/** What is kept per device in store type `devices`, read and changed as a whole. */
export interface DeviceState {
  read(uuid: string): Promise<Known>;
  /**
   * Makes the new state from the current one, again when another writer was faster, and returns it. `change` must be pure;
   * returning what it was given writes nothing. Durable when the promise resolves.
   */
  update(member: Member, change: (known: Known) => Known): Promise<Known>;
  /**
   * Gives a member that nothing is known about what was known of the same device under another UUID: its certificates, which
   * it tells at boot only, and its escrowed keys, which nobody else has. The same device is the one with the same device
   * certificate.
   */
  inherit(member: Member): Promise<void>;
}

export const deviceState = (store: Store): DeviceState => {
  const update = async (member: Member, change: (known: Known) => Known): Promise<Known> => {
    const key = member.uuid;
    const terms = [termOf(member)];
    let entry = await store.get(type, key);
    for (let tries = 0; tries < maxTries; tries++) {
      const current = entry ? decodeKnown(entry.value) : nothingKnown;
      const next = change(current);
      if (next === current) return current;
      const outcome = await store.commit(type, {
        key,
        value: encodeKnown(next),
        expected: entry?.revision ?? 0,
        terms,
      });
      if (outcome.ok) return next;
      entry = outcome.failed === 'expected' ? outcome.current : await store.get(type, key);
    }
    throw new Fault('ServiceUnavailable', 'too many writers at once');
  };

  return {
    async read(uuid) {
      const entry = await store.get(type, uuid);
      return entry ? decodeKnown(entry.value) : nothingKnown;
    },
    update,
    async inherit(member) {
      if (await store.get(type, member.uuid)) return;
      const keys = (await store.find(type, termOf(member))).slice(0, maxFormer);
      const entries = await Promise.all(keys.map(key => store.get(type, key)));
      const former = entries.flatMap(entry => (entry ? [decodeKnown(entry.value)] : []));
      const [last] = former.sort((a, b) => lastTold(b) - lastTold(a));
      if (!last) return;
      const { certificates, formerCertificates, keys: escrowed } = last;
      await update(member, known =>
        known === nothingKnown ? { certificates, formerCertificates, keys: escrowed } : known,
      );
    },
  };
};

const type = 'devices';
/** One device speaks to itself at most a few times at once. */
const maxTries = 20;
/** How many former lives of a device are looked at. */
const maxFormer = 100;

const termOf = (member: Member): string => `certificate=${member.certificateHash}`;

const lastTold = ({ certificates, keys, attested }: Known): number =>
  Math.max(0, attested?.at ?? 0, ...certificates.map(({ at }) => at), ...keys.map(({ at }) => at));
