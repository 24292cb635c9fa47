import { Buffer } from 'node:buffer';
import { verify, X509Certificate } from 'node:crypto';
import { equal, fromBase64, sha256, toHex } from '../../base/bytes.ts';
import { decode, encode } from '../../base/protobuf.ts';
import { readCertificate } from '../../eve/certs.ts';
import {
  type AttestVolumeKey,
  TpmHashAlgo,
  type ZAttestQuote,
  type ZAttestResponse,
  ZAttestResponseCode,
  ZAttestRespType,
} from '../../eve/generated/attest.ts';
import { ZCertType } from '../../eve/generated/certs.ts';
import { eve } from '../../eve/generated/table.ts';
import { type Attested, type Known, type KnownCertificate, nothingKnown, type Verdict } from '../../eve/known.ts';
import { parseQuote, type Quote, sha256Algorithm } from '../../eve/quote.ts';
import type { Member } from '../fleet.ts';
import type { Judgement, Room } from '../room.ts';
import type { DeviceState } from '../state.ts';
import { sealAll } from './keys.ts';
import { keepToken } from './token.ts';
import { withoutToken, withVerdict } from './verdict.ts';

/**
 * Keeps every quote with its event log among the telemetry, kind `attestation`, and judges what a device's TPM says about its boot: signed by the attestation key that the device told, over the nonce that it
 * was given, with a digest that is the one of the reported PCRs, and good by the operator's policy. Then it gets a new
 * integrity token and its escrowed keys; a quote that is refused takes the former token away. A device without a TPM (it
 * never told an attestation certificate) sends no quote and gets a token alone.
 */
export const judgeQuote = async (
  room: Room,
  state: DeviceState,
  member: Member,
  quote: ZAttestQuote,
): Promise<ZAttestResponse> => {
  const now = room.ports.clock.now();
  const body = encode(eve, 'attest.ZAttestQuote', quote);
  await room.telemetry.append('attestation', [{ device: member.uuid, at: now, body }]);
  const found = examine(await takeNonce(state, member), quote, now);
  if ('code' in found) return refuse(state, member, found.code, { at: now, accepted: false, ...found.judgement });
  const judgement = (await room.policy?.judge?.(member, found)) ?? good(found);
  const verdict = { at: now, ...judgement, attested: found };
  if (!judgement.accepted) return refuse(state, member, code.QUOTE_FAILED, verdict);
  const token = room.ports.random.bytes(32);
  const known = await state.update(member, before =>
    withVerdict(
      { ...before, token: keepToken(token), attested: found, keys: sealAll(room, member, before.keys) },
      verdict,
    ),
  );
  return toResponse(ZAttestResponseCode.Z_ATTEST_RESPONSE_CODE_SUCCESS, {
    integrity_token: token,
    keys: found.tpm ? openKeys(room, member, known.keys[0]?.keys ?? []) : [],
  });
};

const good = ({ tpm }: Attested): Judgement =>
  tpm
    ? { accepted: true, reason: 'Verified', message: 'the quote is right; no policy says what it should measure' }
    : { accepted: true, reason: 'NoTPM', message: 'the device has no TPM: nothing can be verified' };

const refuse = async (
  state: DeviceState,
  member: Member,
  response: number,
  verdict: Verdict,
): Promise<ZAttestResponse> => {
  await state.update(member, known => withVerdict(withoutToken(known), verdict));
  return toResponse(response);
};

/** Keys are answered as they were stored. One that cannot be opened is left out: the device may not need it. */
const openKeys = (room: Room, member: Member, keys: readonly string[]): AttestVolumeKey[] =>
  keys.flatMap(key => {
    const opened = room.escrow.open(key, member.certificateHash);
    if (opened) return [decode(eve, 'attest.AttestVolumeKey', opened)];
    room.ports.log.error('an escrowed key cannot be opened: was the escrow key replaced?', { device: member.uuid });
    return [];
  });

const toResponse = (
  response: number,
  more: { integrity_token?: Uint8Array; keys?: AttestVolumeKey[] } = {},
): ZAttestResponse => ({
  respType: ZAttestRespType.ATTEST_RESP_QUOTE_RESP,
  quoteResp: { response, ...more },
});

/** What is known, with the nonce that this quote may use: it is used up by one quote, whatever comes of it. */
const takeNonce = async (state: DeviceState, member: Member): Promise<Known> => {
  let taken = nothingKnown;
  await state.update(member, known => {
    taken = known;
    if (known.nonce === undefined) return known;
    const { nonce: _, ...rest } = known;
    return rest;
  });
  return taken;
};

interface Refusal {
  readonly code: number;
  readonly judgement: Pick<Verdict, 'reason' | 'message'>;
}

