import type { KeyObject } from 'node:crypto';

/**
 * What the device API asks of the rest of the controller: who a certificate is, and whether a newcomer may join. Answers
 * are as of now: what was deleted or edited before the call is deleted or edited in the answer.
 */
export interface Fleet {
  /** The member that owns a device certificate. `hash` is the lower-case hex SHA-256 of the certificate's DER. */
  byCertificate(hash: string): Promise<Member | undefined>;
  byUuid(uuid: string): Promise<Member | undefined>;
  /**
   * Decides on a registration whose envelope was verified with `onboard`. Idempotent. What is decided on is exactly what
   * was verified: the certificate that signed, and the device certificate and serials that were signed.
   */
  register(newcomer: Newcomer): Promise<Registration>;
}

export interface Member {
  /** Lower case. */
  readonly uuid: string;
  /** Hex SHA-256 of the device certificate's DER. */
  readonly certificateHash: string;
  /** Of the device certificate; cached by the implementation. */
  readonly publicKey: KeyObject;
  /** How the rest of the controller names it; opaque here. */
  readonly key?: string;
  readonly manufacturer?: string;
  readonly productName?: string;
}

export interface Newcomer {
  /** DER of the certificate that signed the envelope. */
  readonly onboard: Uint8Array;
  /** DER of the device certificate. */
  readonly device: Uint8Array;
  readonly serial: string;
  readonly softSerial: string;
}

/**
 * `created` 201, `known` 200, `conflict` 409 (the pair or the certificate belongs to another device), `unknown` 401 (nobody
 * knows the onboarding certificate), `forbidden` 403 (known, but not for this serial).
 */
export type Registration = 'created' | 'known' | 'conflict' | 'unknown' | 'forbidden';
