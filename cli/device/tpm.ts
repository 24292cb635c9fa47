import { createHash, sign } from 'node:crypto';
import type { ZAttestQuote } from '../../shared/eve/generated/attest.ts';
import { TpmHashAlgo } from '../../shared/eve/generated/attest.ts';
import type { DeviceKey } from './keys.ts';

/** What a quote needs of a TPM, in software: measured registers and a signature over them. */
export const quote = (nonce: Uint8Array, attestation: DeviceKey, measured: string): ZAttestQuote => {
  const registers = Array.from({ length: 24 }, (_, index) =>
    index < 16 ? createHash('sha256').update(`${measured}/${index}`).digest() : Buffer.alloc(32),
  );
  const digest = createHash('sha256')
    .update(Buffer.concat(registers.slice(0, 16)))
    .digest();
  const attestData = toAttest(nonce, digest);
  return {
    attestData,
    // DER here, unlike in envelopes.
    signature: sign('sha256', attestData, attestation.key),
    pcr_values: registers.map((value, index) => ({ index, hash_algo: TpmHashAlgo.TPM_HASH_ALGO_SHA256, value })),
  };
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
