import type { Json, JsonMap } from '../base/object.ts';
import { getOwn, isMap, setOwn } from '../base/own.ts';
import { type Field, type FieldType, type MessageType, messageType } from '../base/table.ts';
import { type EveMessages, eve } from '../eve/generated/table.ts';
import { fromJson } from '../eve/json.ts';
import { toRfc3339 } from '../eve/timestamp.ts';

/**
 * The message that a JSON text means to Go's encoding/json, or to protobuf's own mapping: names in any case, timestamps as
 * `{"seconds": …, "nanos": …}` or RFC 3339; enumerations by number or name. Throws Invalid for everything else that proto-JSON
 * does not know, unknown fields among it.
 */
export const fromGoJson = <K extends keyof EveMessages>(name: K, json: Json): EveMessages[K] =>
  fromJson(name, toProtoJson(messageType(eve, name), json));

const toProtoJson = (type: MessageType, json: Json): Json => {
  if (!isMap(json)) return json;
  const out: JsonMap = {};
  for (const [key, value] of Object.entries(json as JsonMap)) {
    const field = fieldOf(type, key);
    setOwn(out, field?.jsonName ?? key, field ? convert(field, value) : value);
  }
  return out;
};

const fieldOf = (type: MessageType, key: string): Field | undefined =>
  type.byName.get(key) ?? type.fields.find(({ name }) => name.toLowerCase() === key.toLowerCase());

const convert = (field: Field, value: Json): Json => {
  if (field.key !== undefined && isMap(value)) {
    const entries = Object.entries(value as JsonMap).map(
      ([key, item]) => [key, convertValue(field.type, item)] as const,
    );
    return Object.fromEntries(entries);
  }
  if (field.repeated && Array.isArray(value)) return value.map(item => convertValue(field.type, item));
  return convertValue(field.type, value);
};

const convertValue = (type: FieldType, value: Json): Json => {
  if (type.kind !== 'message') return value;
  if (type.message.name !== 'google.protobuf.Timestamp') return toProtoJson(type.message, value);
  if (!isMap(value)) return value;
  const [seconds, nanos] = ['seconds', 'nanos'].map(key => getOwn(value as JsonMap, key) ?? 0);
  return typeof seconds === 'number' && typeof nanos === 'number' ? toRfc3339({ seconds, nanos }) : (value as JsonMap);
};
