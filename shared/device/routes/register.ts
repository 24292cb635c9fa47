import { Fault } from '../../base/fault.ts';
import { publicKeyOf, readCertificate } from '../../eve/certs.ts';
import { isHashOf, openEnvelope, verifyEnvelope } from '../../eve/envelope.ts';
import { answer } from '../answer.ts';
import { readBody } from '../body.ts';
import type { Newcomer, Registration } from '../fleet.ts';
import { readMessage } from '../message.ts';
import { defaultLimits, type Endpoint, type Room } from '../room.ts';

/**
 * A device makes itself known: the envelope is signed by the onboarding key, whose certificate it carries, and holds the
 * device certificate. Idempotent: devices send it again and again until `uuid` succeeds, whatever was answered here.
 */
export const register = (room: Room): Endpoint => {
  const limit = room.limits?.registerBytes ?? defaultLimits.registerBytes;
  return async request => {
    const newcomer = await openRegistration(await readBody(request, limit));
    return answerRegistration(room, newcomer);
  };
};

/** Has a newcomer, whose certificate was verified, decided on. */
export const answerRegistration = async ({ fleet, ports }: Room, newcomer: Newcomer): Promise<Response> => {
  const registration = await fleet.register(newcomer);
  ports.log.info('device registers', { serial: newcomer.serial, registration });
  return answer(statuses[registration]);
};

const statuses: Record<Registration, number> = {
  created: 201,
  known: 200,
  conflict: 409,
  unknown: 401,
  forbidden: 403,
};

const openRegistration = async (body: Uint8Array): Promise<Newcomer> => {
  const envelope = openEnvelope(body);
  const onboard = readCertificate(envelope.senderCert);
  if (!onboard) throw new Fault('Invalid', 'senderCert is not a certificate');
  if (!isHashOf(envelope.certHash, onboard.der)) throw new Fault('Unauthorized', 'senderCert is not what was hashed');
  const publicKey = publicKeyOf(onboard.der);
  if (!publicKey) throw new Fault('Invalid', 'senderCert has a key that cannot sign here');
  if (!(await verifyEnvelope(envelope, publicKey))) throw new Fault('Unauthorized', 'the signature is wrong');
  return { onboard: onboard.der, ...readNewcomer(envelope.payload) };
};

/** What `ZRegisterMsg` says. The lengths are those of the validation rules in the protocol. */
export const readNewcomer = (payload: Uint8Array): Omit<Newcomer, 'onboard'> => {
  const { pemCert = new Uint8Array(), serial = '', softSerial = '' } = readMessage('register.ZRegisterMsg', payload);
  if (pemCert.length < 100 || pemCert.length > 10_240) throw new Fault('Invalid', 'pemCert has a wrong length');
  if (serial.length > 256) throw new Fault('Invalid', 'serial is too long');
  if (!/^[a-zA-Z0-9_-]{0,256}$/.test(softSerial)) throw new Fault('Invalid', 'softSerial is malformed');
  const device = readCertificate(pemCert);
  if (!device) throw new Fault('Invalid', 'pemCert is not a certificate');
  if (!publicKeyOf(device.der)) throw new Fault('Invalid', 'pemCert has a key that cannot sign here');
  return { device: device.der, serial, softSerial };
};
