import { Buffer } from 'node:buffer';

/** Reads DER (X.690) that strangers sent: whatever does not fit throws Malformed. */

export class Malformed extends Error {}

export interface Node {
  readonly tag: number;
  readonly body: Uint8Array;
  /** With its header. */
  readonly raw: Uint8Array;
}

export const tags = { integer: 0x02, bits: 0x03, objectId: 0x06, sequence: 0x30, set: 0x31 } as const;

/** The body of a value that must have the tag. */
export const take = (node: Node | undefined, tag: number): Uint8Array => {
  if (node?.tag !== tag) throw new Malformed();
  return node.body;
};

/** The values in a body, one after the other. */
export const children = (bytes: Uint8Array): Node[] => {
  const nodes: Node[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const { length, start } = readLength(bytes, at + 1);
    if (start + length > bytes.length) throw new Malformed();
    nodes.push({ tag, body: bytes.subarray(start, start + length), raw: bytes.subarray(at, start + length) });
    at = start + length;
  }
  return nodes;
};

const readLength = (bytes: Uint8Array, at: number): { length: number; start: number } => {
  const first = bytes[at];
  if (first === undefined) throw new Malformed();
  if (first < 0x80) return { length: first, start: at + 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new Malformed();
  let length = 0;
  for (let index = 1; index <= count; index += 1) length = length * 256 + (bytes[at + index] ?? 0);
  return { length, start: at + 1 + count };
};

/** `1.2.840.113549` */
export const toOid = (bytes: Uint8Array): string => {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of bytes) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first = 0, ...rest] = arcs;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join('.');
};

/** UTF8String, PrintableString, IA5String, …; BMPString and UniversalString are big-endian UTF-16 and UTF-32. */
export const toText = ({ tag, body }: Node): string => {
  if (tag === 0x1e)
    return Buffer.from(body.slice(0, body.length & ~1))
      .swap16()
      .toString('utf16le');
  if (tag === 0x1c) return [...quads(body)].map(point => String.fromCodePoint(point)).join('');
  if (tag === 0x14) return Buffer.from(body).toString('latin1');
  return Buffer.from(body).toString('utf8');
};

function* quads(body: Uint8Array): Iterable<number> {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  for (let at = 0; at + 4 <= body.length; at += 4) {
    const point = view.getUint32(at);
    if (point > 0x10ffff) throw new Malformed();
    yield point;
  }
}
