// Written by infra/proto.ts from proto/. Do not edit.
import type * as common from './common.ts';

export interface ZControllerCert {
  certs?: ZCert[] | undefined;
}

export interface ZCertMetaData {
  type?: ZCertMetaDataType | undefined;
  meta_data?: Uint8Array | undefined;
}

export interface ZCert {
  hashAlgo?: common.HashAlgorithm | undefined;
  certHash?: Uint8Array | undefined;
  type?: ZCertType | undefined;
  cert?: Uint8Array | undefined;
  attributes?: ZCertAttr | undefined;
  meta_data_items?: ZCertMetaData[] | undefined;
}

export interface ZCertAttr {
  is_mutable?: boolean | undefined;
  is_tpm?: boolean | undefined;
}

export const ZCertMetaDataType = {
  Z_CERT_META_DATA_TYPE_INVALID: 0,
  Z_CERT_META_DATA_TYPE_TPM2_PUBLIC: 1,
} as const;
export type ZCertMetaDataType = number;

export const ZCertType = {
  CERT_TYPE_CONTROLLER_NONE: 0,
  CERT_TYPE_CONTROLLER_SIGNING: 1,
  CERT_TYPE_CONTROLLER_INTERMEDIATE: 2,
  CERT_TYPE_CONTROLLER_ECDH_EXCHANGE: 3,
  CERT_TYPE_DEVICE_ONBOARDING: 10,
  CERT_TYPE_DEVICE_RESTRICTED_SIGNING: 11,
  CERT_TYPE_DEVICE_ENDORSEMENT_RSA: 12,
  CERT_TYPE_DEVICE_ECDH_EXCHANGE: 13,
} as const;
export type ZCertType = number;
