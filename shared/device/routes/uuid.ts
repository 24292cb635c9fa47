import { Fault, isFault } from '../../base/fault.ts';
import { encode } from '../../base/protobuf.ts';
import { eve } from '../../eve/generated/table.ts';
import { answer } from '../answer.ts';
import { readMessage } from '../message.ts';
import { enveloped } from '../protocol.ts';
import { defaultLimits, type Endpoint, type Room } from '../room.ts';
import { markSeen } from '../seen.ts';
import { deviceState } from '../state.ts';

/** Tells a device, known by its certificate alone, its UUID. An unknown one is 400 here. */
export const uuid = (room: Room, protocol = enveloped(room)): Endpoint => {
  const limit = room.limits?.registerBytes ?? defaultLimits.registerBytes;
  return async (request, params) => {
    const { member, payload } = await protocol.open(request, params, limit).catch(asUnknown);
    readMessage('uuid.UuidRequest', payload);
    await markSeen(room, member.uuid);
    await deviceState(room.store).inherit(member);
    const { uuid, manufacturer, productName } = member;
    const response = encode(eve, 'uuid.UuidResponse', { uuid, manufacturer, product_name: productName });
    return answer(200, protocol.seal(response));
  };
};

const asUnknown = (error: unknown): never => {
  throw isFault(error, 'NotFound') ? new Fault('BadRequest', error.message) : error;
};
