import { sha256 } from '../../../base/bytes.ts';

/**
 * Which devices a segment may hold: a Bloom filter of 12 bits a device, which errs about three times in a thousand, and
 * at most 3 KB, where it begins to err more from 2,000 devices on.
 */
export const toFilter = (devices: Iterable<string>): Uint8Array => {
  const all = [...devices];
  const filter = new Uint8Array(Math.min(Math.ceil(all.length * 1.5), maxLength));
  for (const device of all)
    for (const bit of toBits(device, filter.length)) filter[bit >> 3] = at(filter, bit) | mask(bit);
  return filter;
};

export const mayHold = (filter: Uint8Array, device: string): boolean =>
  toBits(device, filter.length).every(bit => (at(filter, bit) & mask(bit)) !== 0);

const maxLength = 3072;
const hashes = 8;

const toBits = (device: string, length: number): number[] => {
  const digest = sha256(new TextEncoder().encode(device));
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
  return Array.from({ length: hashes }, (_, i) => view.getUint32(i * 4) % (length * 8));
};

const at = (filter: Uint8Array, bit: number): number => filter[bit >> 3] ?? 0;
const mask = (bit: number): number => 1 << (bit & 7);
