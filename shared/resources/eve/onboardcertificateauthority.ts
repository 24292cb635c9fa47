import { certificateKind } from './certificates.ts';

export const onboardCertificateAuthority = certificateKind({
  kind: 'OnboardCertificateAuthority',
  plural: 'onboardcertificateauthorities',
  shortNames: ['onboardca'],
  description:
    'Any device whose onboarding certificate was signed by this authority may register itself in the namespace.',
  certificate: 'Certificate of the authority, base64 of PEM.',
});
