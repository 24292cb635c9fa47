import { Buffer } from 'node:buffer';

/** Attributes of a certificate's subject by dotted OID, values in the order of the certificate. */
export type SubjectAttributes = ReadonlyMap<string, readonly string[]>;

export const commonName = '2.5.4.3';
export const organization = '2.5.4.10';
/** Kubernetes' own attribute for the user's UID. */
export const userUid = '1.3.6.1.4.1.57683.2';

/**
 * Reads the subject of a DER certificate exactly, value by value: printed forms of names are ambiguous. Undefined when the
 * bytes are not a certificate (RFC 5280 §4.1).
 */
export const readSubject = (der: Uint8Array): SubjectAttributes | undefined => {
  try {
    return attributesOf(subjectOf(der));
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
};

class Malformed extends Error {}

interface Node {
  readonly tag: number;
  readonly body: Uint8Array;
}

const sequence = 0x30;
const set = 0x31;
const objectId = 0x06;
const explicitVersion = 0xa0;

/** Certificate → tbsCertificate → (version) serialNumber signature issuer validity → subject. */
const subjectOf = (der: Uint8Array): Uint8Array => {
  const [certificate] = children(der);
  const [tbs] = children(take(certificate, sequence));
  const fields = children(take(tbs, sequence));
  const first = fields[0]?.tag === explicitVersion ? 1 : 0;
  return take(fields[first + 4], sequence);
};

const attributesOf = (name: Uint8Array): SubjectAttributes => {
  const attributes = new Map<string, string[]>();
  for (const relative of children(name)) {
    for (const pair of children(take(relative, set))) {
      const [type, value] = children(take(pair, sequence));
      if (!value) throw new Malformed();
      const oid = toOid(take(type, objectId));
      attributes.set(oid, [...(attributes.get(oid) ?? []), toText(value)]);
    }
  }
  return attributes;
};

const take = (node: Node | undefined, tag: number): Uint8Array => {
  if (node?.tag !== tag) throw new Malformed();
  return node.body;
};

const children = (bytes: Uint8Array): Node[] => {
  const nodes: Node[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const { length, start } = readLength(bytes, at + 1);
    if (start + length > bytes.length) throw new Malformed();
    nodes.push({ tag, body: bytes.subarray(start, start + length) });
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

const toOid = (bytes: Uint8Array): string => {
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
const toText = ({ tag, body }: Node): string => {
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
