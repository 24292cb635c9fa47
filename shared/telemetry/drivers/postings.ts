import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { TelemetryRecord } from '../telemetry.ts';
import { NumberWriter, readNumber, toSigned, toUnsigned } from './numbers.ts';

/** Where a record lies in its segment, and enough about it to pass it over unread. */
export interface Posting {
  readonly offset: number;
  /** Of the frame, in bytes. */
  readonly length: number;
  readonly at: number;
  /** `toPartCode` of the record's part. */
  readonly part: number;
}

/** What is known of a segment without reading it. */
export interface Summary {
  readonly records: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Bytes of the data file that are indexed. */
  readonly dataLength: number;
  /** Where the last record begins. */
  readonly lastOffset: number;
}

/** Which records of one segment belong to which device, in memory while the segment grows. */
export class Postings {
  readonly #devices = new Map<string, number[]>();
  #records = 0;
  #firstAt = Number.POSITIVE_INFINITY;
  #lastAt = Number.NEGATIVE_INFINITY;
  #dataLength = 0;
  #lastOffset = 0;

  add({ device, part, at }: TelemetryRecord, offset: number, length: number): void {
    const numbers = this.#devices.get(device) ?? [];
    if (numbers.length === 0) this.#devices.set(device, numbers);
    numbers.push(offset, length, at, toPartCode(part));
    this.#records++;
    this.#firstAt = Math.min(this.#firstAt, at);
    this.#lastAt = Math.max(this.#lastAt, at);
    this.#dataLength = offset + length;
    this.#lastOffset = offset;
  }

  get(device: string): Posting[] {
    return toPostings(this.#devices.get(device) ?? []);
  }

  get summary(): Summary {
    return {
      records: this.#records,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      dataLength: this.#dataLength,
      lastOffset: this.#lastOffset,
    };
  }

  /**
   * The index file: each device's postings as variable-length numbers, differences where those are smaller; a directory
   * sorted by digest of the device; a trailer of fixed length, so that opening a file reads no more than that.
   */
  encode(): Buffer {
    const writer = new NumberWriter();
    const directory: Buffer[] = [];
    for (const [device, numbers] of this.#devices) {
      const start = writer.length;
      let offset = 0;
      let at = this.#firstAt;
      for (const posting of toPostings(numbers)) {
        writer.write(posting.offset - offset);
        writer.write(posting.length);
        writer.write(toUnsigned(posting.at - at));
        writer.write(posting.part);
        offset = posting.offset;
        at = posting.at;
      }
      directory.push(toDirectoryEntry(device, start, writer.length - start, numbers.length / 4));
    }
    directory.sort(Buffer.compare);
    return Buffer.concat([writer.bytes(), ...directory, this.#trailer(writer.length, directory.length)]);
  }

  #trailer(directoryStart: number, devices: number): Buffer {
    const trailer = Buffer.alloc(trailerLength);
    trailer.write(magic, 0, 'latin1');
    trailer.writeDoubleLE(directoryStart, 8);
    trailer.writeUInt32LE(devices, 16);
    trailer.writeUInt32LE(this.#records, 20);
    trailer.writeDoubleLE(this.#firstAt, 24);
    trailer.writeDoubleLE(this.#lastAt, 32);
    trailer.writeDoubleLE(this.#dataLength, 40);
    trailer.writeDoubleLE(this.#lastOffset, 48);
    trailer.writeUInt32LE(crc32(trailer.subarray(0, 56)), 56);
    return trailer;
  }
}

/** The trailer of an index file; undefined when it is not whole. */
export const readTrailer = async (file: FileHandle): Promise<Trailer | undefined> => {
  const { size } = await file.stat();
  if (size < trailerLength) return undefined;
  const trailer = await readAt(file, size - trailerLength, trailerLength);
  if (trailer.toString('latin1', 0, 8) !== magic || trailer.readUInt32LE(56) !== crc32(trailer.subarray(0, 56))) {
    return undefined;
  }
  return {
    directoryStart: trailer.readDoubleLE(8),
    devices: trailer.readUInt32LE(16),
    summary: {
      records: trailer.readUInt32LE(20),
      firstAt: trailer.readDoubleLE(24),
      lastAt: trailer.readDoubleLE(32),
      dataLength: trailer.readDoubleLE(40),
      lastOffset: trailer.readDoubleLE(48),
    },
  };
};

export interface Trailer {
  readonly directoryStart: number;
  readonly devices: number;
  readonly summary: Summary;
}

/** A device's postings from an index file: a binary search in its directory, then one read. */
export const findPostings = async (file: FileHandle, trailer: Trailer, device: string): Promise<Posting[]> => {
  const digest = toDigest(device);
  let low = 0;
  let high = trailer.devices;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = await readAt(file, trailer.directoryStart + middle * entryLength, entryLength);
    const order = Buffer.compare(entry.subarray(0, digest.length), digest);
    if (order === 0) {
      const block = await readAt(file, entry.readUIntLE(16, 6), entry.readUInt32LE(22));
      return decodeBlock(block, trailer.summary.firstAt);
    }
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return [];
};

/** A number for a part, so that postings stay small; 0 for none. Different parts may rarely share one. */
export const toPartCode = (part: string | undefined): number => (part === undefined ? 0 : crc32(part) || 1);

/** Exactly so many bytes; throws where the file is shorter. */
export const readAt = async (file: FileHandle, position: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) throw new RangeError('read beyond the end of a file');
    done += bytesRead;
  }
  return buffer;
};

const magic = 'KVTINDX1';
const trailerLength = 60;
/** 16 digest, 6 position, 4 length, 4 count of records, 2 unused. */
const entryLength = 32;

const toDigest = (device: string): Buffer => createHash('sha256').update(device).digest().subarray(0, 16);

const toDirectoryEntry = (device: string, position: number, length: number, records: number): Buffer => {
  const entry = Buffer.alloc(entryLength);
  toDigest(device).copy(entry);
  entry.writeUIntLE(position, 16, 6);
  entry.writeUInt32LE(length, 22);
  entry.writeUInt32LE(records, 26);
  return entry;
};

/** Memory holds postings as plain numbers, four each. */
const toPostings = (numbers: readonly number[]): Posting[] => {
  const postings: Posting[] = [];
  for (let i = 0; i < numbers.length; i += 4) {
    postings.push({
      offset: numbers[i] ?? 0,
      length: numbers[i + 1] ?? 0,
      at: numbers[i + 2] ?? 0,
      part: numbers[i + 3] ?? 0,
    });
  }
  return postings;
};

const decodeBlock = (block: Buffer, firstAt: number): Posting[] => {
  const postings: Posting[] = [];
  const reader = { position: 0 };
  let offset = 0;
  let at = firstAt;
  while (reader.position < block.length) {
    offset += readNumber(block, reader);
    const length = readNumber(block, reader);
    at += toSigned(readNumber(block, reader));
    postings.push({ offset, length, at, part: readNumber(block, reader) });
  }
  return postings;
};
