import { parseCertificate } from '../../base/certificate.ts';
import type { ApiObject, JsonMap } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';

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
export interface Registered {
  readonly certificate: string;
  readonly onboard: string;
  readonly serial: string;
  readonly softSerial: string;
  readonly via: string;
}

export const identityOf = (device: ApiObject): Identity => {
  const spec: JsonMap = isMap(device.spec) ? device.spec : {};
  const status: JsonMap = isMap(device.status) ? device.status : {};
  const certificate = textOf(spec['certificate']);
  const onboard = textOf(spec['onboard']);
  const serial = textOf(spec['serial']);
  const registered = status['registration'];
  return {
    uuid: (textOf(status['uuid']) ?? device.metadata.uid ?? '').toLowerCase(),
    acceptSerialAlone: spec['acceptSerialAlone'] === true,
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

const stands = ({ onboard, serial, acceptSerialAlone }: Identity, registration: Registered): boolean => {
  if (onboard !== undefined && parseCertificate(onboard)?.hash !== registration.onboard) return false;
  if (registration.via === 'SerialAlone' && !acceptSerialAlone) return false;
  return serial === undefined || serial === registration.serial || serial === registration.softSerial;
};

const toRegistered = (map: JsonMap): Registered => ({
  certificate: textOf(map['certificate']) ?? '',
  onboard: textOf(map['onboard']) ?? '',
  serial: textOf(map['serial']) ?? '',
  softSerial: textOf(map['softSerial']) ?? '',
  via: textOf(map['via']) ?? '',
});

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
