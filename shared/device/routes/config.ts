import { Fault } from '../../base/fault.ts';
import { decodeServed, type Served } from '../../eve/served.ts';
import { answer } from '../answer.ts';
import { isToken } from '../attest/token.ts';
import type { Member } from '../fleet.ts';
import { readMessage } from '../message.ts';
import { NotYet } from '../notyet.ts';
import { enveloped } from '../protocol.ts';
import { counting } from '../refusals.ts';
import { defaultLimits, type Endpoint, type Room } from '../room.ts';
import { fetchMarker, markSeen } from '../seen.ts';
import { deviceState } from '../state.ts';

/**
 * The whole configuration as it was composed and signed, or 304 when the device has it. A device that is known but has no
 * config yet is told to come back (503): an empty one would make it drop what it runs. While certificates rotate, what was
 * composed may be signed with another than the one that `/certs` tells of here: it is signed anew then.
 *
 * Very old devices ask without a UUID in the URL and learn it from the config.
 */
export const config = (room: Room, protocol = enveloped(room)): Endpoint => {
  const limit = room.limits?.bodyBytes ?? defaultLimits.bodyBytes;
  const markFetched = fetchMarker(room);
  return async (request, params) => {
    const { member, payload } = await protocol.open(request, params, limit);
    const { configHash = '', integrity_token: token } = await counting(room, member, 'config', () =>
      readMessage('config.ConfigRequest', payload),
    );
    await markSeen(room, member.uuid);
    const serving = servedTo(room, member);
    // What forbids it is said first.
    serving.catch(() => undefined);
    await requireToken(room, member, token);
    const served = await serving;
    const hasIt = configHash === served.configHash;
    await markFetched(member.uuid, served.configHash, !hasIt);
    return hasIt ? answer(304) : answer(200, protocol.pass(room.controller.reseal(served.answer)));
  };
};

/** What was composed and signed for a device. Throws NotYet when nothing was. */
export const servedTo = async ({ store }: Room, { uuid }: Member): Promise<Served> => {
  const entry = await store.get('configs', uuid);
  if (!entry) throw new NotYet('no config was composed yet');
  return decodeServed(entry.value);
};

/** Throws Forbidden where the operator demands a token and this is not the device's. */
export const requireToken = async (room: Room, member: Member, token: Uint8Array = new Uint8Array()): Promise<void> => {
  if (!(await room.policy?.requiresToken?.(member))) return;
  const known = await deviceState(room.store).read(member.uuid);
  if (!isToken(known, token)) throw new Fault('Forbidden', 'the device must attest itself first');
};
