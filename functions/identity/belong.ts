import { createHash } from 'node:crypto';
import { fromUtf8, toHex, toUtf8 } from '../../shared/base/bytes.ts';
import type { Store } from '../../shared/store/store.ts';
import type { Serving } from './identity.ts';

/** Store type of what says whose a store is. A backup leaves it out: who restores it may be another installation. */
export const installation = 'installation';
const key = 'identity';

/**
 * Makes sure that a store which several processes share has one identity: devices would refuse what another one signs, and
 * could not open what it encrypts. The first process marks the store. Throws an Error that says what to do when the mark is
 * another's.
 */
export const mustBelong = async (store: Store, { escrow }: Pick<Serving, 'escrow'>): Promise<void> => {
  // The one thing of an identity that never changes; its hash tells nothing of it.
  const own = toHex(createHash('sha256').update('kubeve installation').update(escrow).digest());
  const found = await store.get(installation, key);
  const marked = found ?? (await mark(store, own));
  if (marked && toUtf8(marked.value) !== own)
    throw new Error(
      'this store belongs to an installation with other keys: start with a copy of its pki/ folder in --data, or with its --identity, or name another --tenant',
    );
};

/** What another process was faster to write; undefined when nobody was. */
const mark = async (store: Store, own: string) => {
  const outcome = await store.commit(installation, { key, value: fromUtf8(own), expected: 0 });
  return outcome.ok ? undefined : await store.get(installation, key);
};
