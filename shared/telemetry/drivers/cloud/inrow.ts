import { Buffer } from 'node:buffer';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { StoredRecord, TelemetryRecord } from '../../telemetry.ts';
import { NumberWriter, readBytes, readNumber, toSigned, toUnsigned } from '../numbers.ts';
import { toFilter } from './filter.ts';
import { toCursor } from './position.ts';

/** Records that are so few that the index itself has room for them. */
export interface InRow {
  readonly bytes: Uint8Array;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly filter: Uint8Array;
}

/** Undefined where the records take more than so many bytes, compressed. */
export const toInRow = (records: readonly TelemetryRecord[], maxBytes: number): InRow | undefined => {
  if (records.reduce((sum, { body }) => sum + body.length, 0) > maxRaw / 2 || records.length > maxRecords) return;
  const writer = new NumberWriter(4096);
  let last = 0;
  for (const { device, part = '', at, body } of records) {
    writer.writeBytes(Buffer.from(device));
    writer.writeBytes(Buffer.from(part));
    writer.write(toUnsigned(at - last));
    writer.writeBytes(body);
    last = at;
  }
  const bytes = deflateRawSync(writer.bytes());
  if (bytes.length > maxBytes) return;
  const times = records.map(({ at }) => at);
  return {
    bytes,
    firstAt: Math.min(...times),
    lastAt: Math.max(...times),
    filter: toFilter(new Set(records.map(({ device }) => device))),
  };
};

/** In order. Throws where these are not what was written. */
export const readInRow = (bytes: Uint8Array, ticket: number): StoredRecord[] => {
  const raw = inflateRawSync(bytes, { maxOutputLength: maxRaw });
  const reader = { position: 0 };
  const records: StoredRecord[] = [];
  let at = 0;
  while (reader.position < raw.length) {
    const device = readBytes(raw, reader).toString();
    const part = readBytes(raw, reader).toString();
    at += toSigned(readNumber(raw, reader));
    const body = new Uint8Array(readBytes(raw, reader));
    const cursor = toCursor({ ticket, ordinal: records.length });
    records.push({ device, ...(part !== '' && { part }), at, body, cursor });
  }
  return records;
};

/** Bytes before compression: so long it takes a millisecond or two. A record has some 500 bytes beside its body at most. */
const maxRaw = 128 << 10;
const maxRecords = 100;
