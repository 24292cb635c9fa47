import { Fault } from '../../base/fault.ts';
import type { LogBundle, LogEntry } from '../../eve/generated/logs.ts';
import { type LogLine, writeNewlogs } from '../../eve/newlogs.ts';
import { toRfc3339 } from '../../eve/timestamp.ts';
import { answer } from '../answer.ts';
import { keepLogs } from '../logs.ts';
import { readMessage } from '../message.ts';
import { enveloped } from '../protocol.ts';
import { counting } from '../refusals.ts';
import { defaultLimits, type Endpoint, type Room } from '../room.ts';

/** Logs as devices before EVE 6 send them, in protobuf; kept in the form of the newer ones. */
export const logs = (room: Room, protocol = enveloped(room)): Endpoint => {
  const limit = room.limits?.bodyBytes ?? defaultLimits.bodyBytes;
  return async (request, params) => {
    const { member, payload } = await protocol.open(request, params, limit);
    const { app } = params;
    const file = await counting(room, member, 'logs', () => toFile(readBundle(payload, app !== undefined)));
    await keepLogs(room, member, file, app);
    return answer(201);
  };
};

const readBundle = (payload: Uint8Array, isApp: boolean): LogBundle =>
  isApp ? readMessage('logs.AppInstanceLogBundle', payload) : readMessage('logs.LogBundle', payload);

const toFile = ({ image, eveVersion, log = [] }: LogBundle): Promise<Uint8Array> => {
  if (log.length > maxLines) throw new Fault('RequestEntityTooLarge', 'too many lines');
  return writeNewlogs({
    ...(image === undefined ? {} : { image }),
    ...(eveVersion === undefined ? {} : { eveVersion }),
    entries: log.map(toLine),
  });
};

const maxLines = 100_000;

const toLine = (entry: LogEntry): LogLine => {
  const { content = '', msgid, tags, timestamp, severity, source, iid, filename } = entry;
  return {
    content,
    ...(severity === undefined ? {} : { severity }),
    ...(source === undefined ? {} : { source }),
    ...(iid === undefined ? {} : { iid }),
    ...(msgid === undefined ? {} : { msgid: Number(msgid) }),
    ...(tags === undefined ? {} : { tags }),
    ...(timestamp === undefined ? {} : { timestamp: toRfc3339(timestamp) }),
    ...(filename === undefined ? {} : { filename }),
    ...(entry.function === undefined ? {} : { function: entry.function }),
  };
};