/** What was attested, or why it cannot be believed. */
const examine = (known: Known, message: ZAttestQuote, now: number): Attested | Refusal => {
  const { attestData = new Uint8Array(), signature = new Uint8Array() } = message;
  const keys = attestationKeys(known.certificates);
  const versions = versionsOf(message);
  if (attestData.length === 0 && signature.length === 0) {
    // A device that ever told an attestation certificate has a TPM: it may not fall back to saying nothing.
    const had = keys.length + attestationKeys(known.formerCertificates).length > 0;
    return had ? refusal.silent : { at: now, tpm: false, pcrs: {}, versions };
  }
  if (keys.length === 0) return refusal.noCertificate;
  if (!keys.some(key => isSignedBy(attestData, signature, key))) return refusal.badSignature;
  const quote = parse(attestData);
  if (!quote) return refusal.noQuote;
  if (!isFresh(known, quote, now)) return refusal.notFresh;
  const pcrs = quotedPcrs(message, quote);
  return pcrs === undefined ? refusal.otherRegisters : { at: now, tpm: true, pcrs, versions };
};

const code = {
  NONCE_MISMATCH: ZAttestResponseCode.Z_ATTEST_RESPONSE_CODE_NONCE_MISMATCH,
  NO_CERT_FOUND: ZAttestResponseCode.Z_ATTEST_RESPONSE_CODE_NO_CERT_FOUND,
  QUOTE_FAILED: ZAttestResponseCode.Z_ATTEST_RESPONSE_CODE_QUOTE_FAILED,
};

const refuseWith = (of: number, reason: string, message: string): Refusal => ({
  code: of,
  judgement: { reason, message },
});

const refusal = {
  silent: refuseWith(code.QUOTE_FAILED, 'NoQuote', 'the device has a TPM, but sends no quote'),
  noCertificate: refuseWith(code.NO_CERT_FOUND, 'NoCertificate', 'the device has told no attestation certificate'),
  badSignature: refuseWith(code.QUOTE_FAILED, 'BadSignature', 'the quote is not signed by the attestation key'),
  noQuote: refuseWith(code.QUOTE_FAILED, 'NoQuote', 'what was signed is not the quote of a TPM'),
  notFresh: refuseWith(code.NONCE_MISMATCH, 'NonceMismatch', 'the quote does not carry the nonce that was given'),
  otherRegisters: refuseWith(code.QUOTE_FAILED, 'DigestMismatch', 'the quote is not of the registers that are told'),
};

const attestationKeys = (certificates: readonly KnownCertificate[]): X509Certificate[] =>
  certificates.flatMap(cert => {
    if (cert.type !== ZCertType.CERT_TYPE_DEVICE_RESTRICTED_SIGNING) return [];
    const certificate = readCertificate(fromBase64(cert.pem));
    return certificate ? [new X509Certificate(certificate.der)] : [];
  });

/** In DER here, unlike the signature of an envelope. */
const isSignedBy = (data: Uint8Array, signature: Uint8Array, certificate: X509Certificate): boolean => {
  try {
    return verify('sha256', data, certificate.publicKey, signature);
  } catch {
    return false;
  }
};

const parse = (data: Uint8Array): Quote | undefined => {
  try {
    return parseQuote(data);
  } catch {
    return undefined;
  }
};

const isFresh = ({ nonce }: Known, quote: Quote, now: number): boolean =>
  nonce !== undefined && now < nonce.expiresAt && equal(fromBase64(nonce.value), quote.nonce);

/** The reported values of the PCRs that were quoted; undefined when the digest is not theirs or another bank was quoted. */
const quotedPcrs = (message: ZAttestQuote, quote: Quote): Record<string, string> | undefined => {
  const reported = new Map<number, Uint8Array>();
  for (const pcr of message.pcr_values ?? []) {
    if (pcr.hash_algo === TpmHashAlgo.TPM_HASH_ALGO_SHA256) reported.set(pcr.index ?? 0, pcr.value ?? new Uint8Array());
  }
  const values: [number, Uint8Array][] = [];
  for (const { algorithm, pcrs } of quote.selections) {
    if (algorithm !== sha256Algorithm && pcrs.length > 0) return undefined;
    for (const index of pcrs) {
      const value = reported.get(index);
      if (value?.length !== 32) return undefined;
      values.push([index, value]);
    }
  }
  if (values.length === 0 || !equal(sha256(Buffer.concat(values.map(([, value]) => value))), quote.pcrDigest))
    return undefined;
  return Object.fromEntries(values.map(([index, value]) => [String(index), toHex(value)]));
};

const versionsOf = (message: ZAttestQuote): Record<string, string> =>
  Object.fromEntries(
    (message.versions ?? [])
      .slice(0, 16)
      .map(({ version_type = 0, version = '' }) => [String(version_type), version.slice(0, 256)]),
  );
