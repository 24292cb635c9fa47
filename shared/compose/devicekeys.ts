import { type KeyObject, X509Certificate } from 'node:crypto';
import { fromBase64 } from '../base/bytes.ts';
import { decodeKnown, exchangeCertificate } from '../eve/known.ts';

/** The certificate that secrets for a device are encrypted to. */
export interface DeviceKeys {
  /** PEM as the device sent it. */
  readonly certificate: Uint8Array;
  /** Its `certHash` as the device gave it. */
  readonly certHash: Uint8Array;
  publicKey(): KeyObject;
}

/** Reads an entry of store type `devices`; undefined until the device has sent such a certificate. */
export const toDeviceKeys = (value: Uint8Array): DeviceKeys | undefined => {
  const known = exchangeCertificate(decodeKnown(value));
  if (!known) return undefined;
  const certificate = fromBase64(known.pem);
  return {
    certificate,
    certHash: fromBase64(known.hash),
    publicKey: () => new X509Certificate(certificate).publicKey,
  };
};
