import { Reader, Writer } from 'protobufjs/minimal.js';
import { Fault } from './fault.ts';
import { setOwn } from './own.ts';
import {
  type Field,
  type FieldType,
  type Message,
  type MessageType,
  messageType,
  type Scalar,
  type Table,
  wireOf,
} from './table.ts';

/**
 * Protocol buffers, driven by a table. A message is a plain object with the field names of its definition:
 *
 * - absent fields are absent, repeated fields without items too;
 * - 64-bit integers are numbers within ±(2^53−1), else bigint; bytes are Uint8Array, views of the input;
 * - enumerations are numbers, also those that the table does not know; maps are plain objects.
 *
 * Unknown fields and known ones of another wire type are skipped. Throws `Fault('BadRequest')` when the bytes are not such
 * a message or exceed the limits.
 */
export const decode = <M extends object, K extends keyof M & string>(
  table: Table<M>,
  name: K,
  bytes: Uint8Array,
  limits: DecodeLimits = {},
): M[K] => {
  const input = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reading = { reader: new Reader(input), left: limits.values ?? 500_000 };
  const message: Message = {};
  try {
    readMessage(reading, input.length, messageType(table, name), message, limits.depth ?? 64);
  } catch (cause) {
    throw cause instanceof Fault ? cause : new Fault('BadRequest', `not a valid ${name} message`, { cause });
  }
  return message as M[K]; // the table's type parameter describes its fields
};

export interface DecodeLimits {
  /** How deep messages may nest; 64. */
  readonly depth?: number;
  /** How many fields and list items there may be in all: a bound on what a small body grows to in memory; 500,000. */
  readonly values?: number;
}

/**
 * The same message always gives the same bytes: fields in order of number, map entries in order of key. Undefined fields
 * and, in proto3, zero values without presence are left out. A message that does not fit its definition is a bug of the
 * caller and throws a TypeError. `encoded`: by name, fields of the outermost level that are messages in bytes already; they
 * come first.
 */
export const encode = <M extends object, K extends keyof M & string>(
  table: Table<M>,
  name: K,
  message: M[K],
  encoded: Readonly<Record<string, Uint8Array>> = {},
): Uint8Array<ArrayBuffer> => {
  const writer = new Writer();
  const type = messageType(table, name);
  for (const [field, bytes] of Object.entries(encoded)) writeEncoded(writer, type, field, bytes);
  writeMessage(writer, type, message as Message); // as above
  return new Uint8Array(writer.finish(true)); // a copy: the pool's slab may not outlive it
};

/** Whether the bytes are a sequence of whole fields, of whatever message. Looks at the outermost level alone. */
export const isWellFormed = (bytes: Uint8Array): boolean => {
  const reader = new Reader(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  try {
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      if (tag >>> 3 === 0) return false;
      reader.skipType(tag & 7);
    }
    return true;
  } catch {
    return false;
  }
};

interface Reading {
  readonly reader: Reader;
  left: number;
}

const readMessage = (reading: Reading, end: number, type: MessageType, into: Message, depth: number): void => {
  if (depth <= 0) throw new Fault('BadRequest', `${type.name} nests too deep`);
  const { reader } = reading;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag >>> 3 === 0) throw new Fault('BadRequest', 'field number 0');
    spend(reading);
    const field = type.byNumber.get(tag >>> 3);
    if (field === undefined || !readField(reading, field, tag & 7, into, depth)) reader.skipType(tag & 7);
  }
  if (reader.pos !== end) throw new RangeError('field reaches beyond its message');
};

const spend = (reading: Reading): void => {
  reading.left -= 1;
  if (reading.left < 0) throw new Fault('BadRequest', 'message has too many values');
};

/** False when the wire type is not the field's: then nothing was read. */
const readField = (reading: Reading, field: Field, wire: number, into: Message, depth: number): boolean => {
  const { type, name } = field;
  if (field.key !== undefined) return wire === 2 && readEntry(reading, field, field.key, into, depth);
  if (field.repeated) return readItems(reading, field, wire, into, depth);
  if (wire !== type.wire) return false;
  for (const other of field.siblings) delete into[other];
  // A message that comes twice is merged, as the encoding demands.
  into[name] = readValue(reading, type, depth, type.kind === 'message' ? into[name] : undefined);
  return true;
};

