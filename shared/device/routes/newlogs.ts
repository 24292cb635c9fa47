import { Fault } from '../../base/fault.ts';
import { gzipHeader } from '../../eve/newlogs.ts';
import { answer } from '../answer.ts';
import { readBody } from '../body.ts';
import { keepLogs } from '../logs.ts';
import { defaultLimits, type Endpoint, type Room } from '../room.ts';
import { openSession } from '../session.ts';

/**
 * Keeps a gzip file of log lines, of the device or of one of its applications, as it came. It is unpacked, within bounds, by
 * whoever reads it.
 */
export const newlogs = (room: Room): Endpoint => {
  const limit = room.limits?.bodyBytes ?? defaultLimits.bodyBytes;
  return async (request, { uuid, app }) => {
    const { member, payload } = await openSession(room.fleet, await readBody(request, limit), uuid);
    if (payload.length > maxFile) throw new Fault('RequestEntityTooLarge', 'the log file is too large');
    gzipHeader(payload);
    await keepLogs(room, member, payload, app);
    return answer(201);
  };
};

/** Devices keep theirs below 64 KiB. */
const maxFile = 1024 * 1024;
