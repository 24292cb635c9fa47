import { toBase64 } from '../../base/bytes.ts';
import { parseJson } from '../../base/json.ts';
import type { Json, JsonMap } from '../../base/object.ts';
import { decode } from '../../base/protobuf.ts';
import { type Field, type Message, type MessageType, messageType } from '../../base/table.ts';
import { badRequest } from '../faults.ts';
import { k8s } from './generated/table.ts';
import { isPointer } from './pointers.ts';

/**
 * Reads an object in Kubernetes' protobuf encoding (kubernetes-api reference §1.3): the bytes `k8s\0`, then an Unknown
 * that names apiVersion and kind and holds the message. The result is what the same client would have sent as JSON.
 *
 * @throws Fault BadRequest for bytes that are no such message, and for kinds that have no known message
 */
export const decodeProtobuf = (bytes: Uint8Array): JsonMap => {
  if (magic.some((byte, index) => bytes[index] !== byte)) {
    throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  const envelope = decode(k8s, 'k8s.io.apimachinery.pkg.runtime.Unknown', bytes.subarray(magic.length)) as Unknown;
  const {
    typeMeta: { apiVersion = '', kind = '' } = {},
    raw = new Uint8Array(),
    contentEncoding,
    contentType,
  } = envelope;
  if (contentEncoding) throw badRequest(`content encoding ${JSON.stringify(contentEncoding)} is not supported`);
  if (contentType && contentType !== 'application/vnd.kubernetes.protobuf')
    throw badRequest(`content type ${JSON.stringify(contentType)} is not supported within protobuf`);
  const name = messageNameOf(apiVersion, kind);
  if (name === undefined) {
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme`,
    );
  }
  return { apiVersion, kind, ...toJson(messageType(k8s, name), decode(k8s, name, raw) as Message) };
};

const magic = [0x6b, 0x38, 0x73, 0x00];

interface Unknown {
  readonly typeMeta?: { readonly apiVersion?: string; readonly kind?: string };
  readonly raw?: Uint8Array;
  readonly contentEncoding?: string;
  readonly contentType?: string;
}

/** The message of a kind: Go packages are named for the first label of the group. */
const messageNameOf = (apiVersion: string, kind: string): string | undefined => {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? 'core' : (apiVersion.slice(0, slash).split('.', 1)[0] ?? '');
  const version = apiVersion.slice(slash + 1);
  return [
    `k8s.io.api.${group}.${version}.${kind}`,
    // The version that came of a beta has its fields under the same numbers.
    `k8s.io.api.${group}.${version.replace(/beta\d+$/, '')}.${kind}`,
    `k8s.io.apiextensions_apiserver.pkg.apis.${group}.${version}.${kind}`,
    // Every group knows these under its own name.
    ...(metaKinds.has(kind) ? [`${meta}.${kind}`] : []),
  ].find(name => Object.hasOwn(k8s.messages, name));
};

const meta = 'k8s.io.apimachinery.pkg.apis.meta.v1';

const metaKinds = new Set([
  'DeleteOptions',
  'CreateOptions',
  'UpdateOptions',
  'PatchOptions',
  'ListOptions',
  'Status',
  'PartialObjectMetadata',
  'PartialObjectMetadataList',
]);

const toJson = (type: MessageType, message: Message): JsonMap => {
  const out: JsonMap = {};
  for (const field of type.fields) {
    const value = message[field.name];
    if (value === undefined) continue;
    const json = toFieldValue(type, field, value);
    if (json === undefined) continue;
    if (isInline(type, field)) Object.assign(out, json);
    else out[toName(type, field.name)] = json;
  }
  return out;
};

/** Undefined for what Go's JSON leaves out: zeros that no pointer holds. */
const toFieldValue = (type: MessageType, field: Field, value: unknown): Json | undefined => {
  if (field.key !== undefined) {
    // Decoded maps are plain objects.
    const entries = Object.entries(value as Message).map(([key, item]): [string, Json] => {
      if (key === '__proto__') throw badRequest('the key "__proto__" is not allowed');
      return [key, toValue(field, item)];
    });
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  if (field.repeated) return Array.isArray(value) ? value.map(item => toValue(field, item)) : undefined;
  if (isZero(value) && !isPointer(type.name, field.name)) return undefined;
  return toValue(field, value);
};

const isZero = (value: unknown): boolean =>
  value === '' || value === 0 || value === false || (value instanceof Uint8Array && value.length === 0);

const toValue = (field: Field, value: unknown): Json => {
  if (field.type.kind === 'message') {
    const { message: type } = field.type;
    // Decoded by this very type.
    const message = value as Message;
    const special = specials[type.name.slice(type.name.lastIndexOf('.') + 1)];
    return special ? special(message, type) : toJson(type, message);
  }
  if (value instanceof Uint8Array) return toBase64(value);
  // Scalars and enumerations are JSON values already.
  return value as Json;
};

/** Messages whose JSON is not an object of their fields. Their short names are unique among the messages known here. */
const specials: Readonly<Record<string, ((message: Message, type: MessageType) => Json) | undefined>> = {
  Time: message => toTime(message, 0),
  MicroTime: message => toTime(message, 6),
  Quantity: ({ string }) => (typeof string === 'string' ? string : '0'),
  IntOrString: ({ type, intVal, strVal }) => (type === 1 ? asText(strVal) : typeof intVal === 'number' ? intVal : 0),
  FieldsV1: ({ Raw }) => toEmbedded(Raw),
  RawExtension: ({ raw }) => toEmbedded(raw),
  JSON: ({ raw }) => toEmbedded(raw),
  ExtraValue: ({ items }) => (Array.isArray(items) ? (items as Json[]) : []),
  JSONSchemaPropsOrArray: ({ schema, jSONSchemas }, type) =>
    Array.isArray(jSONSchemas)
      ? jSONSchemas.map(item => nested(type, 'jSONSchemas', item))
      : nested(type, 'schema', schema),
  JSONSchemaPropsOrBool: ({ allows, schema }, type) =>
    schema === undefined ? allows === true : nested(type, 'schema', schema),
  JSONSchemaPropsOrStringArray: ({ schema, property }, type) =>
    Array.isArray(property) ? (property as Json[]) : nested(type, 'schema', schema),
};

const nested = (type: MessageType, name: string, value: unknown): Json => {
  const field = type.byName.get(name);
  return field === undefined || value === undefined ? {} : toValue(field, value);
};

/** RFC 3339 in UTC with exactly `digits` of fraction. The zero time of Go, an empty message, is null. */
const toTime = ({ seconds, nanos }: Message, digits: 0 | 6): Json => {
  if (typeof seconds !== 'number') return null;
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1 || date.getUTCFullYear() > 9999)
    throw badRequest(`time ${seconds} is out of range`);
  const whole = date.toISOString().slice(0, 19);
  const micros = Math.trunc((typeof nanos === 'number' ? nanos : 0) / 1000);
  return digits === 0 ? `${whole}Z` : `${whole}.${String(micros).padStart(6, '0')}Z`;
};

const toEmbedded = (raw: unknown): Json => (raw instanceof Uint8Array && raw.length > 0 ? parseJson(raw) : null);

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Go structs that are embedded: their fields stand among those of the parent. */
const isInline = (type: MessageType, field: Field): boolean =>
  (field.name === 'persistentVolumeSource' && type.name.endsWith('.PersistentVolumeSpec')) ||
  (field.name === 'ruleWithOperations' && type.name.endsWith('.NamedRuleWithOperations')) ||
  (field.name === 'rule' && type.name.endsWith('.RuleWithOperations'));

/** The name in JSON where the message's field is spelled otherwise. */
const toName = (type: MessageType, name: string): string => {
  if (type.name.endsWith('.JSONSchemaProps')) {
    if (name === 'ref' || name === 'schema') return `$${name}`;
    if (name.startsWith('xKubernetes')) return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
  }
  if (name === 'uID') return 'uid';
  return name.charAt(0).toLowerCase() + name.slice(1);
};
