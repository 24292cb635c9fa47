import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { equal, fromHex, sha256, toHex } from '../../../base/bytes.ts';
import { Fault } from '../../../base/fault.ts';
import type { Random } from '../../../base/ports.ts';
import type { Blobs } from '../../../blob/blobs.ts';
import { toHour } from './names.ts';

/** A value as an item holds it: plain, deflated, or the name of the blob that holds its deflated bytes. */
export type Packed =
  | { readonly as: 'v' | 'z'; readonly bytes: Uint8Array }
  | { readonly as: 'b'; readonly blob: string };

/** Packs values for items and unpacks them. What an item has no room for goes to a blob of its own. */
export class Values {
  readonly #blobs: Blobs | undefined;
  readonly #random: Random;
  readonly #folder: string;
  readonly #spillBytes: number;

  /** `folder` begins the names of blobs. More than `spillBytes` deflated bytes are spilled. */
  constructor(blobs: Blobs | undefined, random: Random, folder: string, spillBytes: number) {
    this.#blobs = blobs;
    this.#random = random;
    this.#folder = folder;
    this.#spillBytes = blobs === undefined ? maxInline : Math.min(spillBytes, maxInline);
  }

  pack(value: Uint8Array): Packed {
    if (value.length > maxValue) throw tooLarge(value.length, maxValue);
    const deflated = value.length < 64 ? value : deflateRawSync(value, { level: 6 });
    const packed: Packed = deflated.length < value.length ? { as: 'z', bytes: deflated } : { as: 'v', bytes: value };
    if (this.#blobs === undefined && packed.bytes.length > maxInline) throw tooLarge(packed.bytes.length, maxInline);
    return packed;
  }

  /** Where it has to be one, makes it a blob, durably. The name tells the hour, for who looks for what nobody uses. */
  async spill(packed: Packed, now: number): Promise<Packed> {
    if (packed.as === 'b' || packed.bytes.length <= this.#spillBytes || this.#blobs === undefined) return packed;
    const name = `${packed.as}-${toHex(this.#random.bytes(12))}-${toHex(sha256(packed.bytes))}`;
    const blob = `${toHour(now)}/${name}`;
    await this.#blobs.put(this.toKey(blob), packed.bytes);
    return { as: 'b', blob };
  }

  /** Undefined: the blob is gone. Throws InternalError when it is not what was put. */
  async unpack(packed: Packed): Promise<Uint8Array | undefined> {
    if (packed.as !== 'b') return packed.as === 'v' ? packed.bytes : inflate(packed.bytes);
    const [, how, hash = ''] = blobName.exec(packed.blob) ?? [];
    if (this.#blobs === undefined) {
      throw new Fault('InternalError', 'The table refers to blobs. Start the program with the bucket that holds them.');
    }
    const bytes = await this.#blobs.get(this.toKey(packed.blob));
    if (bytes === undefined) return undefined;
    if (!equal(sha256(bytes), fromHex(hash))) {
      throw new Fault('InternalError', `The blob ${this.toKey(packed.blob)} is damaged. Restore it from a backup.`);
    }
    return how === 'v' ? bytes : inflate(bytes);
  }

  toKey(blob: string): string {
    return `${this.#folder}/${blob}`;
  }
}

/** The hour, how it is packed, a number by chance, and the hash of its bytes. */
const blobName = /^\d+\/([vz])-[0-9a-f]+-([0-9a-f]+)$/;

/** Whether it is a name that `spill` gives. */
export const isBlobName = (name: string): boolean => blobName.test(name);

/** Longest value in bytes, and longest packed one within an item: log rows hold two and keep below 400 KB. */
const maxValue = 64 << 20;
const maxInline = 180_000;

/** In memory of its own: zlib gives short ones as the beginning of 16 KB, which would stay as long as they do. */
const inflate = (bytes: Uint8Array): Uint8Array => {
  const inflated = inflateRawSync(bytes, { maxOutputLength: maxValue, finishFlush: constants.Z_FINISH });
  return inflated.buffer.byteLength > inflated.byteLength ? new Uint8Array(inflated) : inflated;
};

const tooLarge = (size: number, limit: number): Fault =>
  new Fault('RequestEntityTooLarge', `The object is too large to be stored: ${size} bytes, at most ${limit}.`);
