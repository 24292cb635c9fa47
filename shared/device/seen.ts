import { fromUtf8, toUtf8 } from '../base/bytes.ts';
import type { Room } from './room.ts';

/** Notes that a device was heard just now. Never fails: a mark that is lost is made again by the next request. */
export const markSeen = (room: Room, uuid: string): Promise<void> =>
  set(room, 'seen', uuid, { at: room.ports.clock.now() });

/** Notes that a device has fetched a config, unless that is noted already. */
export const markFetched = async (room: Room, uuid: string, hash: string): Promise<void> => {
  const noted = await room.marks.get('fetched', uuid).catch(() => undefined);
  if (noted && (JSON.parse(toUtf8(noted)) as { hash?: string }).hash === hash) return; // nobody else writes there
  await set(room, 'fetched', uuid, { hash, at: room.ports.clock.now() });
};

const set = async (room: Room, space: string, uuid: string, value: unknown): Promise<void> => {
  try {
    await room.marks.set(space, uuid, fromUtf8(JSON.stringify(value)));
  } catch (error) {
    room.ports.log.warn('mark not kept', { space, error });
  }
};
