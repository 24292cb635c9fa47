import { X509Certificate } from 'node:crypto';
import { sha256, toHex } from '../../base/bytes.ts';
import { parseCertificate } from '../../base/certificate.ts';
import { isFault } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import type { Newcomer, Registration } from '../../device/fleet.ts';
import { controllerUser } from '../../kube/access/user.ts';
import type { ResourceType } from '../../kube/resource.ts';
import type { EnrolParts } from '../enrol.ts';
import { certificateOf, identityOf } from './identity.ts';
import { isPlaceholder, namesFor, toName } from './name.ts';
import { type Entry, record } from './record.ts';
import type { Sponsor } from './sponsor.ts';

/**
 * Decides on a registration, in the order of the design (Device by certificate, Device by serial, OnboardCertificate, the two
 * authorities, open namespaces); the first that matches decides, and what it decides on is what the signature covers.
 */
export const enrol = async (parts: EnrolParts, type: ResourceType, newcomer: Newcomer): Promise<Registration> => {
  const applicant = toApplicant(parts, newcomer);
  return (
    (await byCertificate(parts, type, applicant)) ??
    (await bySerial(parts, type, applicant)) ??
    (await bySponsor(parts, type, applicant))
  );
};

/** The newcomer with its hashes. */
export interface Applicant {
  readonly device: { readonly der: Uint8Array; readonly hash: string };
  readonly onboard: { readonly der: Uint8Array; readonly hash: string };
  /** Serial and soft serial as sent, without empty ones. */
  readonly serials: readonly string[];
  readonly newcomer: Newcomer;
  readonly now: number;
}

const toApplicant = ({ clock }: EnrolParts, newcomer: Newcomer): Applicant => ({
  device: { der: newcomer.device, hash: toHex(sha256(newcomer.device)) },
  onboard: { der: newcomer.onboard, hash: toHex(sha256(newcomer.onboard)) },
  serials: [newcomer.serial, newcomer.softSerial].filter(serial => serial !== ''),
  newcomer,
  now: clock.now(),
});

/**
 * A Device that has this certificate. When a user declared it, nothing else of the message is believed: whoever signed
 * it need not be the device.
 */
const byCertificate = async ({ registry }: EnrolParts, type: ResourceType, applicant: Applicant) => {
  const { der, hash } = applicant.device;
  for (const device of inOrder(await registry.findByTerm(type, `certificate=${hash}`))) {
    const text = certificateOf(identityOf(device));
    if (text === undefined || parseCertificate(text)?.hash !== hash) continue;
    const result = await record(registry, type, device, { der, hash, via: 'Certificate', at: applicant.now });
    if (result !== 'conflict') return result;
  }
  return undefined;
};

/** A Device that names the onboarding certificate and the serial, or one of them where that is all it names. */
const bySerial = async (parts: EnrolParts, type: ResourceType, applicant: Applicant) => {
  const { registry, store } = parts;
  let isTaken = false;
  for (const serial of applicant.serials) {
    for (const device of inOrder(await registry.findByTerm(type, `serial=${serial}`))) {
      const via = claimOf(device, applicant);
      if (via === undefined) continue;
      const result = await record(registry, type, device, toEntry(applicant, via));
      if (result !== 'conflict') return result;
      isTaken = true;
    }
  }
  const keys = await store.find(type.storage, `onboard=${applicant.onboard.hash}`);
  // Certificates that name one device are named by few; those shared by many go with serials.
  const devices = keys.length > maxOnboard ? [] : await registry.findByTerm(type, `onboard=${applicant.onboard.hash}`);
  for (const device of inOrder(devices)) {
    const { serial, onboard } = identityOf(device);
    if (serial !== undefined || parseCertificate(onboard ?? '')?.hash !== applicant.onboard.hash) continue;
    const result = await record(registry, type, device, toEntry(applicant, 'Onboard'));
    if (result !== 'conflict') return result;
  }
  return isTaken ? ('conflict' as const) : undefined;
};

