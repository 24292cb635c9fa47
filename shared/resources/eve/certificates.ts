import * as z from 'zod';
import { parseCertificate } from '../../base/certificate.ts';
import type { ApiObject } from '../../base/object.ts';
import { ageColumn, defineResource, type Resource } from '../define.ts';
import { checkCertificate, eve } from './fields.ts';

interface Certified {
  certificate: string;
}

/** A kind that says whom to trust by one certificate; found by the index term `certificate=<hex SHA-256 of the DER>`. */
export const certificateKind = (what: {
  kind: string;
  plural: string;
  shortNames: string[];
  description: string;
  certificate: string;
  more?: () => z.ZodRawShape;
}): Resource =>
  defineResource(
    {
      ...eve,
      kind: what.kind,
      plural: what.plural,
      shortNames: what.shortNames,
      categories: ['eve'],
      scope: 'Namespaced',
      description: what.description,
      spec: () => z.object({ certificate: z.string().min(1).max(65536).describe(what.certificate), ...what.more?.() }),
      required: ['spec'],
    },
    {
      columns: [{ name: 'SHA256', type: 'string', description: 'Fingerprint.', value: fingerprint }, ageColumn],
      validate: object => checkCertificate(textOf(object), ['spec', 'certificate']),
      terms: object => {
        const hash = parseCertificate(textOf(object) ?? '')?.hash;
        return hash === undefined ? [] : [`certificate=${hash}`];
      },
    },
  );

// The registry validates every object against the schema above, which requires the certificate.
const textOf = (object: ApiObject): string | undefined => (object.spec as Partial<Certified> | undefined)?.certificate;

const fingerprint = (object: ApiObject): string | undefined =>
  parseCertificate(textOf(object) ?? '')?.hash.slice(0, 16);
