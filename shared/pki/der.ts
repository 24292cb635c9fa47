import { Buffer } from 'node:buffer';

/** The few ASN.1 types that a certificate is made of, in DER (X.690). */
export const der = {
  sequence: (...parts: Uint8Array[]): Uint8Array => wrap(0x30, ...parts),
  set: (...parts: Uint8Array[]): Uint8Array => wrap(0x31, ...parts),
  boolean: (value: boolean): Uint8Array => wrap(0x01, Uint8Array.of(value ? 0xff : 0)),
  /** A non-negative integer, big-endian; leading zeros are dropped. */
  integer: (bytes: Uint8Array): Uint8Array => wrap(0x02, ...positive(bytes)),
  octets: (...parts: Uint8Array[]): Uint8Array => wrap(0x04, ...parts),
  /** `unused`: bits that do not count at the end of the last byte. */
  bits: (bytes: Uint8Array, unused = 0): Uint8Array => wrap(0x03, Uint8Array.of(unused), bytes),
  utf8: (text: string): Uint8Array => wrap(0x0c, Buffer.from(text)),
  oid: (dotted: string): Uint8Array => wrap(0x06, Uint8Array.from(oidBytes(dotted))),
  /** UTCTime until 2049, GeneralizedTime after, as RFC 5280 §4.1.2.5 wants. Milliseconds since 1970; cut to seconds. */
  time: (at: number): Uint8Array => {
    const text = `${new Date(at).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
    const year = Number(text.slice(0, 4));
    return year < 2050 ? wrap(0x17, Buffer.from(text.slice(2))) : wrap(0x18, Buffer.from(text));
  },
  /** `[n]` around whole values (constructed) … */
  explicit: (tag: number, ...parts: Uint8Array[]): Uint8Array => wrap(0xa0 | tag, ...parts),
  /** … and `[n]` instead of a primitive type's own tag. */
  implicit: (tag: number, bytes: Uint8Array): Uint8Array => wrap(0x80 | tag, bytes),
};

/** The values directly inside a constructed value, each with its header. For input that is known to be well formed. */
export const children = (value: Uint8Array): Uint8Array[] => {
  const out: Uint8Array[] = [];
  let at = header(value, 0).body;
  const end = header(value, 0).end;
  while (at < end) {
    const next = header(value, at).end;
    out.push(value.subarray(at, next));
    at = next;
  }
  return out;
};

const header = (bytes: Uint8Array, at: number): { body: number; end: number } => {
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return { body: at + 2, end: at + 2 + first };
  let length = 0;
  const count = first & 0x7f;
  for (let i = 0; i < count; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0);
  return { body: at + 2 + count, end: at + 2 + count + length };
};

const wrap = (tag: number, ...parts: Uint8Array[]): Uint8Array => {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Uint8Array.from([tag, ...lengthBytes(length)]), ...parts]);
};

const lengthBytes = (length: number): number[] => {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
};

const positive = (bytes: Uint8Array): Uint8Array[] => {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const body = bytes.subarray(start);
  return (body[0] ?? 0) >= 0x80 || body.length === 0 ? [Uint8Array.of(0), body] : [body];
};

const oidBytes = (dotted: string): number[] => {
  const [a = 0, b = 0, ...rest] = dotted.split('.').map(Number);
  return [a * 40 + b, ...rest.flatMap(base128)];
};

const base128 = (value: number): number[] => {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(128 + (rest % 128));
  return bytes;
};
