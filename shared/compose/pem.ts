import { fromUtf8, toBase64 } from '../base/bytes.ts';
import { parseCertificate } from '../base/certificate.ts';

/** Certificates as EVE wants them in a configuration: the bytes of a PEM text. Unreadable ones are left out. */
export const toPems = (texts: readonly string[] | undefined): Uint8Array[] =>
  (texts ?? []).flatMap(text => {
    const certificate = parseCertificate(text);
    return certificate ? [fromUtf8(printPem(certificate.der))] : [];
  });

const printPem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${toBase64(der).replace(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
