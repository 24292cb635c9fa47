// Written by infra/proto.ts from proto/. Do not edit.
import type * as certs from './certs.ts';

export interface ZAttestReq {
  reqType?: ZAttestReqType | undefined;
  quote?: ZAttestQuote | undefined;
  certs?: certs.ZCert[] | undefined;
  storage_keys?: AttestStorageKeys | undefined;
}

export interface ZAttestResponse {
  respType?: ZAttestRespType | undefined;
  nonce?: ZAttestNonceResp | undefined;
  quoteResp?: ZAttestQuoteResp | undefined;
  storage_keys_resp?: AttestStorageKeysResp | undefined;
}

export interface ZAttestNonceResp {
  nonce?: Uint8Array | undefined;
}

export interface TpmEventDigest {
  hash_algo?: TpmHashAlgo | undefined;
  digest?: Uint8Array | undefined;
}

export interface TpmEventLogEntry {
  index?: number | undefined;
  pcr_index?: number | undefined;
  event_type?: number | undefined;
  digest?: TpmEventDigest | undefined;
  event_data_binary?: Uint8Array | undefined;
  event_data_string?: string | undefined;
  event_binary_size?: number | undefined;
}

export interface AttestGPSCoordinates {
  gps_input?: AttestGPSInput | undefined;
  latitude?: number | undefined;
  longitude?: number | undefined;
}

export interface AttestVersionInfo {
  version_type?: AttestVersionType | undefined;
  version?: string | undefined;
}

export interface TpmPCRValue {
  index?: number | undefined;
  hash_algo?: TpmHashAlgo | undefined;
  value?: Uint8Array | undefined;
}

export interface ZAttestQuote {
  attestData?: Uint8Array | undefined;
  signature?: Uint8Array | undefined;
  pcr_values?: TpmPCRValue[] | undefined;
  /** @deprecated */
  event_log?: TpmEventLogEntry[] | undefined;
  versions?: AttestVersionInfo[] | undefined;
  gps_info?: AttestGPSCoordinates | undefined;
  tpm_binary_event_log?: Uint8Array | undefined;
}

export interface AttestVolumeKey {
  key_type?: AttestVolumeKeyType | undefined;
  key?: Uint8Array | undefined;
  has_policy_pcr_list?: boolean | undefined;
  policy_pcr_list?: AttestPolicyPcrList | undefined;
}

export interface ZAttestQuoteResp {
  response?: ZAttestResponseCode | undefined;
  integrity_token?: Uint8Array | undefined;
  keys?: AttestVolumeKey[] | undefined;
}

export interface AttestStorageKeys {
  integrity_token?: Uint8Array | undefined;
  keys?: AttestVolumeKey[] | undefined;
}

export interface AttestStorageKeysResp {
  response?: AttestStorageKeysResponseCode | undefined;
}

export interface AttestPolicyPcrList {
  pcr_indices?: number[] | undefined;
  policy_id?: number | undefined;
}

export interface AttestVolumeKeyData {
  encrypted_key?: Uint8Array | undefined;
  digest_sha256?: Uint8Array | undefined;
  version?: AttestVolumeKeyVersion | undefined;
}

export const ZAttestReqType = {
  ATTEST_REQ_NONE: 0,
  ATTEST_REQ_CERT: 1,
  ATTEST_REQ_NONCE: 2,
  ATTEST_REQ_QUOTE: 3,
  Z_ATTEST_REQ_TYPE_STORE_KEYS: 4,
} as const;
export type ZAttestReqType = number;

export const ZAttestRespType = {
  ATTEST_RESP_NONE: 0,
  ATTEST_RESP_CERT: 1,
  ATTEST_RESP_NONCE: 2,
  ATTEST_RESP_QUOTE_RESP: 3,
  Z_ATTEST_RESP_TYPE_STORE_KEYS: 4,
} as const;
export type ZAttestRespType = number;

export const TpmHashAlgo = {
  TPM_HASH_ALGO_INVALID: 0,
  TPM_HASH_ALGO_SHA1: 1,
  TPM_HASH_ALGO_SHA256: 2,
  TPM_HASH_ALGO_SHA512: 3,
} as const;
export type TpmHashAlgo = number;

export const AttestGPSInput = {
  ATTEST_GPS_INPUT_INVALID: 0,
  ATTEST_GPS_INPUT_PRESENT: 1,
  ATTEST_GPS_INPUT_ABSENT: 2,
} as const;
export type AttestGPSInput = number;

export const AttestVersionType = {
  ATTEST_VERSION_TYPE_INVALID: 0,
  ATTEST_VERSION_TYPE_EVE: 1,
  ATTEST_VERSION_TYPE_FIRMWARE: 2,
  ATTEST_VERSION_TYPE_EVE_ORIGIN: 3,
} as const;
export type AttestVersionType = number;

export const ZAttestResponseCode = {
  Z_ATTEST_RESPONSE_CODE_INVALID: 0,
  Z_ATTEST_RESPONSE_CODE_SUCCESS: 1,
  Z_ATTEST_RESPONSE_CODE_NONCE_MISMATCH: 2,
  Z_ATTEST_RESPONSE_CODE_NO_CERT_FOUND: 3,
  Z_ATTEST_RESPONSE_CODE_QUOTE_FAILED: 4,
} as const;
export type ZAttestResponseCode = number;

export const AttestVolumeKeyType = {
  ATTEST_VOLUME_KEY_TYPE_INVALID: 0,
  ATTEST_VOLUME_KEY_TYPE_VSK: 1,
} as const;
export type AttestVolumeKeyType = number;

export const AttestVolumeKeyVersion = {
  ATTEST_VOLUME_KEY_VERSION_LEGACY: 0,
  ATTEST_VOLUME_KEY_VERSION_V1: 1,
} as const;
export type AttestVolumeKeyVersion = number;

export const AttestStorageKeysResponseCode = {
  ATTEST_STORAGE_KEYS_RESPONSE_CODE_INVALID: 0,
  ATTEST_STORAGE_KEYS_RESPONSE_CODE_SUCCESS: 1,
  ATTEST_STORAGE_KEYS_RESPONSE_CODE_ITOKEN_MISMATCH: 2,
} as const;
export type AttestStorageKeysResponseCode = number;
