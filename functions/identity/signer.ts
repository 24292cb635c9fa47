import type { Ports } from '../../shared/base/ports.ts';
import type { SignClient } from '../../shared/controllers/certificates.ts';
import { issueCertificate } from '../../shared/pki/issue.ts';
import type { Identity } from './identity.ts';

/** Signs certificates for users with the client authority; none outlives it. */
export const toSigner =
  ({ clientAuthority }: Pick<Identity, 'clientAuthority'>, { random }: Pick<Ports, 'random'>): SignClient =>
  ({ name, publicKey, notBefore, notAfter }) =>
    issueCertificate(
      {
        subject: name,
        publicKey,
        serial: random.bytes(16),
        notBefore,
        notAfter: Math.min(notAfter, Date.parse(clientAuthority.certificate.validTo)),
        usages: ['clientAuth'],
      },
      clientAuthority,
    );
