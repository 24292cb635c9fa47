import type { KeyObject } from 'node:crypto';
import { equal, sha256 } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { decode, encode } from '../base/protobuf.ts';
import { HashAlgorithm } from './generated/common.ts';
import { eve } from './generated/table.ts';
import { signPayload, verifyPayload } from './signature.ts';

/**
 * The AuthContainer around every message. The sender is named by a hash of its certificate: of the **DER** when a device
 * sends, of the **PEM bytes exactly as they stand in `/certs`** when the controller sends.
 */
export interface Envelope {
  /** The inner message; what the signature is over. May be empty. */
  readonly payload: Uint8Array;
  /** 32 bytes, or the first 16 of them. */
  readonly certHash: Uint8Array;
  readonly signature: Uint8Array;
  /** What `senderCert` carries; empty but in registrations. */
  readonly senderCert: Uint8Array;
}

/** Takes the container apart; nothing is verified yet. Throws `Fault('Invalid')`. */
export const openEnvelope = (bytes: Uint8Array): Envelope => {
  const container = decodeContainer(bytes);
  const certHash = container.senderCertHash ?? new Uint8Array();
  const algo = container.algo ?? 0;
  const length = lengths[algo];
  if (length === undefined) throw new Fault('Invalid', `algo ${algo} is not supported`);
  if (certHash.length !== length) throw new Fault('Invalid', `senderCertHash must have ${length} bytes`);
  return {
    payload: container.protectedPayload?.payload ?? new Uint8Array(),
    certHash,
    signature: container.signatureHash ?? new Uint8Array(),
    senderCert: container.senderCert ?? new Uint8Array(),
  };
};

/** Whether the payload was signed with that key. */
export const verifyEnvelope = (envelope: Envelope, key: KeyObject): Promise<boolean> =>
  verifyPayload(envelope.payload, envelope.signature, key);

/** Whether the hash in an envelope, whole or shortened to 16 bytes, is that of these bytes (DER or PEM, see Envelope). */
export const isHashOf = (certHash: Uint8Array, certificate: Uint8Array): boolean =>
  certHash.length >= 16 && equal(sha256(certificate).subarray(0, certHash.length), certHash);

/** An encoded container. `certificate`: the bytes that the receiver hashes (controller: PEM; device: DER). */
export const sealEnvelope = (
  payload: Uint8Array,
  sender: { readonly key: KeyObject; readonly certificate: Uint8Array; readonly senderCert?: Uint8Array },
): Uint8Array =>
  encode(eve, 'auth.AuthContainer', {
    protectedPayload: { payload },
    algo: HashAlgorithm.HASH_ALGORITHM_SHA256_32BYTES,
    senderCertHash: sha256(sender.certificate),
    signatureHash: signPayload(payload, sender.key),
    senderCert: sender.senderCert,
  });

const lengths: Record<number, number> = {
  [HashAlgorithm.HASH_ALGORITHM_SHA256_16BYTES]: 16,
  [HashAlgorithm.HASH_ALGORITHM_SHA256_32BYTES]: 32,
};

const decodeContainer = (bytes: Uint8Array) => {
  try {
    return decode(eve, 'auth.AuthContainer', bytes, { values: 100, depth: 4 });
  } catch (cause) {
    throw new Fault('Invalid', 'the body is not an AuthContainer', { cause });
  }
};