const readItems = (reading: Reading, field: Field, wire: number, into: Message, depth: number): boolean => {
  const { name, type } = field;
  if (wire !== type.wire && (wire !== 2 || type.wire === 2)) return false;
  const before = into[name];
  const list: unknown[] = Array.isArray(before) ? before : [];
  into[name] = list;
  if (wire === type.wire) {
    list.push(readValue(reading, type, depth, undefined));
    return true;
  }
  const { reader } = reading;
  const outer = enter(reader);
  while (reader.pos < reader.len) {
    spend(reading);
    list.push(readValue(reading, type, depth, undefined));
  }
  leave(reader, outer);
  return true;
};

const readEntry = (reading: Reading, field: Field, key: Scalar, into: Message, depth: number): boolean => {
  const { reader } = reading;
  const { type } = field;
  let name = zeroKey(key);
  let value: unknown;
  const outer = enter(reader);
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag >>> 3 === 1 && (tag & 7) === wireOf[key]) name = String(readScalar(reader, key));
    else if (tag >>> 3 === 2 && (tag & 7) === type.wire) value = readValue(reading, type, depth, value);
    else reader.skipType(tag & 7);
  }
  leave(reader, outer);
  into[field.name] ??= {};
  setOwn(into[field.name] as Message, name, value ?? zeroOf(type)); // made here
  return true;
};

const readValue = (reading: Reading, type: FieldType, depth: number, before: unknown): unknown => {
  const { reader } = reading;
  if (type.kind === 'scalar') return readScalar(reader, type.scalar);
  if (type.kind === 'enum') return reader.int32();
  const message = (before ?? {}) as Message; // made here, some fields ago
  const outer = enter(reader);
  readMessage(reading, reader.len, type.message, message, depth - 1);
  leave(reader, outer);
  return message;
};

/** Reads a length and closes the reader behind what is so long; nothing inside can reach beyond it. */
const enter = (reader: Reader): number => {
  const outer = reader.len;
  const size = reader.size();
  const end = reader.pos + size;
  if (end > outer) throw new RangeError('length reaches beyond the message');
  reader.len = end;
  return outer;
};

const leave = (reader: Reader, outer: number): void => {
  if (reader.pos !== reader.len) throw new RangeError('field reaches beyond its message');
  reader.len = outer;
};

const readScalar = (reader: Reader, scalar: Scalar): unknown => {
  switch (scalar) {
    case 'string':
      return reader.string();
    case 'bytes':
      return reader.bytes();
    case 'bool':
      return reader.bool();
    case 'uint32':
      return reader.uint32();
    case 'int32':
      return reader.int32();
    case 'double':
    case 'float':
    case 'sint32':
    case 'fixed32':
    case 'sfixed32':
      return reader[scalar]();
    default:
      return fromLong(reader[scalar]());
  }
};

interface Long {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}

const fromLong = ({ low, high, unsigned }: Long): number | bigint => {
  const top = unsigned ? high >>> 0 : high | 0;
  const number = top * 0x1_0000_0000 + (low >>> 0);
  if (Number.isSafeInteger(number)) return number;
  return (BigInt(top) << 32n) | BigInt(low >>> 0);
};

const toLong = (value: number | bigint): Long => {
  const big = BigInt(value);
  const bits = BigInt.asUintN(64, big);
  return { low: Number(bits & 0xffff_ffffn) | 0, high: Number(bits >> 32n) | 0, unsigned: big >= 0n };
};

const writeMessage = (writer: Writer, type: MessageType, message: Message): void => {
  let seen: Set<string> | undefined;
  for (const field of type.fields) {
    const value = message[field.name];
    if (value === undefined || value === null) continue;
    if (field.oneof !== undefined) {
      seen ??= new Set();
      if (seen.has(field.oneof)) throw new TypeError(`${type.name}: more than one field of oneof ${field.oneof}`);
      seen.add(field.oneof);
    }
    writeField(writer, field, value);
  }
};

