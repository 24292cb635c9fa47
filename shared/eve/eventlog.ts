import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { Fault } from '../base/fault.ts';

/** One thing that was measured into a register while the device booted. */
export interface MeasuredEvent {
  readonly register: number;
  /** Number of the TCG's event type. */
  readonly type: number;
  /** What the register was extended with, SHA-256; absent when the log has it in other banks only. */
  readonly sha256?: Uint8Array;
  readonly data: Uint8Array;
}

/**
 * The TCG log of a boot (PC Client Platform Firmware Profile, crypto agile or the older SHA-1 form), gzip as devices send it.
 * Throws `Fault('Invalid')` when it is no such log, or unpacks to more than 8 MiB.
 */
export const readEventLog = (packed: Uint8Array): MeasuredEvent[] => {
  const log = unpack(packed);
  let at = 0;
  const take = (length: number): Buffer => {
    if (length > log.length - at) throw new Fault('Invalid', 'the event log is cut short');
    at += length;
    return log.subarray(at - length, at);
  };
  const u16 = () => take(2).readUInt16LE();
  const u32 = () => take(4).readUInt32LE();
  const sizes = readSizes(log);
  const events: MeasuredEvent[] = [];
  while (at < log.length && events.length < maxEvents) {
    const [register, type] = [u32(), u32()];
    // The first event is in the old form, and tells of the new one.
    if (!sizes || events.length === 0) {
      take(20);
      events.push({ register, type, data: take(u32()) });
      continue;
    }
    const count = u32();
    if (count > 16) throw new Fault('Invalid', 'an event has too many digests');
    let sha256: Uint8Array | undefined;
    for (let n = 0; n < count; n++) {
      const algorithm = u16();
      const digest = take(sizes.get(algorithm) ?? Number.POSITIVE_INFINITY);
      if (algorithm === sha256Algorithm) sha256 = digest;
    }
    events.push({ register, type, ...(sha256 && { sha256 }), data: take(u32()) });
  }
  return events;
};

/** What the registers hold after these events: index → SHA-256 in hex. Only those that anything was measured into. */
export const replay = (events: readonly MeasuredEvent[]): Record<string, string> => {
  const registers = new Map<number, Uint8Array>();
  for (const { register, type, sha256 } of events) {
    if (type === noAction || !sha256) continue;
    const before = registers.get(register) ?? new Uint8Array(32);
    registers.set(register, createHash('sha256').update(before).update(sha256).digest());
  }
  return Object.fromEntries(
    [...registers].map(([index, value]) => [String(index), Buffer.from(value).toString('hex')]),
  );
};

/** EV_NO_ACTION: said, not measured. */
const noAction = 3;
const sha256Algorithm = 0x000b;
const maxBytes = 8 * 1024 * 1024;
const maxEvents = 10_000;

const unpack = (packed: Uint8Array): Buffer => {
  try {
    return packed[0] === 0x1f && packed[1] === 0x8b
      ? gunzipSync(packed, { maxOutputLength: maxBytes })
      : Buffer.from(packed.subarray(0, maxBytes));
  } catch (cause) {
    throw new Fault('Invalid', 'the event log cannot be unpacked', { cause });
  }
};

/** Lengths of digests by algorithm, from the header event; undefined when the log is of the older form. */
const readSizes = (log: Buffer): Map<number, number> | undefined => {
  const start = 4 + 4 + 20 + 4;
  if (log.length < start + 28 || log.toString('latin1', start, start + 15) !== 'Spec ID Event03') return undefined;
  const count = log.readUInt32LE(start + 24);
  if (count > 16 || log.length < start + 28 + 4 * count)
    throw new Fault('Invalid', 'the event log has no usable header');
  return new Map(
    Array.from({ length: count }, (_, n) => [
      log.readUInt16LE(start + 28 + 4 * n),
      log.readUInt16LE(start + 30 + 4 * n),
    ]),
  );
};
