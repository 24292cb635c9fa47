import { fromBase64 } from '../../base/bytes.ts';
import type { Known } from '../../eve/known.ts';
import { isSealed } from '../escrow.ts';
import type { Member } from '../fleet.ts';
import type { Room } from '../room.ts';

/** Sets of keys, all of them sealed: those of earlier versions of the controller were not. */
export const sealAll = ({ escrow }: Room, { certificateHash }: Member, sets: Known['keys']): Known['keys'] =>
  sets.every(({ keys }) => keys.every(isSealed))
    ? sets
    : sets.map(({ at, keys }) => ({
        at,
        keys: keys.map(key => (isSealed(key) ? key : escrow.seal(fromBase64(key), certificateHash))),
      }));
