import { isFault } from '../base/fault.ts';
import { parseJson, printJson } from '../base/json.ts';
import type { Json, JsonMap } from '../base/object.ts';
import type { StoredRecord } from '../telemetry/telemetry.ts';
import { text } from './answer.ts';
import { devicesIn } from './caller.ts';
import { findDevice } from './find.ts';
import type { AdamRoom, Exchange, Handler } from './room.ts';
import { type Followers, streamLines } from './stream.ts';

/** What a route reads: the telemetry's kind, and the subresource of the Device that is authorised. */
export interface Stream {
  readonly kind: 'log' | 'applog' | 'info' | 'metrics' | 'flowlog' | 'requests';
  readonly subresource: 'log' | 'info' | 'metrics' | 'flowlog' | 'requests';
}

/**
 * All that was sent, one JSON a line, oldest first; with `X-Stream: true` what is sent from now on, until the client
 * leaves. An unknown device is NotFound either way.
 */
export const readRecords =
  ({ kind, subresource }: Stream, followers: Followers): Handler =>
  async exchange => {
    const { room, caller, request, params, stay } = exchange;
    const isFollowing = request.headers.get('x-stream')?.trim().toLowerCase() === 'true';
    const verb = isFollowing ? 'watch' : 'get';
    const { uuid } = await findDevice(room, caller, params.uuid ?? '', verb, devicesIn(room.namespace, subresource));
    if (request.method === 'HEAD') return text('');
    const query = { device: uuid, ...(kind === 'applog' && { part: (params.app ?? '').toLowerCase() }) };
    const open = (signal: AbortSignal): AsyncIterable<StoredRecord> =>
      isFollowing ? room.telemetry.tail(kind, query, signal) : room.telemetry.read(kind, query);
    return streamLines({ room, followers, isFollowing, stay, lines: signal => toLines(exchange, kind, open(signal)) });
  };

async function* toLines({ room }: Exchange, kind: string, records: AsyncIterable<StoredRecord>) {
  for await (const record of records) {
    const values = await read(room, kind, record);
    if (values.length > 0) yield values.map(value => `${printJson(toAdam(kind, value))}\n`).join('');
  }
}

/** A record that nobody can read is left out: its reader would stop at it. */
const read = async (room: AdamRoom, kind: string, { body, device }: StoredRecord): Promise<readonly Json[]> => {
  try {
    return kind === 'requests' ? [parseJson(body)] : await room.decode(kind, body);
  } catch (error) {
    if (!isFault(error)) throw error;
    room.ports.log.debug('unreadable record left out', { kind, device, error: error.message });
    return [];
  }
};

/** A log line as the proto-JSON of `LogEntry`, which strict readers take nothing else for; all others are such already. */
const toAdam = (kind: string, value: Json): Json => {
  if (kind !== 'log' && kind !== 'applog') return value;
  const { image: _, eveVersion: __, msgid, ...line } = value as JsonMap; // a line, by the kind
  return { ...line, ...(msgid !== undefined && { msgid: String(msgid) }) };
};
