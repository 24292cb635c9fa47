import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { der } from '../../shared/pki/der.ts';
import { toPem } from '../../shared/pki/issue.ts';

const oids = { CN: '2.5.4.3', O: '2.5.4.10' };

/** A request for a certificate, PKCS #10 in PEM, with the key that it is for. */
export const makeRequest = (
  subject: readonly (readonly ['CN' | 'O', string])[],
  options: { key?: KeyObject; signWith?: KeyObject } = {},
): { pem: string; keyPem: string } => {
  const key = options.key ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const keyPem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const spki = createPublicKey(keyPem).export({ type: 'spki', format: 'der' });
  const name = der.sequence(
    ...subject.map(([type, text]) => der.set(der.sequence(der.oid(oids[type]), der.utf8(text)))),
  );
  const info = der.sequence(der.integer(Uint8Array.of(0)), name, spki, der.explicit(0));
  const signer = options.signWith ?? key;
  const isRsa = signer.asymmetricKeyType === 'rsa';
  const algorithm = der.sequence(der.oid(isRsa ? '1.2.840.113549.1.1.11' : '1.2.840.10045.4.3.2'));
  const whole = der.sequence(info, algorithm, der.bits(sign('sha256', info, signer)));
  return { pem: toPem('CERTIFICATE REQUEST', whole), keyPem };
};
