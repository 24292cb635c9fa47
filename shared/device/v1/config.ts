import { decode, encode } from '../../base/protobuf.ts';
import { eve } from '../../eve/generated/table.ts';
import { answer } from '../answer.ts';
import type { Protocol } from '../protocol.ts';
import { defaultLimits, type Endpoint, type Room } from '../room.ts';
import { requireToken, servedTo } from '../routes/config.ts';
import { fetchMarker, markSeen } from '../seen.ts';

/** The configuration alone, as the oldest devices ask for it. They can show no integrity token: where one is needed, 403. */
export const getBareConfig = (room: Room, protocol: Protocol): Endpoint => {
  const limit = room.limits?.registerBytes ?? defaultLimits.registerBytes;
  const markFetched = fetchMarker(room);
  return async (request, params) => {
    const { member } = await protocol.open(request, params, limit);
    await markSeen(room, member.uuid);
    await requireToken(room, member);
    const served = await servedTo(room, member);
    await markFetched(member.uuid, served.configHash, true);
    const { config = {} } = decode(eve, 'config.ConfigResponse', protocol.pass(served.answer));
    return answer(200, encode(eve, 'config.EdgeDevConfig', config));
  };
};
