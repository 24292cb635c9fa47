import { Buffer } from 'node:buffer';
import { Fault } from '../base/fault.ts';

/** A TPM's quote (TPMS_ATTEST of type ST_ATTEST_QUOTE), as far as it is looked at. */
export interface Quote {
  /** extraData: what the controller gave the device to sign. */
  readonly nonce: Uint8Array;
  readonly resetCount: number;
  readonly restartCount: number;
  readonly selections: readonly { readonly algorithm: number; readonly pcrs: readonly number[] }[];
  /** Hash over the selected PCRs, in rising order. */
  readonly pcrDigest: Uint8Array;
}

/** TPM_ALG_SHA256. */
export const sha256Algorithm = 0x000b;

/** Throws `Fault('Invalid')` when the bytes are not such a structure, whole and with nothing after it. */
export const parseQuote = (bytes: Uint8Array): Quote => {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > view.length) throw new Fault('Invalid', 'the quote is cut short');
    at += length;
    return view.subarray(at - length, at);
  };
  const u8 = () => take(1).readUInt8();
  const u16 = () => take(2).readUInt16BE();
  const u32 = () => take(4).readUInt32BE();
  if (u32() !== magic || u16() !== quoteType) throw new Fault('Invalid', 'not the quote of a TPM');
  take(u16()); // qualifiedSigner
  const nonce = take(u16());
  take(8); // clock
  const resetCount = u32();
  const restartCount = u32();
  take(1 + 8); // safe, firmwareVersion
  const count = u32();
  if (count > 16) throw new Fault('Invalid', 'the quote selects too many banks');
  const selections = Array.from({ length: count }, () => ({ algorithm: u16(), pcrs: toIndices(take(u8())) }));
  const pcrDigest = take(u16());
  if (at !== view.length) throw new Fault('Invalid', 'something follows the quote');
  return { nonce, resetCount, restartCount, selections, pcrDigest };
};

const magic = 0xff544347;
const quoteType = 0x8018;

/** Bit i of byte j is PCR 8 j + i. */
const toIndices = (bitmap: Uint8Array): number[] =>
  [...bitmap].flatMap((byte, j) => [0, 1, 2, 3, 4, 5, 6, 7].filter(i => (byte >> i) & 1).map(i => 8 * j + i));
