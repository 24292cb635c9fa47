import { createHash, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ZAttestQuote } from '../../shared/eve/generated/attest.ts';
import { TpmHashAlgo } from '../../shared/eve/generated/attest.ts';
import type { DeviceKey } from './keys.ts';

/** What a boot consists of: the same gives the same registers. */
export interface Boot {
  readonly software: string;
  /** Something that does not belong there. */
  readonly extra?: string | undefined;
}

/** What a quote needs of a TPM, in software: measured registers, the log of how they came to be, and a signature over them. */
export const quote = (nonce: Uint8Array, attestation: DeviceKey, boot: Boot): ZAttestQuote => {
  const events = eventsOf(boot);
  const registers = Array.from({ length: 24 }, (_, index) =>
    events
      .filter(event => event.register === index)
      .reduce<Uint8Array>((value, event) => sha256(Buffer.concat([value, event.digest])), Buffer.alloc(32)),
  );
  const attestData = toAttest(nonce, sha256(Buffer.concat(registers.slice(0, 16))));
  return {
    attestData,
    // DER here, unlike in envelopes.
    signature: sign('sha256', attestData, attestation.key),
    pcr_values: registers.map((value, index) => ({ index, hash_algo: TpmHashAlgo.TPM_HASH_ALGO_SHA256, value })),
    tpm_binary_event_log: gzipSync(toLog(events)),
  };
};

interface Event {
  readonly register: number;
  readonly data: Buffer;
  readonly digest: Buffer;
}

const eventsOf = ({ software, extra }: Boot): Event[] => {
  const measured = Array.from({ length: 16 }, (_, index) => toEvent(index, `${software}/${index}`));
  // Where boot loaders measure what they start.
  return extra === undefined ? measured : [...measured, toEvent(4, extra), toEvent(8, extra)];
};

const toEvent = (register: number, text: string): Event => {
  const data = Buffer.from(text);
  return { register, data, digest: sha256(data) };
};

const sha256 = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest();

/** TCG PC Client Platform Firmware Profile, the crypto agile form, with SHA-256 alone. */
const toLog = (events: readonly Event[]): Buffer => {
  const spec = Buffer.concat([
    Buffer.from('Spec ID Event03\0', 'latin1'),
    Buffer.from([0, 0, 0, 0, 0, 2, 0, 2]), // platform class, versions, size of a native integer
    u32(1),
    u16(sha256Algorithm),
    u16(32),
    Buffer.from([0]),
  ]);
  const head = Buffer.concat([u32(0), u32(3), Buffer.alloc(20), u32(spec.length), spec]);
  const body = events.map(({ register, data, digest }) =>
    Buffer.concat([u32(register), u32(13), u32(1), u16(sha256Algorithm), digest, u32(data.length), data]),
  );
  return Buffer.concat([head, ...body]);
};

const sha256Algorithm = 0x000b;

const u16 = (value: number): Buffer => Buffer.from([value & 0xff, value >> 8]);

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** TPMS_ATTEST (eve-device-api §4.4), over the SHA-256 registers 0 to 15. */
const toAttest = (nonce: Uint8Array, digest: Uint8Array): Uint8Array => {
  const clock = Buffer.alloc(8 + 4 + 4 + 1 + 8);
  clock.writeBigUInt64BE(BigInt(Math.floor(process.uptime() * 1000)), 0);
  clock[16] = 1;
  const selection = Buffer.from([0, 0, 0, 1, 0x00, 0x0b, 3, 0xff, 0xff, 0]);
  const head = Buffer.from([0xff, 0x54, 0x43, 0x47, 0x80, 0x18]);
  return Buffer.concat([head, sized(Buffer.from([0, 0x0b, 1, 2])), sized(nonce), clock, selection, sized(digest)]);
};

const sized = (bytes: Uint8Array): Buffer => Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
