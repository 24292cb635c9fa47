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

/** The bytes live as long as the configuration, so they are no part of a slab, which would live as long as they. */
export const encodeServed = (served: Served): Uint8Array => {
  const hashLength = Buffer.byteLength(served.configHash, 'utf8');
  const notesAt = headLength + hashLength;
  const answerAt = notesAt + served.notes.length;
  const bytes = Buffer.allocUnsafeSlow(answerAt + served.answer.length);
  bytes.writeUInt32BE(magic, 0);
  bytes.writeUInt32BE(hashLength, 4);
  bytes.writeUInt32BE(served.notes.length, 8);
  bytes.writeUInt32BE(served.version, 12);
  bytes.writeDoubleBE(served.configTimestampMs, 16);
  bytes.write(served.configHash, headLength, 'utf8');
  bytes.set(served.notes, notesAt);
  bytes.set(served.answer, answerAt);
  return bytes;
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
