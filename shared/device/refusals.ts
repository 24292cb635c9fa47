import { isFault } from '../base/fault.ts';
import type { Member } from './fleet.ts';
import type { Room } from './room.ts';
import { deviceState } from './state.ts';

interface Waiting {
  count: number;
  /** When the count was last written down. */
  writtenAt: number;
}

/** A device that sends nothing but rubbish is written down this often and no more. */
const everyMs = 60_000;
const maxDevices = 10_000;
const waiting = new WeakMap<Room, Map<string, Waiting>>();

/**
 * Does what a report of a known device asks for. When that is refused for what the device sent, it is counted, for the
 * operator to see, and refused all the same.
 */
export const counting = async <T>(room: Room, member: Member, kind: string, act: () => T | Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    if (isFault(error) && ofContent.includes(error.reason)) await count(room, member, `${kind}: ${error.message}`);
    throw error;
  }
};

/** Reasons that are in what was sent, not in who may send it or in what this controller is. */
const ofContent: readonly string[] = ['Invalid', 'BadRequest', 'RequestEntityTooLarge'];

const count = async (room: Room, member: Member, last: string): Promise<void> => {
  const all = waiting.get(room) ?? new Map<string, Waiting>();
  waiting.set(room, all);
  if (all.size >= maxDevices) all.clear();
  const own = all.get(member.uuid) ?? { count: 0, writtenAt: Number.NEGATIVE_INFINITY };
  all.set(member.uuid, own);
  own.count += 1;
  const at = room.ports.clock.now();
  if (at - own.writtenAt < everyMs) return;
  const fresh = own.count;
  own.count = 0;
  own.writtenAt = at;
  try {
    await deviceState(room.store).update(member, known => ({
      ...known,
      refused: { count: (known.refused?.count ?? 0) + fresh, at, last },
    }));
  } catch (error) {
    own.count += fresh;
    room.ports.log.warn('a refused report was not counted', { device: member.uuid, error });
  }
};
