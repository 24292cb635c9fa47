import { fromBase64, sha256, toHex } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { parseJson, printJson } from '../base/json.ts';
import type { ApiObject, Json, JsonMap } from '../base/object.ts';
import { isMap } from '../base/own.ts';
import { deviceState } from '../device/state.ts';
import type { Attested, Known } from '../eve/known.ts';
import { done, json } from './answer.ts';
import { fieldOf, readObject, textField } from './body.ts';
import { devicesIn } from './caller.ts';
import { knownOf } from './certs.ts';
import { findDevice, typeOf } from './find.ts';
import type { AdamRoom, Exchange, Found, Handler } from './room.ts';

/**
 * What Adam keeps of a device's attestation, with whatever else a client put there. The nonce is not told, and the integrity
 * token only as a fingerprint (hex SHA-256): who has the token has the device's config.
 */
export const getOptions: Handler = async ({ room, caller, params }) => {
  const found = await findDevice(room, caller, params.uuid ?? '', 'get', devicesIn(room.namespace, 'options'));
  const kept = keptOf(found.device);
  const known = await knownOf(room, found.uuid);
  if (!kept && !isAttesting(known)) throw new Fault('NotFound', 'no options were set');
  return json(printJson({ ...toState(known), ...kept }));
};

/**
 * Keeps the client's own fields. Attestation is no client's to say: `attested`, `nonce` and what the device reported are
 * ignored, and an `integrityToken` other than the one shown takes the device's token away, so that it must attest itself anew
 * before it gets a config.
 */
export const putOptions: Handler = async exchange => {
  const { room, caller, request, params } = exchange;
  const found = await findDevice(room, caller, params.uuid ?? '', 'update', devicesIn(room.namespace, 'options'));
  const { object } = await readObject(request);
  const token = textField(object, 'integrityToken');
  checkState(object);
  await keep(exchange, found, object);
  await revoke(room, found, token);
  return done();
};

const annotation = 'kubeve.io/adam-options';
const stateFields = ['nonce', 'integritytoken', 'receivedpcrtemplate', 'attested', 'eventlog'];
const maxText = 64 * 1024;

const keptOf = ({ metadata }: ApiObject): JsonMap | undefined => {
  const text = metadata.annotations?.[annotation];
  if (text === undefined) return undefined;
  try {
    const value = parseJson(text, { maxDepth: 32 });
    return isMap(value) ? withoutState(value as JsonMap) : undefined; // parsed from JSON
  } catch {
    // Anybody who may write the Device may write its annotations.
    return undefined;
  }
};

const withoutState = (object: JsonMap): JsonMap =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !stateFields.includes(key.toLowerCase())));

const isAttesting = (known: Known): boolean =>
  known.nonce !== undefined || known.token !== undefined || known.attested !== undefined;

const toState = ({ token, attested }: Known): JsonMap => ({
  nonce: '',
  integrityToken: token === undefined ? '' : fingerprint(token),
  receivedPCRTemplate: attested ? toTemplate(attested) : null,
  attested: token !== undefined,
  eventLog: [],
});

const fingerprint = (token: string): string => toHex(sha256(fromBase64(token)));

/** `AttestVersionType`: 1 EVE, 2 firmware. */
const toTemplate = ({ pcrs, versions }: Attested): JsonMap => ({
  eveVersion: versions['1'] ?? '',
  firmwareVersion: versions['2'] ?? '',
  PCRValues: Object.entries(pcrs).map(([index, value]): Json => ({ index: Number(index), value })),
});

/** The types that Go insists on. */
const checkState = (object: JsonMap): void => {
  textField(object, 'nonce');
  const attested = fieldOf(object, 'attested') ?? false;
  if (typeof attested !== 'boolean') throw new Fault('BadRequest', 'attested must be a boolean');
};

const keep = async ({ room, caller }: Exchange, { name }: Found, object: JsonMap): Promise<void> => {
  const text = printJson(withoutState(object));
  if (text.length > maxText) throw new Fault('RequestEntityTooLarge', 'the options are too large');
  const { namespace } = room;
  const change = (current: ApiObject): ApiObject => {
    const annotations = { ...current.metadata.annotations, [annotation]: text };
    return { ...current, metadata: { ...current.metadata, annotations } };
  };
  await room.registry.update(typeOf(room, 'devices'), { namespace, name }, change, { user: caller.user });
};

const revoke = async ({ fleet, store }: AdamRoom, { uuid }: Found, shown: string): Promise<void> => {
  const member = await fleet.byUuid(uuid);
  if (!member) return;
  await deviceState(store).update(member, known => {
    if (known.token === undefined || shown === fingerprint(known.token)) return known;
    const { token: _, ...rest } = known;
    return rest;
  });
};
