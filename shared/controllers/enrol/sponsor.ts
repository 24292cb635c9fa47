import { X509Certificate } from 'node:crypto';
import { parseCertificate } from '../../base/certificate.ts';
import { isIssuedBy } from '../../base/issued.ts';
import type { ApiObject } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import type { EnrolParts } from '../enrol.ts';
import type { Applicant } from './register.ts';

/** Who lets an unknown device in, and where. */
export interface Sponsor {
  readonly namespace: string;
  readonly via: string;
  /** Whether the serials in the message may be believed: the signer of the message is trusted, or everybody is. */
  readonly vouchesForSerial: boolean;
}

/** `unknown`: nobody knows the certificates. `forbidden`: the onboarding certificate is known, but not for this serial. */
export const sponsorOf = async (
  parts: EnrolParts,
  applicant: Applicant,
): Promise<Sponsor | 'unknown' | 'forbidden'> => {
  const certificate = await byOnboardCertificate(parts, applicant);
  if (certificate && certificate !== 'forbidden') return certificate;
  return (
    (await byAuthority(parts, 'onboardcertificateauthorities', applicant.onboard.der, true)) ??
    (await byAuthority(parts, 'devicecertificateauthorities', applicant.device.der, false)) ??
    (await byOpenNamespace(parts)) ??
    certificate ??
    'unknown'
  );
};

const group = 'eve.lfedge.org';

const byOnboardCertificate = async (
  { registry }: EnrolParts,
  { onboard, serials }: Applicant,
): Promise<Sponsor | 'forbidden' | undefined> => {
  const type = registry.catalog.get(group, 'onboardcertificates');
  const found = live(await registry.findByTerm(type, `certificate=${onboard.hash}`));
  if (found.length === 0) return undefined;
  const listed = found.find(each => serialsOf(each).some(serial => serials.includes(serial)));
  const chosen = listed ?? found.find(each => serialsOf(each).length === 0);
  return chosen ? toSponsor(chosen, true) : 'forbidden';
};

const byAuthority = async (
  { registry }: EnrolParts,
  plural: string,
  der: Uint8Array,
  vouchesForSerial: boolean,
): Promise<Sponsor | undefined> => {
  const { items } = await registry.list(registry.catalog.get(group, plural));
  if (items.length === 0) return undefined;
  const leaf = new X509Certificate(der);
  const chosen = live(items).find(item => {
    const authority = parseCertificate(textOf(item, 'certificate') ?? '');
    return authority !== undefined && isIssuedBy(leaf, [new X509Certificate(authority.der)]);
  });
  return chosen && toSponsor(chosen, vouchesForSerial);
};

/** Namespaces that say so by label or annotation; the first by name when several do. */
const byOpenNamespace = async ({ registry }: EnrolParts): Promise<Sponsor | undefined> => {
  const type = registry.catalog.byResource('', 'v1', 'namespaces');
  if (!type) return undefined;
  const { items } = await registry.list(type);
  const open = live(items).find(
    ({ metadata }) => metadata.labels?.[openMark] === 'open' || metadata.annotations?.[openMark] === 'open',
  );
  return open && { namespace: open.metadata.name, via: 'SelfRegistration', vouchesForSerial: true };
};

const openMark = 'kubeve.io/self-registration';

/** Those that are not being deleted, in order of namespace and name. */
const live = (objects: readonly ApiObject[]): ApiObject[] => objects.filter(each => !each.metadata.deletionTimestamp);

const toSponsor = ({ kind, metadata }: ApiObject, vouchesForSerial: boolean): Sponsor => ({
  namespace: metadata.namespace ?? '',
  via: `${kind} ${metadata.namespace}/${metadata.name}`,
  vouchesForSerial,
});

const serialsOf = (object: ApiObject): string[] => {
  const list = isMap(object.spec) ? object.spec.serials : undefined;
  return Array.isArray(list) ? list.filter(item => typeof item === 'string') : [];
};

const textOf = (object: ApiObject, field: string): string | undefined => {
  const value = isMap(object.spec) ? object.spec[field] : undefined;
  return typeof value === 'string' ? value : undefined;
};
