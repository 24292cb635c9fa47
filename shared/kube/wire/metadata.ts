import type { Json, JsonMap, ObjectMeta } from '../../base/object.ts';
import { badRequest } from '../faults.ts';
import { parseGoTime, printGoTime } from '../schema/gotime.ts';
import { type Expected, nameOf } from './expected.ts';

/**
 * The metadata of a body with fields of the right types; `null` counts as absent. Fields that ObjectMeta does not have
 * stay: whoever prunes the object names them.
 *
 * @throws Fault BadRequest in the words of Go's decoder
 */
export const checkMetadata = (value: Json | undefined, expected: Expected): ObjectMeta => {
  if (value === undefined || value === null) return { name: '' };
  const fail = (wrong: Json, field: string, type: string): never => {
    throw badRequest(
      `${expected.kind} in version ${JSON.stringify(expected.version)} cannot be handled as a ${expected.kind}: ` +
        `json: cannot unmarshal ${nameOf(wrong)} into Go struct field ${field} of type ${type}`,
    );
  };
  if (!isMap(value)) return fail(value, `${expected.kind}.metadata`, 'v1.ObjectMeta');
  const metadata = checkFields(value, fields, 'ObjectMeta.metadata', fail);
  for (const [field, shape] of Object.entries(lists)) {
    const list = metadata[field];
    if (list === undefined) continue;
    if (!Array.isArray(list)) return fail(list, `ObjectMeta.metadata.${field}`, `[]v1.${shape.type}`);
    metadata[field] = list.map(item =>
      isMap(item)
        ? checkFields(item, shape.fields, `${shape.type}.metadata.${field}`, fail)
        : fail(item, `ObjectMeta.metadata.${field}`, `v1.${shape.type}`),
    );
  }
  // Every field of ObjectMeta has its type now; `name` may be empty, where generateName or the URL names the object.
  return { name: '', ...metadata } as unknown as ObjectMeta;
};

type Fail = (wrong: Json, field: string, type: string) => never;

const checkFields = (map: JsonMap, types: Readonly<Record<string, Type>>, at: string, fail: Fail): JsonMap => {
  const out: JsonMap = {};
  for (const [field, value] of Object.entries(map)) {
    if (value === null && field !== 'creationTimestamp') continue;
    if (Object.hasOwn(types, field)) check(value, types[field], `${at}.${field}`, fail);
    out[field] = toTyped(value, types[field]);
  }
  return out;
};

/** As Go's types print it again: times in whole seconds of UTC, and a null among texts as an empty one. */
const toTyped = (value: Json, type: Type | undefined): Json => {
  if (type === 'time' && typeof value === 'string') {
    const time = parseGoTime(value);
    return typeof time === 'string' ? value : (printGoTime(time) ?? value);
  }
  if (type === 'stringMap' && isMap(value) && Object.values(value).includes(null))
    return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, text ?? '']));
  return value;
};

const check = (value: Json, type: Type | undefined, field: string, fail: Fail): void => {
  if (type === 'string' && typeof value !== 'string') fail(value, field, 'string');
  if (type === 'bool' && typeof value !== 'boolean') fail(value, field, 'bool');
  if (type === 'int64' && typeof value !== 'bigint' && !Number.isSafeInteger(value)) fail(value, field, 'int64');
  if (type === 'map' && !isMap(value)) fail(value, field, 'map[string]interface {}');
  if (type === 'time' && value !== null && typeof value !== 'string') fail(value, field, 'v1.Time');
  if (type === 'strings') {
    if (!Array.isArray(value)) fail(value, field, '[]string');
    for (const item of value) if (typeof item !== 'string') fail(item, field, 'string');
  }
  if (type === 'stringMap') {
    if (!isMap(value)) fail(value, field, 'map[string]string');
    for (const item of Object.values(value)) if (item !== null && typeof item !== 'string') fail(item, field, 'string');
  }
};

const isMap = (value: Json): value is JsonMap => value !== null && typeof value === 'object' && !Array.isArray(value);

type Type = 'string' | 'bool' | 'int64' | 'time' | 'map' | 'strings' | 'stringMap';

const fields: Readonly<Record<string, Type>> = {
  name: 'string',
  generateName: 'string',
  namespace: 'string',
  selfLink: 'string',
  uid: 'string',
  resourceVersion: 'string',
  generation: 'int64',
  creationTimestamp: 'time',
  deletionTimestamp: 'time',
  deletionGracePeriodSeconds: 'int64',
  labels: 'stringMap',
  annotations: 'stringMap',
  finalizers: 'strings',
};

const lists: Readonly<Record<string, { type: string; fields: Readonly<Record<string, Type>> }>> = {
  ownerReferences: {
    type: 'OwnerReference',
    fields: {
      apiVersion: 'string',
      kind: 'string',
      name: 'string',
      uid: 'string',
      controller: 'bool',
      blockOwnerDeletion: 'bool',
    },
  },
  managedFields: {
    type: 'ManagedFieldsEntry',
    fields: {
      manager: 'string',
      operation: 'string',
      apiVersion: 'string',
      time: 'time',
      fieldsType: 'string',
      fieldsV1: 'map',
      subresource: 'string',
    },
  },
};
