import { Fault, isFault } from '../base/fault.ts';
import { parseJson, printJson } from '../base/json.ts';
import type { ApiObject, Json, JsonMap } from '../base/object.ts';
import { isMap } from '../base/own.ts';
import { decode, encode } from '../base/protobuf.ts';
import { readBody } from '../device/body.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import { eve } from '../eve/generated/table.ts';
import { fromJson, toJson } from '../eve/json.ts';
import { done, json } from './answer.ts';
import { configsIn } from './caller.ts';
import { findDevice, typeOf } from './find.ts';
import { fromGoJson } from './gojson.ts';
import type { AdamRoom, Exchange, Found, Handler } from './room.ts';
import { unknownField } from './unknown.ts';

/**
 * The configuration: of a Device under manual management the one that was put, else the composed one as its DeviceConfig
 * shows it. As protobuf to who asks for that alone.
 */
export const getConfig: Handler = async ({ room, caller, request, params }) => {
  const found = await findDevice(room, caller, params.uuid ?? '', 'get', configsIn(room.namespace));
  const stored = configOf(await room.registry.find(typeOf(room, plural), refOf(room, found)));
  if (!stored) throw new Fault('NotFound', 'the device has no config yet');
  const config = readStored(stored);
  if (!wantsProto(request)) return json(printJson(toJson(message, config)));
  return new Response(encode(eve, message, config), {
    headers: { 'content-type': protoType, 'cache-control': 'no-store' },
  });
};

/**
 * Puts the whole configuration: from then on the Device is under manual management. Protobuf, or JSON as protobuf maps it,
 * or as Go prints its structs. What cannot be said in a DeviceConfig is refused by name, never dropped.
 */
export const putConfig: Handler = async exchange => {
  const { room, caller, request, params } = exchange;
  const found = await findDevice(room, caller, params.uuid ?? '', 'update', configsIn(room.namespace));
  const config = await readConfig(request);
  requireWhole(config);
  const isThere = await room.registry.find(typeOf(room, plural), refOf(room, found));
  if (!isThere) await caller.require('create', configsIn(room.namespace), found.name);
  await store(exchange, found, config);
  return done();
};

const plural = 'deviceconfigs';
const message = 'config.EdgeDevConfig';
const protoType = 'application/x-proto-binary';
const maxBytes = 4 * 1024 * 1024;

const refOf = ({ namespace }: AdamRoom, { name }: Found) => ({ namespace, name });

const wantsProto = (request: Request): boolean => {
  const accept = request.headers.get('accept') ?? '';
  return accept.includes(protoType) && !accept.includes('application/json');
};

const configOf = (object: ApiObject | undefined): JsonMap | undefined => {
  const isManual = object?.spec?.management === 'Manual';
  const config = isManual ? object?.spec?.config : object?.status?.config;
  return isMap(config) ? (config as JsonMap) : undefined; // any JSON object by the schema
};

/** Users may write a DeviceConfig too. */
const readStored = (config: JsonMap): EdgeDevConfig => {
  try {
    return fromJson(message, config);
  } catch (error) {
    if (!isFault(error, 'Invalid')) throw error;
    throw new Fault('Conflict', 'spec.config of the DeviceConfig is not a valid EdgeDevConfig', {
      causes: error.causes,
    });
  }
};

const readConfig = async (request: Request): Promise<EdgeDevConfig> => {
  const body = await readBody(request, maxBytes);
  if (request.headers.get('content-type') !== protoType) return fromGoJson(message, parseJson(body, { maxDepth: 64 }));
  const config = decode(eve, message, body);
  const unknown = unknownField(message, body);
  if (unknown !== undefined) throw new Fault('BadRequest', `this controller does not know the field ${unknown}`);
  return config;
};

/** What is shown of a composed configuration hides secrets: putting that back would make the hiding the secret. */
const requireWhole = (config: EdgeDevConfig): void => {
  const hides = (value: unknown): boolean =>
    value === '(hidden)' ||
    (typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && Object.values(value).some(hides));
  if (hides(config)) throw new Fault('BadRequest', 'the config says "(hidden)" where a secret belongs');
};

/** Retried by the registry when another writer is faster: the version follows that of what is replaced. */
const store = async ({ room, caller }: Exchange, found: Found, config: EdgeDevConfig): Promise<void> => {
  const ref = refOf(room, found);
  const change = (current: ApiObject): ApiObject => {
    const { overrides: _, ...spec } = current.spec ?? {};
    const next = toJson(message, { ...config, id: identify(config, found.uuid, configOf(current)) });
    return { ...current, spec: { ...spec, management: 'Manual', config: next } };
  };
  const createFrom = fresh(found, ref);
  await room.registry.update(typeOf(room, plural), ref, change, { user: caller.user, createFrom });
};

/** `id` as it is stored: the device's UUID, and the version given, else one more than before. */
const identify = (
  config: EdgeDevConfig,
  uuid: string,
  former: JsonMap | undefined,
): { uuid: string; version: string } => {
  const given = config.id?.uuid ?? '';
  if (given !== '' && given.toLowerCase() !== uuid)
    throw new Fault('BadRequest', `mismatched UUID, setting ${given.slice(0, 64)} for device ${uuid}`);
  return { uuid, version: config.id?.version || next(isMap(former?.id) ? (former.id.version as Json) : undefined) };
};

const next = (version: Json | undefined): string =>
  typeof version === 'string' && /^\d{1,15}$/.test(version) ? String(Number(version) + 1) : '1';

/** As the composer makes one with every Device. */
const fresh = ({ device }: Found, ref: { namespace: string; name: string }): ApiObject => {
  const { apiVersion, kind, metadata } = device;
  const owner = {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
  return { apiVersion, kind: 'DeviceConfig', metadata: { ...ref, ownerReferences: [owner] } };
};
