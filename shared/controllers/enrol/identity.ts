import { parseCertificate } from '../../base/certificate.ts';
import type { ApiObject } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import { isPlaceholder } from './name.ts';

/** What a Device says about who it is: the parts of spec and status that enrolment reads. */
export interface Identity {
  readonly uuid: string;
  readonly certificate?: string;
  readonly onboard?: string;
  readonly serial?: string;
  readonly acceptSerialAlone: boolean;
  readonly registration?: Registered;
}

/** `status.registration`: certificates by the hash of their DER, `certificate` also as base64 of PEM. */
interface Registered {
  readonly certificate: string;
  readonly onboard: string;
  readonly serial: string;
  readonly softSerial: string;
  readonly via: string;
}

export const identityOf = (device: ApiObject): Identity => {
  const spec = isMap(device.spec) ? device.spec : {};
  const status = isMap(device.status) ? device.status : {};
  const certificate = textOf(spec.certificate);
  const onboard = textOf(spec.onboard);
  const serial = textOf(spec.serial);
  const registered = status.registration;
  return {
    uuid: (textOf(status.uuid) ?? device.metadata.uid ?? '').toLowerCase(),
    acceptSerialAlone: spec.acceptSerialAlone === true,
    ...(certificate === undefined ? {} : { certificate }),
    ...(onboard === undefined ? {} : { onboard }),
    ...(serial === undefined ? {} : { serial }),
    ...(isMap(registered) ? { registration: toRegistered(registered) } : {}),
  };
};

/**
 * The device certificate that counts, as the object says it. What the user declares beats what registered; a registration counts
 * as long as the object still names what it was let in with, so that an edit takes effect at once.
 */
export const certificateOf = (identity: Identity): string | undefined => {
  if (identity.certificate !== undefined) return identity.certificate;
  const { registration } = identity;
  return registration && stands(identity, registration) ? registration.certificate : undefined;
};

const stands = (identity: Identity, registration: Registered): boolean => {
  const { onboard, serial, acceptSerialAlone } = identity;
  const { via } = registration;
  if (via === 'Certificate' || (via === 'SerialAlone' && !acceptSerialAlone)) return false;
  const named = onboard === undefined ? undefined : parseCertificate(onboard)?.hash;
  if (onboard !== undefined && registration.onboard !== '' && named !== registration.onboard) return false;
  // A number that a user gives a board without one contradicts nothing.
  const shown = [registration.serial, registration.softSerial].filter(each => !isPlaceholder(each));
  return serial === undefined || shown.length === 0 || shown.includes(serial);
};

const toRegistered = (map: Record<string, unknown>): Registered => ({
  certificate: textOf(map.certificate) ?? '',
  onboard: textOf(map.onboard) ?? '',
  serial: textOf(map.serial) ?? '',
  softSerial: textOf(map.softSerial) ?? '',
  via: textOf(map.via) ?? '',
});

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
