import { equal, fromBase64 } from '../../base/bytes.ts';
import { Fault } from '../../base/fault.ts';
import { decodeServed } from '../../eve/served.ts';
import { answer } from '../answer.ts';
import { readBody } from '../body.ts';
import type { Member } from '../fleet.ts';
import { readMessage } from '../message.ts';
import { defaultLimits, type Endpoint, type Room } from '../room.ts';
import { fetchMarker, markSeen } from '../seen.ts';
import { openSession } from '../session.ts';
import { deviceState } from '../state.ts';

/**
 * The whole configuration as it was composed and signed, or 304 when the device has it. A device that is known but has no
 * config yet is told to come back (503): an empty one would make it drop what it runs.
 *
 * Very old devices ask without a UUID in the URL and learn it from the config.
 */
export const config = (room: Room): Endpoint => {
  const limit = room.limits?.bodyBytes ?? defaultLimits.bodyBytes;
  const markFetched = fetchMarker(room);
  return async (request, { uuid }) => {
    const { member, payload } = await openSession(room.fleet, await readBody(request, limit), uuid);
    const { configHash = '', integrity_token: token } = readMessage('config.ConfigRequest', payload);
    await markSeen(room, member.uuid);
    await requireToken(room, member, token);
    const entry = await room.store.get('configs', member.uuid);
    if (!entry) throw new Fault('ServiceUnavailable', 'no config was composed yet');
    const served = decodeServed(entry.value);
    const hasIt = configHash === served.configHash;
    await markFetched(member.uuid, served.configHash, !hasIt);
    return hasIt ? answer(304) : answer(200, served.answer);
  };
};

const requireToken = async (room: Room, member: Member, token: Uint8Array = new Uint8Array()): Promise<void> => {
  if (!(await room.policy?.requiresToken?.(member))) return;
  const known = await deviceState(room.store).read(member.uuid);
  if (known.token === undefined || !equal(fromBase64(known.token), token)) {
    throw new Fault('Forbidden', 'the device must attest itself first');
  }
};
