import { X509Certificate } from 'node:crypto';
import { parseCertificate } from '../../base/certificate.ts';
import { isIssuedBy } from '../../base/issued.ts';
import type { ApiObject } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import type { Registry } from '../../kube/registry/registry.ts';
import type { Store } from '../../store/store.ts';
import { createOffers, type Offers } from './offers.ts';
import type { Applicant } from './register.ts';

/** Who lets an unknown device in, and where. */
export interface Sponsor {
  readonly namespace: string;
  readonly via: string;
  /** Whether the serials in the message may be believed: the signer of the message is trusted, or everybody is. */
  readonly vouchesForSerial: boolean;
}

/** `unknown`: nobody knows the certificates. `forbidden`: the onboarding certificate is known, but not for this serial. */
export type FindSponsor = (applicant: Applicant) => Promise<Sponsor | 'unknown' | 'forbidden'>;

/** Finds who lets a device in, among what there is when it is asked. */
export const createFindSponsor = (registry: Registry, store: Store): FindSponsor => {
  const { catalog } = registry;
  const onboarding = createOffers(store, catalog.get(group, 'onboardcertificateauthorities'), toAuthority(true));
  const making = createOffers(store, catalog.get(group, 'devicecertificateauthorities'), toAuthority(false));
  const open = createOffers(store, catalog.get('', 'namespaces'), toOpenNamespace);
  return async applicant => {
    const certificate = await byOnboardCertificate(registry, applicant);
    if (certificate && certificate !== 'forbidden') return certificate;
    return (
      (await byAuthority(onboarding, applicant.onboard.der)) ??
      (await byAuthority(making, applicant.device.der)) ??
      (await open())[0] ??
      certificate ??
      'unknown'
    );
  };
};

const group = 'eve.lfedge.org';

const byOnboardCertificate = async (
  registry: Registry,
  { onboard, serials }: Applicant,
): Promise<Sponsor | 'forbidden' | undefined> => {
  const type = registry.catalog.get(group, 'onboardcertificates');
  const found = (await registry.findByTerm(type, `certificate=${onboard.hash}`)).filter(isLive);
  if (found.length === 0) return undefined;
  const listed = found.find(each => serialsOf(each).some(serial => serials.includes(serial)));
  const chosen = listed ?? found.find(each => serialsOf(each).length === 0);
  return chosen ? toSponsor(chosen, true) : 'forbidden';
};

interface Authority extends Sponsor {
  readonly certificate: X509Certificate;
}

const toAuthority =
  (vouchesForSerial: boolean) =>
  (object: ApiObject): Authority | undefined => {
    const found = parseCertificate(textOf(object, 'certificate') ?? '');
    if (found === undefined || !isLive(object)) return undefined;
    return { ...toSponsor(object, vouchesForSerial), certificate: new X509Certificate(found.der) };
  };

const byAuthority = async (authorities: Offers<Authority>, der: Uint8Array): Promise<Sponsor | undefined> => {
  const all = await authorities();
  if (all.length === 0) return undefined;
  const leaf = new X509Certificate(der);
  return all.find(({ certificate }) => isIssuedBy(leaf, [certificate]));
};

/** A namespace that says so by label or annotation; the first by name when several do. */
const toOpenNamespace = (object: ApiObject): Sponsor | undefined => {
  const { name, labels, annotations } = object.metadata;
  const isOpen = labels?.[openMark] === 'open' || annotations?.[openMark] === 'open';
  return isOpen && isLive(object) ? { namespace: name, via: 'SelfRegistration', vouchesForSerial: true } : undefined;
};

const openMark = 'kubeve.io/self-registration';

const isLive = ({ metadata }: ApiObject): boolean => !metadata.deletionTimestamp;

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
