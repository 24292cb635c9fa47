import { certificateKind } from './certificates.ts';

export const deviceCertificateAuthority = certificateKind({
  kind: 'DeviceCertificateAuthority',
  plural: 'devicecertificateauthorities',
  shortNames: ['deviceca'],
  description: 'Any device whose device certificate was signed by this authority may register itself in the namespace.',
  certificate: 'Certificate of the authority, base64 of PEM.',
});
