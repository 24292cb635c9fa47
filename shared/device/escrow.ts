import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { fromBase64, toBase64 } from '../base/bytes.ts';
import type { Random } from '../base/ports.ts';

/** Keeps what must be given back one day, unreadable for who reads the store. */
export interface Escrow {
  /** `owner`: for whom alone it opens again. */
  seal(plain: Uint8Array, owner: string): string;
  /** Undefined when it was sealed under another key, for somebody else, or is damaged. What was never sealed is base64. */
  open(sealed: string, owner: string): Uint8Array | undefined;
}

/** AES-256-GCM under a key of 32 bytes that must outlive everything sealed with it. */
export const createEscrow = (key: Uint8Array, random: Random): Escrow => {
  if (key.length !== 32) throw new Error('the escrow key must have 32 bytes');
  return {
    seal(plain, owner) {
      const iv = random.bytes(ivLength);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(owner));
      const data = Buffer.concat([cipher.update(plain), cipher.final()]);
      return `${mark}${toBase64(Buffer.concat([iv, cipher.getAuthTag(), data]))}`;
    },
    open(sealed, owner) {
      if (!isSealed(sealed)) return fromBase64(sealed);
      const bytes = fromBase64(sealed.slice(mark.length));
      const iv = bytes.subarray(0, ivLength);
      const tag = bytes.subarray(ivLength, ivLength + tagLength);
      if (tag.length !== tagLength) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(owner)).setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(bytes.subarray(ivLength + tagLength)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
};

export const isSealed = (text: string): boolean => text.startsWith(mark);

/** No character of base64 is a point. */
const mark = 'v1.';
const ivLength = 12;
const tagLength = 16;
