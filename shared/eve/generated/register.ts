// Written by infra/proto.ts from proto/. Do not edit.
export interface ZRegisterMsg {
  /** @deprecated */
  onBoardKey?: string | undefined;
  pemCert?: Uint8Array | undefined;
  serial?: string | undefined;
  softSerial?: string | undefined;
}