const writeEncoded = (writer: Writer, { name, fields }: MessageType, field: string, bytes: Uint8Array): void => {
  const found = fields.find(one => one.name === field);
  if (found?.type.kind !== 'message') throw new TypeError(`${name}: ${field} is no message`);
  writer.uint32((found.number << 3) | 2).bytes(bytes);
};

const writeField = (writer: Writer, field: Field, value: unknown): void => {
  const { type, number } = field;
  if (field.key !== undefined) writeEntries(writer, field, field.key, value as Message);
  else if (field.repeated) writeItems(writer, field, value as unknown[]);
  else if (field.presence || !isZero(value)) writeValue(writer.uint32((number << 3) | type.wire), type, value);
};

const writeItems = (writer: Writer, field: Field, items: readonly unknown[]): void => {
  if (items.length === 0) return;
  if (field.packed) {
    writer.uint32((field.number << 3) | 2).fork();
    for (const item of items) writeValue(writer, field.type, item);
    writer.ldelim();
  } else {
    const tag = (field.number << 3) | field.type.wire;
    for (const item of items) writeValue(writer.uint32(tag), field.type, item);
  }
};

const writeEntries = (writer: Writer, field: Field, key: Scalar, map: Message): void => {
  const numeric = key !== 'string' && key !== 'bool';
  const keys = Object.keys(map).sort(numeric ? (a, b) => (BigInt(a) < BigInt(b) ? -1 : 1) : undefined);
  for (const name of keys) {
    writer.uint32((field.number << 3) | 2).fork();
    const typed = key === 'bool' ? name === 'true' : numeric ? BigInt(name) : name;
    writeScalar(writer.uint32(8 | wireOf[key]), key, typeof typed === 'bigint' && !is64(key) ? Number(typed) : typed);
    writeValue(writer.uint32(16 | field.type.wire), field.type, map[name]);
    writer.ldelim();
  }
};

const writeValue = (writer: Writer, type: FieldType, value: unknown): void => {
  if (type.kind === 'message') {
    if (typeof value !== 'object' || value === null) throw new TypeError(`${type.message.name}: not an object`);
    writer.fork();
    writeMessage(writer, type.message, value as Message);
    writer.ldelim();
  } else writeScalar(writer, type.kind === 'enum' ? 'int32' : type.scalar, value);
};

const writeScalar = (writer: Writer, scalar: Scalar, value: unknown): void => {
  switch (scalar) {
    case 'string':
      writer.string(as('string', value));
      return;
    case 'bytes':
      if (!(value instanceof Uint8Array)) throw wrongType(scalar, value);
      writer.bytes(value);
      return;
    case 'bool':
      writer.bool(as('boolean', value));
      return;
    case 'int64':
    case 'uint64':
    case 'sint64':
    case 'fixed64':
    case 'sfixed64':
      if (typeof value !== 'number' && typeof value !== 'bigint') throw wrongType(scalar, value);
      writer[scalar](typeof value === 'number' && value >= 0 ? value : toLong(value));
      return;
    default:
      writer[scalar](as('number', value));
  }
};

interface Primitives {
  string: string;
  boolean: boolean;
  number: number;
}

const as = <T extends keyof Primitives>(type: T, value: unknown): Primitives[T] => {
  if (typeof value !== type) throw wrongType(type, value);
  return value as Primitives[T]; // just checked
};

const wrongType = (expected: string, value: unknown): TypeError => new TypeError(`not a ${expected}: ${typeof value}`);

const is64 = (scalar: Scalar): boolean => scalar.endsWith('64');

const isZero = (value: unknown): boolean =>
  Object.is(value, 0) ||
  value === '' ||
  value === false ||
  value === 0n ||
  (value instanceof Uint8Array && value.length === 0);

const zeroOf = (type: FieldType): unknown =>
  type.kind === 'message' ? {} : type.kind === 'enum' ? 0 : (zeros[type.scalar] ?? 0);

const zeros: Partial<Record<Scalar, unknown>> = { bool: false, string: '', bytes: new Uint8Array() };

const zeroKey = (key: Scalar): string => (key === 'string' ? '' : key === 'bool' ? 'false' : '0');
