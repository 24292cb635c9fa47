import { createHash, sign, timingSafeEqual, verify } from 'node:crypto';
import { decode, encode } from '../../shared/base/protobuf.ts';
import { HashAlgorithm } from '../../shared/eve/generated/common.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { CertificateMiss, Complaint } from './complaint.ts';
import type { DeviceKey } from './keys.ts';
import type { Trust } from './trust.ts';

/**
 * Wraps a message as a device does (eve-device-api §2.1, §2.2). `withCertificate` sends the signer's certificate along, as
 * `register` needs it: base64 text of the PEM file.
 */
export const seal = (payload: Uint8Array, signer: DeviceKey, withCertificate = false): Uint8Array =>
  encode(eve, 'auth.AuthContainer', {
    protectedPayload: { payload },
    algo: HashAlgorithm.HASH_ALGORITHM_SHA256_32BYTES,
    senderCertHash: signer.hash,
    signatureHash: sign('sha256', payload, { key: signer.key, dsaEncoding: 'ieee-p1363' }),
    ...(withCertificate ? { senderCert: base64Text(signer.pem) } : {}),
  });

/** The payload that the controller signed. `trust` absent: not verified, which is how `/certs` is read. */
export const open = (bytes: Uint8Array, trust?: Trust): Uint8Array => {
  const { protectedPayload, algo, senderCertHash, signatureHash } = decode(eve, 'auth.AuthContainer', bytes);
  const payload = protectedPayload?.payload ?? new Uint8Array();
  if (!trust) return payload;
  const length = algo === HashAlgorithm.HASH_ALGORITHM_SHA256_16BYTES ? 16 : 32;
  // Unlike a device, the controller is named by the hash of its certificate's PEM.
  const expected = createHash('sha256').update(trust.signingPem).digest().subarray(0, length);
  if (senderCertHash?.length !== length) throw new Complaint(`senderCertHash is not ${length} bytes long`);
  if (!timingSafeEqual(senderCertHash, expected)) throw new CertificateMiss('signed with an unknown certificate');
  if (signatureHash?.length !== 64) throw new Complaint('the signature is not r‖s of 64 bytes');
  const key = { key: trust.signingKey, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify('sha256', payload, key, signatureHash)) throw new CertificateMiss('the signature does not fit');
  return payload;
};

export const base64Text = (text: string): Uint8Array => Buffer.from(Buffer.from(text).toString('base64'));
