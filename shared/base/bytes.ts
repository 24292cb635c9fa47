import { Buffer } from 'node:buffer';
import { createHash, timingSafeEqual } from 'node:crypto';

export const toHex = (bytes: Uint8Array): string => view(bytes).toString('hex');
export const toBase64 = (bytes: Uint8Array): string => view(bytes).toString('base64');
export const toBase64Url = (bytes: Uint8Array): string => view(bytes).toString('base64url');
export const toUtf8 = (bytes: Uint8Array): string => view(bytes).toString('utf8');

/** Characters outside the alphabet end the text, as Buffer reads it: check untrusted text first. */
export const fromHex = (text: string): Uint8Array => Buffer.from(text, 'hex');
/** Either alphabet. */
export const fromBase64 = (text: string): Uint8Array => Buffer.from(text, 'base64');
export const fromUtf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');

export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Takes the same time wherever equal long inputs differ. */
export const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
