import { fromUtf8, toUtf8 } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';

/**
 * What the controller keeps about a device beside its telemetry: the value in store type `devices`, key: device UUID,
 * written by the device API alone. Bytes are base64, times milliseconds since 1970. Holds key material: never log one.
 */
export interface Known {
  /** What the device last told by attest CERT: the whole set. */
  readonly certificates: readonly KnownCertificate[];
  /** What it told before and no longer tells, newest first, the last 32; `at` is when it was replaced. */
  readonly formerCertificates: readonly KnownCertificate[];
  /** How often it told others in the place of some, when last, and of which types these were. */
  readonly replaced?: { readonly count: number; readonly at: number; readonly types: readonly number[] };
  /** The nonce that the next quote must carry; used once. */
  readonly nonce?: { readonly value: string; readonly expiresAt: number };
  /** The integrity token of the last quote that was accepted. */
  readonly token?: string;
  /** What the last accepted quote said. */
  readonly attested?: Attested;
  /** What came of the last attempt to attest. */
  readonly verdict?: Verdict;
  /** Reports that were refused for what was in them: how many, when the last was counted, and why. */
  readonly refused?: { readonly count: number; readonly at: number; readonly last: string };
  /** Sets of escrowed volume keys, the current one first; older ones stay, for a device may come back to them. */
  readonly keys: readonly KeySet[];
}

export interface KnownCertificate {
  /** `ZCertType` of a device: 11 attestation, 12 endorsement, 13 key exchange. */
  readonly type: number;
  /** `certHash` as the device gave it: how cipher contexts name the certificate. */
  readonly hash: string;
  /** The PEM bytes as sent. */
  readonly pem: string;
  readonly at: number;
  /** TPM2B_PUBLIC of an endorsement key. */
  readonly tpmPublic?: string;
  /** The device said that it may be replaced. */
  readonly mutable?: true;
}

/** What the controller made of a quote, or of certificates that the device wanted to replace. */
export interface Verdict {
  /** When it first came out so. */
  readonly at: number;
  readonly accepted: boolean;
  /** One CamelCase word. */
  readonly reason: string;
  readonly message: string;
  /** Whose decision it was, where an operator's rule made it. */
  readonly policy?: string;
  /** What was attested, as far as it could be believed. */
  readonly attested?: Attested;
}

export interface Attested {
  readonly at: number;
  /** Whether a TPM signed the quote; without one only the versions are told. */
  readonly tpm: boolean;
  /** The PCRs that the quote covers: index → SHA-256 value in hex. */
  readonly pcrs: Readonly<Record<string, string>>;
  /** `AttestVersionType` → version. */
  readonly versions: Readonly<Record<string, string>>;
}

interface KeySet {
  readonly at: number;
  /** Encoded `AttestVolumeKey` messages, each sealed by the room's escrow; given back byte for byte. */
  readonly keys: readonly string[];
}

export const nothingKnown: Known = { certificates: [], formerCertificates: [], keys: [] };

export const encodeKnown = (known: Known): Uint8Array => fromUtf8(JSON.stringify(known));

/** Throws `Fault('InternalError')` when the bytes are something else. */
export const decodeKnown = (bytes: Uint8Array): Known => {
  try {
    return { ...nothingKnown, ...(JSON.parse(toUtf8(bytes)) as Known) }; // nobody else writes there
  } catch (cause) {
    throw new Fault('InternalError', 'what is stored about the device is damaged', { cause });
  }
};

/** The certificate that secrets for the device are encrypted to; undefined until it has sent one. */
export const exchangeCertificate = (known: Known): KnownCertificate | undefined =>
  known.certificates.find(certificate => certificate.type === 13);
