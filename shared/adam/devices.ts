import { type Certificate, parseCertificate } from '../base/certificate.ts';
import { Fault, isFault } from '../base/fault.ts';
import type { ApiObject } from '../base/object.ts';
import { certificateOf, identityOf } from '../controllers/enrol/identity.ts';
import { namesFor, toName } from '../controllers/enrol/name.ts';
import { uuidOf } from '../resources/eve/deviceuuid.ts';
import { done, json, text } from './answer.ts';
import { certificateField, readTypedObject, textField, toPemField } from './body.ts';
import { devicesIn } from './caller.ts';
import { findDevice, listAll, typeOf } from './find.ts';
import type { AdamRoom, Exchange, Handler } from './room.ts';

/** UUIDs of the Devices whose certificate is known: in Adam a device begins with its certificate. */
export const listDevices: Handler = async ({ room, caller }) => {
  await caller.require('list', devicesIn(room.namespace));
  const uuids: string[] = [];
  for await (const device of listAll(room, typeOf(room, 'devices')))
    if (certificateOf(identityOf(device)) !== undefined) uuids.push(uuidOf(device));
  return text(uuids.join('\n'));
};

export const getDevice: Handler = async ({ room, caller, params }) => {
  const { device } = await findDevice(room, caller, params.uuid ?? '', 'get', devicesIn(room.namespace));
  const identity = identityOf(device);
  const cert = toPemField(certificateOf(identity));
  if (cert === undefined) throw new Fault('NotFound', 'the device has not registered yet');
  const serial = identity.registration?.serial || identity.registration?.softSerial || identity.serial || '';
  return json(JSON.stringify({ Cert: cert, Onboard: await onboardOf(room, device), Serial: serial }));
};

/**
 * Makes a Device that declares its certificate. Adam's answer leaves the client to find out the UUID: here `Location` tells
 * it. Throws AlreadyExists (409) when a Device has the certificate.
 */
export const addDevice: Handler = async exchange => {
  const { room, caller, request } = exchange;
  await caller.require('create', devicesIn(room.namespace));
  const object = await readTypedObject(request);
  const certificate = certificateField(object, 'Cert');
  if (!certificate) throw new Fault('BadRequest', 'Cert is missing');
  const onboard = certificateField(object, 'Onboard');
  const serial = textField(object, 'Serial');
  const type = typeOf(room, 'devices');
  if ((await room.registry.findByTerm(type, `certificate=${certificate.hash}`)).length > 0)
    throw new Fault('AlreadyExists', 'device already registered');
  const spec = {
    certificate: certificate.text,
    ...(onboard && { onboard: onboard.text }),
    ...(serial !== '' && { serial }),
  };
  const device = await createNamed(exchange, serial, certificate, spec);
  return done(201, { location: `/admin/device/${uuidOf(device)}` });
};

export const removeDevice: Handler = async ({ room, caller, params }) => {
  const { device } = await findDevice(room, caller, params.uuid ?? '', 'delete', devicesIn(room.namespace));
  const { namespace, name, uid } = device.metadata;
  const preconditions = uid === undefined ? {} : { preconditions: { uid } };
  await room.registry.delete(typeOf(room, 'devices'), { namespace, name }, { user: caller.user, ...preconditions });
  return done();
};

export const clearDevices: Handler = async ({ room, caller }) => {
  await caller.require('deletecollection', devicesIn(room.namespace));
  const { namespace } = room;
  await room.registry.deleteCollection(typeOf(room, 'devices'), { namespace }, { user: caller.user });
  return done();
};

const createNamed = async (
  { room, caller }: Exchange,
  serial: string,
  { hash }: Certificate,
  spec: ApiObject['spec'] & object,
): Promise<ApiObject> => {
  const { namespace } = room;
  for (const name of namesFor(toName(serial), hash)) {
    const object = { apiVersion: 'eve.lfedge.org/v1beta1', kind: 'Device', metadata: { name, namespace }, spec };
    try {
      return await room.registry.create(typeOf(room, 'devices'), object, { user: caller.user });
    } catch (error) {
      if (!isFault(error, 'AlreadyExists')) throw error;
    }
  }
  throw new Fault('AlreadyExists', 'there is a device of this name');
};

/** The onboarding certificate: as the Device names it, else the one that it registered with, if it still is there. */
const onboardOf = async (room: AdamRoom, device: ApiObject): Promise<string | null> => {
  const { onboard, registration } = identityOf(device);
  if (onboard !== undefined && parseCertificate(onboard)) return toPemField(onboard) ?? null;
  if (!registration?.onboard) return null;
  const found = await room.registry.findByTerm(
    typeOf(room, 'onboardcertificates'),
    `certificate=${registration.onboard}`,
  );
  // Of another namespace's certificate the caller may know nothing.
  const own = found.find(({ metadata }) => metadata.namespace === room.namespace);
  const certificate = own?.spec?.certificate;
  return typeof certificate === 'string' ? (toPemField(certificate) ?? null) : null;
};
