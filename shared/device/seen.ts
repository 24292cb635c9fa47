import { fromUtf8, toUtf8 } from '../base/bytes.ts';
import type { Room } from './room.ts';

/** Notes that a device was heard just now. Never fails: a mark that is lost is made again by the next request. */
export const markSeen = (room: Room, uuid: string): Promise<void> =>
  set(room, 'seen', uuid, { at: room.ports.clock.now() });

/**
 * Notes when a device fetched its config: when it was given out, or, should that note be lost, when the device is found to
 * have it. What a poll that changes nothing found noted is remembered, so that the next one reads nothing.
 */
export const fetchMarker = (room: Room) => {
  const noted = new Map<string, string>();
  return async (uuid: string, hash: string, isGivenOut: boolean): Promise<void> => {
    if (!isGivenOut && noted.get(uuid) === hash) return;
    const mark = await room.marks.get('fetched', uuid).catch(() => undefined);
    const isNoted = mark && (JSON.parse(toUtf8(mark)) as { hash?: string }).hash === hash; // nobody else writes there
    if (!isNoted) await set(room, 'fetched', uuid, { hash, at: room.ports.clock.now() });
    if (noted.size >= maxNoted) noted.clear();
    noted.set(uuid, hash);
  };
};

const maxNoted = 50_000;

const set = async (room: Room, space: string, uuid: string, value: unknown): Promise<void> => {
  try {
    await room.marks.set(space, uuid, fromUtf8(JSON.stringify(value)));
  } catch (error) {
    room.ports.log.warn('mark not kept', { space, error });
  }
};
