import { Buffer } from 'node:buffer';
import type { Cause } from '../base/fault.ts';
import { Fault } from '../base/fault.ts';
import type { Json, JsonMap } from '../base/object.ts';
import { cause, type Path, toFieldPath } from '../base/path.ts';
import { type Field, type FieldType, type Message, type MessageType, messageType, type Scalar } from '../base/table.ts';
import { type EveMessages, eve } from './generated/table.ts';
import { fromRfc3339, toRfc3339 } from './timestamp.ts';

/**
 * Canonical proto-JSON of a message: lowerCamelCase names, enumerations by name (by number when the table does not know
 * it), bytes in base64, 64-bit integers as strings, timestamps as RFC 3339. Absent and empty fields are left out.
 */
export const toJson = <K extends keyof EveMessages>(name: K, message: EveMessages[K]): JsonMap =>
  printMessage(messageType(eve, name), message as Message); // every shape of the table is a plain object

/**
 * The message that a proto-JSON text means. Takes what the mapping allows: either spelling of a name, enumerations by name
 * or number, integers as numbers or strings, base64 of either alphabet, null for absent. Throws `Fault('Invalid')` with
 * a cause for every wrong field; paths begin with `path`.
 */
export const fromJson = <K extends keyof EveMessages>(name: K, json: Json, path: Path = []): EveMessages[K] => {
  const causes: Cause[] = [];
  const message = parseMessage(messageType(eve, name), json, path, causes);
  if (causes.length > 0) throw new Fault('Invalid', `not a valid ${name}`, { causes });
  return message as EveMessages[K]; // what the definition of `name` says, or there is a cause
};

const timestamp = 'google.protobuf.Timestamp';

const printMessage = (type: MessageType, message: Message): JsonMap => {
  const out: JsonMap = {};
  for (const field of type.fields) {
    const value = message[field.name];
    if (value === undefined || value === null) continue;
    if (field.key !== undefined) {
      // Maps and lists are such by the table.
      const map = value as Message;
      const entries = Object.keys(map)
        .sort()
        .map((key): [string, Json] => [key, printValue(field.type, map[key])]);
      if (entries.length > 0) out[field.jsonName] = Object.fromEntries(entries);
    } else if (field.repeated) {
      const list = value as readonly unknown[];
      if (list.length > 0) out[field.jsonName] = list.map(item => printValue(field.type, item));
    } else out[field.jsonName] = printValue(field.type, value);
  }
  return out;
};

const printValue = (type: FieldType, value: unknown): Json => {
  if (type.kind === 'enum') return type.values.byNumber.get(value as number) ?? (value as number);
  if (type.kind === 'message') {
    const message = (value ?? {}) as Message;
    return type.message.name === timestamp ? toRfc3339(message) : printMessage(type.message, message);
  }
  if (value instanceof Uint8Array) return toBase64(value);
  if (type.scalar.endsWith('64')) return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return value as string | boolean; // all other scalars
};

const toBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

const parseMessage = (type: MessageType, json: Json, path: Path, causes: Cause[]): Message => {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    causes.push(cause.typeInvalid(path, json, 'must be an object'));
    return {};
  }
  const message: Message = {};
  const oneofs = new Map<string, string>();
  for (const [name, value] of Object.entries(json)) {
    const field = type.byName.get(name);
    const here = [...path, name];
    if (!field) causes.push({ reason: 'FieldValueInvalid', message: 'unknown field', field: toFieldPath(here) });
    else if (value === null) continue;
    else if (message[field.name] !== undefined) causes.push(cause.duplicate(here, name));
    else if (field.oneof !== undefined && oneofs.has(field.oneof)) {
      causes.push(cause.forbidden(here, `may not be set together with ${oneofs.get(field.oneof)}`));
    } else {
      if (field.oneof !== undefined) oneofs.set(field.oneof, name);
      message[field.name] = parseField(field, value, here, causes);
    }
  }
  return message;
};

const parseField = (field: Field, json: Json, path: Path, causes: Cause[]): unknown => {
  if (field.key !== undefined) return parseMap(field, field.key, json, path, causes);
  if (!field.repeated) return parseValue(field.type, json, path, causes);
  if (Array.isArray(json)) return json.map((item, index) => parseValue(field.type, item, [...path, index], causes));
  causes.push(cause.typeInvalid(path, json, 'must be a list'));
  return undefined;
};

const parseMap = (field: Field, key: Scalar, json: Json, path: Path, causes: Cause[]): unknown => {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    causes.push(cause.typeInvalid(path, json, 'must be an object'));
    return undefined;
  }
  const entries = Object.entries(json).map(([name, value]): [string, unknown] => {
    const here = [...path, { key: name }];
    if (key !== 'string') parseScalar(key, key === 'bool' ? name === 'true' : name, here, causes);
    return [name, parseValue(field.type, value, here, causes)];
  });
  return Object.fromEntries(entries);
};

const parseValue = (type: FieldType, json: Json, path: Path, causes: Cause[]): unknown => {
  if (type.kind === 'enum') {
    const number = typeof json === 'string' ? type.values.byName.get(json) : json;
    if (typeof number === 'number' && Number.isInteger(number) && Math.abs(number) < 2 ** 31) return number;
    causes.push(cause.notSupported(path, json, [...type.values.byName.keys()]));
    return undefined;
  }
  if (type.kind === 'scalar') return parseScalar(type.scalar, json, path, causes);
  if (type.message.name !== timestamp) return parseMessage(type.message, json, path, causes);
  const time = typeof json === 'string' ? fromRfc3339(json) : undefined;
  if (!time) causes.push(cause.invalid(path, json, 'must be an RFC 3339 time'));
  return time;
};

const parseScalar = (scalar: Scalar, json: Json, path: Path, causes: Cause[]): unknown => {
  const value = scalars[scalar](json);
  if (value === undefined) causes.push(cause.typeInvalid(path, json, `must be a ${scalar}`));
  return value;
};

const integer = (min: bigint, max: bigint) => (json: Json) => {
  const whole =
    typeof json === 'string' && /^-?\d{1,20}$/.test(json)
      ? BigInt(json)
      : typeof json === 'bigint' || (typeof json === 'number' && Number.isInteger(json))
        ? BigInt(json)
        : undefined;
  if (whole === undefined || whole < min || whole > max) return undefined;
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
};

const real = (json: Json): number | undefined => {
  if (typeof json === 'number') return json;
  if (typeof json === 'bigint') return Number(json);
  if (typeof json !== 'string' || !/^(NaN|-?Infinity|-?\d+(\.\d+)?([eE][+-]?\d+)?)$/.test(json)) return undefined;
  return Number(json);
};

const int32 = integer(-(2n ** 31n), 2n ** 31n - 1n);
const uint32 = integer(0n, 2n ** 32n - 1n);
const int64 = integer(-(2n ** 63n), 2n ** 63n - 1n);
const uint64 = integer(0n, 2n ** 64n - 1n);

const scalars: Record<Scalar, (json: Json) => unknown> = {
  string: json => (typeof json === 'string' ? json : undefined),
  bool: json => (typeof json === 'boolean' ? json : undefined),
  bytes: json =>
    typeof json === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(json)
      ? new Uint8Array(Buffer.from(json, 'base64'))
      : undefined,
  double: real,
  float: real,
  int32,
  sint32: int32,
  sfixed32: int32,
  uint32,
  fixed32: uint32,
  int64,
  sint64: int64,
  sfixed64: int64,
  uint64,
  fixed64: uint64,
};
