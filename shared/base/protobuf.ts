import { Reader, Writer } from 'protobufjs/minimal.js';
import { Fault } from './fault.ts';
import {
  type Field,
  type FieldType,
  type Message,
  type MessageType,
  messageType,
  type Scalar,
  type Table,
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
 * caller and throws a TypeError.
 */
export const encode = <M extends object, K extends keyof M & string>(
  table: Table<M>,
  name: K,
  message: M[K],
): Uint8Array<ArrayBuffer> => {
  const writer = new Writer();
  writeMessage(writer, messageType(table, name), message as Message); // as above
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
    const field = type.byNumber.get(tag >>> 3);
    const wire = tag & 7;
    if (tag >>> 3 === 0) throw new Fault('BadRequest', 'field number 0');
    spend(reading);
    if (!field || !readField(reading, field, wire, into, depth)) reader.skipType(wire);
  }
  if (reader.pos !== end) throw new RangeError('field reaches beyond its message');
};

const spend = (reading: Reading): void => {
  reading.left -= 1;
  if (reading.left < 0) throw new Fault('BadRequest', 'message has too many values');
};

/** False when the wire type is not the field's: then nothing was read. */
const readField = (reading: Reading, field: Field, wire: number, into: Message, depth: number): boolean => {
  const { type } = field;
  if (field.key !== undefined) return wire === 2 && readEntry(reading, field, field.key, into, depth);
  if (field.repeated) return readItems(reading, field, wire, into, depth);
  if (wire !== wireOf(type)) return false;
  for (const other of field.siblings) delete into[other];
  into[field.name] = readValue(reading, type, depth, into[field.name]);
  return true;
};

const readItems = (reading: Reading, field: Field, wire: number, into: Message, depth: number): boolean => {
  const expected = wireOf(field.type);
  if (wire !== expected && (wire !== 2 || expected === 2)) return false;
  const { name } = field;
  const before = into[name];
  const list: unknown[] = Array.isArray(before) ? before : [];
  into[name] = list;
  if (wire === expected) {
    list.push(readValue(reading, field.type, depth, undefined));
    return true;
  }
  within(reading.reader, end => {
    while (reading.reader.pos < end) {
      spend(reading);
      list.push(readValue(reading, field.type, depth, undefined));
    }
  });
  return true;
};

const readEntry = (reading: Reading, field: Field, key: Scalar, into: Message, depth: number): boolean => {
  const { reader } = reading;
  let name = zeroKey(key);
  let value: unknown;
  within(reader, end => {
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag >>> 3 === 1 && (tag & 7) === wireOfScalar[key]) name = String(readScalar(reader, key));
      else if (tag >>> 3 === 2 && (tag & 7) === wireOf(field.type))
        value = readValue(reading, field.type, depth, value);
      else reader.skipType(tag & 7);
    }
  });
  into[field.name] ??= {};
  // Defined, not assigned: a key may be `__proto__`.
  Object.defineProperty(into[field.name], name, {
    value: value ?? zeroOf(field.type),
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return true;
};

const readValue = (reading: Reading, type: FieldType, depth: number, before: unknown): unknown => {
  const { reader } = reading;
  if (type.kind === 'enum') return reader.int32();
  if (type.kind === 'scalar') return readScalar(reader, type.scalar);
  // A message that comes twice is merged, as the encoding demands.
  const message = (before ?? {}) as Message; // made here, some fields ago
  within(reader, end => readMessage(reading, end, type.message, message, depth - 1));
  return message;
};

/** Reads a length and what is in it; nothing inside can reach beyond it. */
const within = (reader: Reader, read: (end: number) => void): void => {
  const outer = reader.len;
  const size = reader.size();
  const end = reader.pos + size;
  if (end > outer) throw new RangeError('length reaches beyond the message');
  reader.len = end;
  read(end);
  reader.len = outer;
};

const readScalar = (reader: Reader, scalar: Scalar): unknown => {
  const value: unknown = reader[scalar]();
  return typeof value === 'object' && value !== null && 'low' in value ? fromLong(value as Long) : value; // by name: the library's Long
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

const toLong = (value: unknown): Long => {
  const big = BigInt(value as number | bigint); // throws a TypeError for anything else
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

const writeField = (writer: Writer, field: Field, value: unknown): void => {
  const { type, number } = field;
  if (field.key !== undefined) writeEntries(writer, field, field.key, value as Message);
  else if (field.repeated) writeItems(writer, field, value as unknown[]);
  else if (field.presence || !isZero(value)) writeValue(writer.uint32((number << 3) | wireOf(type)), type, value);
};

const writeItems = (writer: Writer, field: Field, items: readonly unknown[]): void => {
  if (items.length === 0) return;
  if (field.packed) {
    writer.uint32((field.number << 3) | 2).fork();
    for (const item of items) writeValue(writer, field.type, item);
    writer.ldelim();
  } else {
    const tag = (field.number << 3) | wireOf(field.type);
    for (const item of items) writeValue(writer.uint32(tag), field.type, item);
  }
};

const writeEntries = (writer: Writer, field: Field, key: Scalar, map: Message): void => {
  const numeric = key !== 'string' && key !== 'bool';
  const keys = Object.keys(map).sort(numeric ? (a, b) => (BigInt(a) < BigInt(b) ? -1 : 1) : undefined);
  for (const name of keys) {
    writer.uint32((field.number << 3) | 2).fork();
    const typed = key === 'bool' ? name === 'true' : numeric ? BigInt(name) : name;
    writeScalar(
      writer.uint32(8 | wireOfScalar[key]),
      key,
      typeof typed === 'bigint' && !is64(key) ? Number(typed) : typed,
    );
    writeValue(writer.uint32(16 | wireOf(field.type)), field.type, map[name]);
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
  if (typeof value !== 'bigint' && typeof value !== typeOfScalar(scalar))
    throw new TypeError(`not a ${scalar}: ${typeof value}`);
  // Each method takes just the type that was checked for.
  const write = writer[scalar] as (this: Writer, value: unknown) => Writer;
  write.call(writer, is64(scalar) && !(typeof value === 'number' && value >= 0) ? toLong(value) : value);
};

const typeOfScalar = (scalar: Scalar): string =>
  scalar === 'string' ? 'string' : scalar === 'bool' ? 'boolean' : scalar === 'bytes' ? 'object' : 'number';

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

const wireOf = (type: FieldType): number =>
  type.kind === 'scalar' ? wireOfScalar[type.scalar] : type.kind === 'enum' ? 0 : 2;

const wireOfScalar: Record<Scalar, number> = {
  double: 1,
  float: 5,
  int32: 0,
  uint32: 0,
  sint32: 0,
  fixed32: 5,
  sfixed32: 5,
  int64: 0,
  uint64: 0,
  sint64: 0,
  fixed64: 1,
  sfixed64: 1,
  bool: 0,
  string: 2,
  bytes: 2,
};
