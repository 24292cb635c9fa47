import * as z from 'zod';
import { certificateKind } from './certificates.ts';

export const onboardCertificate = certificateKind({
  kind: 'OnboardCertificate',
  plural: 'onboardcertificates',
  shortNames: ['onboard'],
  description: 'Any device that presents this onboarding certificate may register itself in the namespace.',
  certificate: 'The onboarding certificate, base64 of PEM.',
  more: () => ({
    serials: z
      .array(z.string().min(1).max(256))
      .max(10_000)
      .optional()
      .describe('Serial numbers that may register with it; empty means any.'),
  }),
});
