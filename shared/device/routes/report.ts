import { Fault } from '../../base/fault.ts';
import { isWellFormed } from '../../base/protobuf.ts';
import { answer } from '../answer.ts';
import { enveloped } from '../protocol.ts';
import { counting } from '../refusals.ts';
import { defaultLimits, type Endpoint, type Room } from '../room.ts';
import { markSeen } from '../seen.ts';

/**
 * Keeps what a device reports and says 201 when it is durable. What it means is found out later, by whoever reads the
 * telemetry: here only the frame of the message is looked at, so that reports of newer devices are kept whole.
 */
export const report = (
  room: Room,
  kind: 'info' | 'metrics' | 'flowlog' | 'hardwarehealth',
  protocol = enveloped(room),
): Endpoint => {
  const limit = room.limits?.bodyBytes ?? defaultLimits.bodyBytes;
  return async (request, params) => {
    const { member, payload } = await protocol.open(request, params, limit);
    await counting(room, member, kind, () => requireReport(kind, payload));
    const at = room.ports.clock.now();
    await room.telemetry.append(kind, [{ device: member.uuid, at, body: payload }]);
    await markSeen(room, member.uuid);
    return answer(201);
  };
};

const requireReport = (kind: string, payload: Uint8Array): void => {
  if (payload.length === 0 || !isWellFormed(payload)) throw new Fault('Invalid', `not a report for ${kind}`);
};
