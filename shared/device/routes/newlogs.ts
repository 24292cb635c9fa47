import { Fault } from '../../base/fault.ts';
import { gzipHeader } from '../../eve/newlogs.ts';
import { answer } from '../answer.ts';
import { keepLogs } from '../logs.ts';
import { enveloped } from '../protocol.ts';
import { counting } from '../refusals.ts';
import { defaultLimits, type Endpoint, type Room } from '../room.ts';

/**
 * Keeps a gzip file of log lines, of the device or of one of its applications, as it came. It is unpacked, within bounds, by
 * whoever reads it.
 */
export const newlogs = (room: Room, protocol = enveloped(room)): Endpoint => {
  const limit = room.limits?.bodyBytes ?? defaultLimits.bodyBytes;
  return async (request, params) => {
    const { member, payload } = await protocol.open(request, params, limit);
    await counting(room, member, 'newlogs', async () => {
      if (payload.length > maxFile) throw new Fault('RequestEntityTooLarge', 'the log file is too large');
      gzipHeader(payload);
      await keepLogs(room, member, payload, params.app);
    });
    return answer(201);
  };
};

/** Devices keep theirs below 64 KiB. */
const maxFile = 1024 * 1024;