const maxOnboard = 256;

/** Why the Device may be this one's: what its spec names, or the very onboarding certificate it registered with. */
const claimOf = (device: ApiObject, { onboard }: Applicant): string | undefined => {
  const identity = identityOf(device);
  if (identity.onboard !== undefined) {
    return parseCertificate(identity.onboard)?.hash === onboard.hash ? 'OnboardAndSerial' : undefined;
  }
  if (identity.acceptSerialAlone) return 'SerialAlone';
  return identity.registration?.onboard === onboard.hash ? identity.registration.via : undefined;
};

const toEntry = ({ device, onboard, newcomer, now }: Applicant, via: string): Entry => ({
  der: device.der,
  hash: device.hash,
  onboard: onboard.hash,
  serial: newcomer.serial,
  softSerial: newcomer.softSerial,
  via,
  at: now,
});

/** Whoever lets unknown devices in makes a new Device for this one. */
const bySponsor = async (parts: EnrolParts, type: ResourceType, applicant: Applicant): Promise<Registration> => {
  const sponsor = await parts.findSponsor(applicant);
  if (typeof sponsor === 'string') return sponsor;
  const { registry } = parts;
  const device = await adopt(parts, type, applicant, sponsor);
  if (!device) return 'conflict';
  const entry = toEntry(applicant, sponsor.via);
  // An authority for device certificates vouches for the certificate alone, not for who sent it along with which serial.
  const { onboard: _, serial: __, softSerial: ___, ...certificateOnly } = entry;
  return record(registry, type, device, sponsor.vouchesForSerial ? entry : certificateOnly);
};

/** The Device made for this certificate: a new one, or the one that an earlier attempt made and did not get to bind. */
const adopt = async (
  { registry, log }: EnrolParts,
  type: ResourceType,
  applicant: Applicant,
  sponsor: Sponsor,
): Promise<ApiObject | undefined> => {
  const { hash, der } = applicant.device;
  const serial = sponsor.vouchesForSerial ? applicant.serials.find(each => !isPlaceholder(each)) : undefined;
  const wanted = sponsor.vouchesForSerial ? serial && toName(serial) : toName(commonName(der));
  for (const name of namesFor(wanted, hash)) {
    const ref = { namespace: sponsor.namespace, name };
    const metadata = { ...ref, annotations: { [certificateAnnotation]: hash } };
    const { apiVersion, kind } = { apiVersion: `${type.group}/${type.version}`, kind: type.kind };
    const draft = { apiVersion, kind, metadata, spec: serial === undefined ? {} : { serial } };
    try {
      const device = await registry.create(type, draft, { user: controllerUser });
      log.info('device enrolled', { device: `${ref.namespace}/${name}`, via: sponsor.via });
      return device;
    } catch (error) {
      if (!isFault(error, 'AlreadyExists')) throw error;
    }
    const other = await registry.find(type, ref);
    if (other?.metadata.annotations?.[certificateAnnotation] === hash) return other;
  }
  return undefined;
};

/** On Devices that registered themselves: for which certificate they were made. */
const certificateAnnotation = 'kubeve.io/device-certificate';

const commonName = (der: Uint8Array): string => {
  // Node leaves an empty subject undefined, whatever the type says.
  const subject = new X509Certificate(der).subject as string | undefined;
  const line = subject?.split('\n').find(part => part.startsWith('serialNumber=') || part.startsWith('CN='));
  return line?.slice(line.indexOf('=') + 1) ?? '';
};

/** The elder first, so that everybody decides alike. */
const inOrder = (devices: readonly ApiObject[]): ApiObject[] => {
  const age = ({ metadata }: ApiObject) => `${metadata.creationTimestamp ?? ''} ${metadata.uid ?? ''}`;
  return [...devices].sort((a, b) => (age(a) < age(b) ? -1 : 1));
};
