// Written by infra/proto.ts from proto/. Do not edit.
import type * as common from './common.ts';

export interface AuthBody {
  payload?: Uint8Array | undefined;
}

export interface AuthContainer {
  protectedPayload?: AuthBody | undefined;
  algo?: common.HashAlgorithm | undefined;
  senderCertHash?: Uint8Array | undefined;
  signatureHash?: Uint8Array | undefined;
  senderCert?: Uint8Array | undefined;
  cipherContext?: common.CipherContext | undefined;
  cipherData?: common.CipherBlock | undefined;
}
