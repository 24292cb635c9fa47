import { X509Certificate } from 'node:crypto';
import { parseCertificate } from '../base/certificate.ts';
import { Fault, isFault } from '../base/fault.ts';
import type { ApiObject } from '../base/object.ts';
import { namesFor, toName } from '../controllers/enrol/name.ts';
import { done, json, text } from './answer.ts';
import { certificateField, readTypedObject, textField, toPemField } from './body.ts';
import { onboardsIn } from './caller.ts';
import { listAll, typeOf } from './find.ts';
import type { AdamRoom, Exchange, Handler } from './room.ts';

/** Common names of the onboarding certificates. */
export const listOnboards: Handler = async ({ room, caller }) => {
  await caller.require('list', onboardsIn(room.namespace));
  const names = new Set<string>();
  for await (const object of listAll(room, typeOf(room, plural))) names.add(commonName(object));
  return text([...names].join('\n'));
};

export const getOnboard: Handler = async exchange => {
  const object = await findOnboard(exchange, 'get');
  return json(JSON.stringify({ Cert: toPemField(certificateOf(object)) ?? '', Serial: serialsOf(object) }));
};

/** Adds a certificate, or replaces the serial numbers of one that is there. */
export const addOnboard: Handler = async exchange => {
  const { room, caller, request } = exchange;
  // What is there already is changed: both are needed, so that the answer does not tell which it is.
  await caller.require('create', onboardsIn(room.namespace));
  await caller.require('update', onboardsIn(room.namespace));
  const object = await readTypedObject(request);
  const certificate = certificateField(object, 'Cert');
  if (!certificate) throw new Fault('BadRequest', 'Cert is missing');
  const serials = readSerials(textField(object, 'Serial'));
  const spec = { certificate: certificate.text, ...(serials.length > 0 && { serials }) };
  const found = await ofCertificate(room, certificate.hash);
  if (found) await replace(exchange, found, spec);
  else await createNamed(exchange, certificate.hash, certificate.text, spec);
  return done(201);
};

export const removeOnboard: Handler = async exchange => {
  const { room, caller } = exchange;
  const { metadata } = await findOnboard(exchange, 'delete');
  const { namespace, name } = metadata;
  await room.registry.delete(typeOf(room, plural), { namespace, name }, { user: caller.user });
  return done();
};

export const clearOnboards: Handler = async ({ room, caller }) => {
  await caller.require('deletecollection', onboardsIn(room.namespace));
  const { namespace } = room;
  await room.registry.deleteCollection(typeOf(room, plural), { namespace }, { user: caller.user });
  return done();
};

const plural = 'onboardcertificates';

const certificateOf = (object: ApiObject): string => String(object.spec?.certificate ?? '');

/** The CN; a certificate without one is named by the hash of its DER. */
const commonName = (object: ApiObject): string => {
  const certificate = parseCertificate(certificateOf(object));
  if (!certificate) return object.metadata.name;
  return cnOf(certificate.der) ?? certificate.hash;
};

const cnOf = (der: Uint8Array): string | undefined =>
  new X509Certificate(der).subject
    ?.split('\n')
    .find(part => part.startsWith('CN='))
    ?.slice(3);

/** In Adam's file names other characters are underscores, and those names serve for getting and deleting. */
const toFriendly = (name: string): string => name.replace(/[^A-Za-z0-9.\\-]/g, '_');

/** By the name as it stands in the list, else by the one that Adam makes of it; of several the eldest. */
const findOnboard = async ({ room, caller, params }: Exchange, verb: string): Promise<ApiObject> => {
  const wanted = params.cn ?? '';
  const friendly: ApiObject[] = [];
  const exact: ApiObject[] = [];
  for await (const object of listAll(room, typeOf(room, plural))) {
    const name = commonName(object);
    if (name === wanted) exact.push(object);
    else if (toFriendly(name) === wanted) friendly.push(object);
  }
  const [found] = [...exact.sort(byAge), ...friendly.sort(byAge)];
  await caller.require(verb, onboardsIn(room.namespace), found?.metadata.name);
  if (!found) throw new Fault('NotFound', 'no onboarding certificate has this name');
  return found;
};

const byAge = (a: ApiObject, b: ApiObject): number => ageKey(a).localeCompare(ageKey(b));

const ageKey = ({ metadata }: ApiObject): string => `${metadata.creationTimestamp ?? ''} ${metadata.name}`;

const ofCertificate = async (room: AdamRoom, hash: string): Promise<ApiObject | undefined> => {
  const found = await room.registry.findByTerm(typeOf(room, plural), `certificate=${hash}`);
  return found.find(({ metadata }) => metadata.namespace === room.namespace);
};

/** `*` lets any serial number in, however many others are named beside it. Empty: any. */
const readSerials = (list: string): string[] => {
  const serials = list.split(',').filter(serial => serial !== '');
  if (serials.length === 0) throw new Fault('BadRequest', 'Serial names no serial number; * stands for any');
  return serials.includes('*') ? [] : [...new Set(serials)];
};

const serialsOf = (object: ApiObject): string => {
  const serials = object.spec?.serials;
  return Array.isArray(serials) && serials.length > 0 ? serials.join(',') : '*';
};

const replace = async ({ room, caller }: Exchange, found: ApiObject, spec: NonNullable<ApiObject['spec']>) => {
  const { namespace, name } = found.metadata;
  const change = (current: ApiObject): ApiObject => {
    const { serials: _, ...rest } = current.spec ?? {};
    return { ...current, spec: { ...rest, ...spec } };
  };
  await room.registry.update(typeOf(room, plural), { namespace, name }, change, { user: caller.user });
};

const createNamed = async (
  { room, caller }: Exchange,
  hash: string,
  certificate: string,
  spec: NonNullable<ApiObject['spec']>,
): Promise<void> => {
  const { namespace } = room;
  const der = parseCertificate(certificate)?.der;
  const wanted = toName((der && cnOf(der)) ?? '');
  for (const name of namesFor(wanted, hash)) {
    const metadata = { name, namespace };
    const object = { apiVersion: 'eve.lfedge.org/v1beta1', kind: 'OnboardCertificate', metadata, spec };
    try {
      await room.registry.create(typeOf(room, plural), object, { user: caller.user });
      return;
    } catch (error) {
      if (!isFault(error, 'AlreadyExists')) throw error;
    }
  }
  throw new Fault('AlreadyExists', 'there is an onboarding certificate of this name');
};
