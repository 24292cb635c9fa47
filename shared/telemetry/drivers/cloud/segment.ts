import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { StoredRecord, TelemetryRecord } from '../../telemetry.ts';
import { NumberWriter, readBytes, readNumber, toSigned, toUnsigned } from '../numbers.ts';
import { toFilter } from './filter.ts';
import type { Position } from './position.ts';
import { toCursor } from './position.ts';

/** A record, and where it stands. */
export interface Placed {
  /** Tickets count from that of the segment: 0, but for merged ones. */
  readonly position: Position;
  readonly record: TelemetryRecord;
}

export interface Segment {
  readonly bytes: Uint8Array;
  /** Where the footer begins. */
  readonly footer: number;
  readonly records: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly filter: Uint8Array;
}

/**
 * Records of many devices as one object: a block for each device, compressed by itself, and a footer that says where each
 * lies. gzip's checksums show damage.
 */
export const toSegment = async (records: readonly Placed[]): Promise<Segment> => {
  const byDevice = new Map<string, Placed[]>();
  for (const placed of records) {
    const group = byDevice.get(placed.record.device);
    if (group) group.push(placed);
    else byDevice.set(placed.record.device, [placed]);
  }
  const pieces: Uint8Array[] = [magic];
  const entries: Entry[] = [];
  let offset = magic.length;
  for (const [device, group] of byDevice) {
    const block = toBlock(group);
    const packed = await compress(block);
    const times = group.map(({ record }) => record.at);
    entries.push([device, offset, packed.length, block.length, least(times), most(times)]);
    pieces.push(packed);
    offset += packed.length;
  }
  pieces.push(await compress(Buffer.from(JSON.stringify(entries))));
  return {
    bytes: Buffer.concat(pieces),
    footer: offset,
    records: records.length,
    firstAt: least(entries.map(entry => entry[4])),
    lastAt: most(entries.map(entry => entry[5])),
    filter: toFilter(byDevice.keys()),
  };
};

/** Where a device's records lie in a segment. */
export interface Block {
  readonly offset: number;
  readonly length: number;
  readonly rawLength: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Blocks by device. */
export const readFooter = async (bytes: Uint8Array): Promise<ReadonlyMap<string, Block>> => {
  // Written above, and whole, or it would not have come out of gzip.
  const entries = JSON.parse((await expand(bytes, maxFooter)).toString()) as Entry[];
  return new Map(
    entries.map(([device, offset, length, rawLength, firstAt, lastAt]) => [
      device,
      { offset, length, rawLength, firstAt, lastAt },
    ]),
  );
};

/** A device's records in order; `ticket` is the segment's. */
export const readBlock = async (
  bytes: Uint8Array,
  { rawLength }: Block,
  device: string,
  ticket: number,
): Promise<StoredRecord[]> => {
  const block = await expand(bytes, rawLength);
  const reader = { position: 0 };
  const records: StoredRecord[] = [];
  let at = 0;
  while (reader.position < block.length) {
    const position = { ticket: ticket + readNumber(block, reader), ordinal: readNumber(block, reader) };
    at += toSigned(readNumber(block, reader));
    const part = readBytes(block, reader).toString();
    const body = new Uint8Array(readBytes(block, reader));
    records.push({ device, ...(part !== '' && { part }), at, body, cursor: toCursor(position) });
  }
  return records;
};

/** device, offset, length, length before compression, first and last arrival */
type Entry = [string, number, number, number, number, number];

const magic = Buffer.from('KVTSEG1\n');
const maxFooter = 64 << 20;

const toBlock = (group: readonly Placed[]): Buffer => {
  const writer = new NumberWriter(256);
  let at = 0;
  for (const { position, record } of group) {
    writer.write(position.ticket);
    writer.write(position.ordinal);
    writer.write(toUnsigned(record.at - at));
    writer.writeBytes(Buffer.from(record.part ?? ''));
    writer.writeBytes(record.body);
    at = record.at;
  }
  return writer.bytes();
};

const compress = promisify<Uint8Array, Buffer>(gzip);

const expand = (bytes: Uint8Array, maxOutputLength: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: Math.max(maxOutputLength, 1) }, (error, expanded) => {
      if (error) reject(error);
      else resolve(expanded);
    });
  });

const least = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER);
const most = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.max(a, b), 0);
