import { Buffer } from 'node:buffer';
import { Fault } from '../base/fault.ts';

/**
 * What a device is served until something changes, ready to send: the value in store type `configs`, key: device UUID.
 * Written by the composer, read on every poll, so that its head is read without parsing the rest.
 */
export interface Served {
  /** `ConfigResponse.configHash`: what the device sends back. */
  readonly configHash: string;
  /** `EdgeDevConfig.config_timestamp` in milliseconds; never less than before. */
  readonly configTimestampMs: number;
  /** `EdgeDevConfig.id.version`; rises with every change. */
  readonly version: number;
  /** The encoded, signed AuthContainer of the ConfigResponse. */
  readonly answer: Uint8Array;
  /** Whatever the composer wants to find again; opaque to everybody else. */
  readonly notes: Uint8Array;
}

export const encodeServed = (served: Served): Uint8Array => {
  const hash = Buffer.from(served.configHash, 'utf8');
  const head = Buffer.alloc(headLength);
  head.writeUInt32BE(magic, 0);
  head.writeUInt32BE(hash.length, 4);
  head.writeUInt32BE(served.notes.length, 8);
  head.writeUInt32BE(served.version, 12);
  head.writeDoubleBE(served.configTimestampMs, 16);
  return Buffer.concat([head, hash, served.notes, served.answer]);
};

/** Views of the bytes, cached by their identity. Throws `Fault('InternalError')` when they are something else. */
export const decodeServed = (bytes: Uint8Array): Served => {
  const known = cache.get(bytes);
  if (known) return known;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < headLength || view.readUInt32BE(0) !== magic) throw damaged();
  const notesAt = headLength + view.readUInt32BE(4);
  const answerAt = notesAt + view.readUInt32BE(8);
  if (answerAt > view.length) throw damaged();
  const served = {
    configHash: view.toString('utf8', headLength, notesAt),
    configTimestampMs: view.readDoubleBE(16),
    version: view.readUInt32BE(12),
    notes: bytes.subarray(notesAt, answerAt),
    answer: bytes.subarray(answerAt),
  };
  cache.set(bytes, served);
  return served;
};

/** "KVS" and the version of this layout. */
const magic = 0x4b565301;
const headLength = 24;
const cache = new WeakMap<Uint8Array, Served>();

const damaged = () => new Fault('InternalError', 'the stored configuration is damaged');
