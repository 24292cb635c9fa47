import { Buffer } from 'node:buffer';
import { verify, X509Certificate } from 'node:crypto';
import { equal, fromBase64, sha256, toBase64, toHex } from '../../base/bytes.ts';
import { decode } from '../../base/protobuf.ts';
import { readCertificate } from '../../eve/certs.ts';
import {
  TpmHashAlgo,
  type ZAttestQuote,
  type ZAttestResponse,
  ZAttestResponseCode,
  ZAttestRespType,
} from '../../eve/generated/attest.ts';
import { ZCertType } from '../../eve/generated/certs.ts';
import { eve } from '../../eve/generated/table.ts';
import { type Attested, type Known, nothingKnown } from '../../eve/known.ts';
import { parseQuote, type Quote, sha256Algorithm } from '../../eve/quote.ts';
import type { Member } from '../fleet.ts';
import type { Room } from '../room.ts';
import type { DeviceState } from '../state.ts';

/**
 * Judges what a device's TPM says about its boot: signed by the attestation key that the device told, over the nonce that it
 * was given, with a digest that is the one of the reported PCRs, and good by the operator's policy. Then it gets a new
 * integrity token and its escrowed keys. A device without a TPM (no attestation certificate) sends no quote and gets
 * a token alone.
 */
export const judgeQuote = async (
  room: Room,
  state: DeviceState,
  member: Member,
  quote: ZAttestQuote,
): Promise<ZAttestResponse> => {
  const result = judge(await takeNonce(state, member), quote, room.ports.clock.now());
  if (typeof result === 'number') return toResponse(result);
  if (!((await room.policy?.accepts?.(member, result)) ?? true)) {
    return toResponse(ZAttestResponseCode.Z_ATTEST_RESPONSE_CODE_QUOTE_FAILED);
  }
  const token = room.ports.random.bytes(32);
  const known = await state.update(member, now => ({ ...now, token: toBase64(token), attested: result }));
  const keys = result.tpm ? (known.keys[0]?.keys ?? []) : [];
  return toResponse(ZAttestResponseCode.Z_ATTEST_RESPONSE_CODE_SUCCESS, {
    integrity_token: token,
    keys: keys.map(key => decode(eve, 'attest.AttestVolumeKey', fromBase64(key))),
  });
};

const toResponse = (
  response: number,
  more: { integrity_token?: Uint8Array; keys?: object[] } = {},
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

/** A code of refusal, or what was attested. */
const judge = (known: Known, message: ZAttestQuote, now: number): Attested | number => {
  const { attestData = new Uint8Array(), signature = new Uint8Array() } = message;
  const keys = attestationKeys(known);
  const versions = versionsOf(message);
  if (attestData.length === 0 && signature.length === 0) {
    // A device that told an attestation certificate has a TPM: it may not fall back to saying nothing.
    return keys.length === 0 ? { at: now, tpm: false, pcrs: {}, versions } : code.QUOTE_FAILED;
  }
  if (keys.length === 0) return code.NO_CERT_FOUND;
  if (!keys.some(key => isSignedBy(attestData, signature, key))) return code.QUOTE_FAILED;
  const quote = parse(attestData);
  if (!quote) return code.QUOTE_FAILED;
  if (!isFresh(known, quote, now)) return code.NONCE_MISMATCH;
  const pcrs = quotedPcrs(message, quote);
  return pcrs === undefined ? code.QUOTE_FAILED : { at: now, tpm: true, pcrs, versions };
};

const code = {
  NONCE_MISMATCH: ZAttestResponseCode.Z_ATTEST_RESPONSE_CODE_NONCE_MISMATCH,
  NO_CERT_FOUND: ZAttestResponseCode.Z_ATTEST_RESPONSE_CODE_NO_CERT_FOUND,
  QUOTE_FAILED: ZAttestResponseCode.Z_ATTEST_RESPONSE_CODE_QUOTE_FAILED,
};

const attestationKeys = (known: Known): X509Certificate[] =>
  known.certificates.flatMap(cert => {
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
