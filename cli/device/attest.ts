import { createHash } from 'node:crypto';
import {
  AttestStorageKeysResponseCode,
  AttestVersionType,
  type AttestVolumeKey,
  AttestVolumeKeyType,
  ZAttestReqType,
  ZAttestResponseCode,
  ZAttestRespType,
} from '../../shared/eve/generated/attest.ts';
import { type ZCert, ZCertType } from '../../shared/eve/generated/certs.ts';
import { HashAlgorithm } from '../../shared/eve/generated/common.ts';
import { AttestationState } from '../../shared/eve/generated/info.ts';
import { Complaint } from './complaint.ts';
import type { DeviceKey, DeviceKeys } from './keys.ts';
import { certHashOf } from './secrets.ts';
import type { Session } from './session.ts';
import { type Boot, quote } from './tpm.ts';

export interface Attested {
  readonly state: number;
  readonly integrityToken: Uint8Array;
  /** The keys that the controller gave back. */
  readonly escrowed: readonly AttestVolumeKey[];
}

/** Sends the device's certificates (eve-device-api §4.2): before anything can be encrypted to it. */
export const sendCertificates = async (
  session: Session,
  uuid: string,
  keys: DeviceKeys,
  tpm: boolean,
): Promise<void> => {
  const certs = [toCert(keys.ecdh, ZCertType.CERT_TYPE_DEVICE_ECDH_EXCHANGE)];
  if (tpm) certs.push(toCert(keys.attestation, ZCertType.CERT_TYPE_DEVICE_RESTRICTED_SIGNING));
  const { status } = await session.attest(uuid, { reqType: ZAttestReqType.ATTEST_REQ_CERT, certs });
  if (status !== 200 && status !== 201)
    throw new Complaint(`the certificates were refused with ${status}: EVE goes into maintenance mode`);
};

/** Nonce, quote and, with a TPM, the escrow of the vault's key. Throws a Complaint when it does not end well. */
export const attest = async (
  session: Session,
  uuid: string,
  keys: DeviceKeys,
  about: { tpm: boolean; eveVersion: string; boot: Boot },
): Promise<Attested> => {
  const nonce = await askNonce(session, uuid);
  const versions = [{ version_type: AttestVersionType.ATTEST_VERSION_TYPE_EVE, version: about.eveVersion }];
  const measured = about.tpm ? quote(nonce, keys.attestation, about.boot) : {};
  const { message } = await session.attest(uuid, {
    reqType: ZAttestReqType.ATTEST_REQ_QUOTE,
    quote: { ...measured, versions },
  });
  const { response, integrity_token: integrityToken, keys: escrowed = [] } = message?.quoteResp ?? {};
  if (response !== ZAttestResponseCode.Z_ATTEST_RESPONSE_CODE_SUCCESS)
    throw new Complaint(`the quote was answered with code ${response ?? 0}: no configuration before a good one`);
  if (!integrityToken?.length) throw new Complaint('no integrity token with SUCCESS');
  if (about.tpm && escrowed.length === 0) await escrow(session, uuid, keys.device, integrityToken);
  return { state: AttestationState.ATTESTATION_STATE_COMPLETE, integrityToken, escrowed };
};

const askNonce = async (session: Session, uuid: string): Promise<Uint8Array> => {
  const { status, message } = await session.attest(uuid, { reqType: ZAttestReqType.ATTEST_REQ_NONCE });
  if (message?.respType !== ZAttestRespType.ATTEST_RESP_NONCE) throw new Complaint(`no nonce (status ${status})`);
  const nonce = message.nonce?.nonce ?? new Uint8Array();
  if (nonce.length < 12 || nonce.length > 32)
    throw new Complaint(`a nonce of ${nonce.length} bytes: the quote would fail`);
  return nonce;
};

const escrow = async (session: Session, uuid: string, device: DeviceKey, token: Uint8Array): Promise<void> => {
  // The blob is opaque to the controller; what it means is between the TPM and the vault.
  const key = createHash('sha512').update(device.hash).digest();
  const storage_keys = {
    integrity_token: token,
    keys: [{ key_type: AttestVolumeKeyType.ATTEST_VOLUME_KEY_TYPE_VSK, key }],
  };
  const { message } = await session.attest(uuid, {
    reqType: ZAttestReqType.Z_ATTEST_REQ_TYPE_STORE_KEYS,
    storage_keys,
  });
  const code = message?.storage_keys_resp?.response;
  if (code !== AttestStorageKeysResponseCode.ATTEST_STORAGE_KEYS_RESPONSE_CODE_SUCCESS)
    throw new Complaint(`the escrowed key was answered with code ${code ?? 0}`);
};

const toCert = (key: DeviceKey, type: number): ZCert => ({
  hashAlgo: HashAlgorithm.HASH_ALGORITHM_SHA256_16BYTES,
  certHash: certHashOf(key.pem),
  type,
  cert: Buffer.from(key.pem),
});
