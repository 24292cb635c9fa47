/**
 * Message definitions as data: what `infra/proto.ts` writes and `base/protobuf.ts` reads. Compact, so that hundreds of
 * messages load in no time; each is taken apart when it is first used.
 */
export interface Table<Messages extends object = Record<string, Message>> {
  readonly syntax: 'proto2' | 'proto3';
  /**
   * Message name → fields in order of number, joined by `;`, each `number name type`. A type is a scalar's name, `.` and a
   * message's name, `=` and an enumeration's name, or `map<key,type>`; before it `*` for repeated and `?` for explicit
   * presence, after it `|` and the oneof that the field belongs to.
   */
  readonly messages: Readonly<Record<string, string>>;
  /** Enumeration name → values, each `number NAME`, joined by `;`. */
  readonly enums: Readonly<Record<string, string>>;
  /** Only for the type checker: the shape of each message. */
  readonly shapes?: Messages;
}

export type Message = { [field: string]: unknown };

export type Scalar =
  | 'double'
  | 'float'
  | 'int32'
  | 'uint32'
  | 'sint32'
  | 'fixed32'
  | 'sfixed32'
  | 'int64'
  | 'uint64'
  | 'sint64'
  | 'fixed64'
  | 'sfixed64'
  | 'bool'
  | 'string'
  | 'bytes';

/** `wire`: the wire type of one value. */
export type FieldType =
  | { readonly kind: 'scalar'; readonly wire: number; readonly scalar: Scalar }
  | { readonly kind: 'enum'; readonly wire: number; readonly name: string; readonly values: EnumType }
  | { readonly kind: 'message'; readonly wire: number; readonly message: MessageType };

export interface Field {
  readonly number: number;
  readonly name: string;
  /** The name in canonical proto-JSON. */
  readonly jsonName: string;
  readonly type: FieldType;
  readonly repeated: boolean;
  /** Written even with its zero value: proto2, `optional`, members of a oneof, messages. */
  readonly presence: boolean;
  readonly packed: boolean;
  /** For maps the type of the key; `type` is that of the value. */
  readonly key: Scalar | undefined;
  readonly oneof: string | undefined;
  /** Names of the other members of the oneof. */
  readonly siblings: readonly string[];
}

export interface MessageType {
  readonly name: string;
  /** In order of number. */
  readonly fields: readonly Field[];
  readonly byNumber: ReadonlyMap<number, Field>;
  /** By name and by JSON name. */
  readonly byName: ReadonlyMap<string, Field>;
}

interface EnumType {
  readonly byNumber: ReadonlyMap<number, string>;
  readonly byName: ReadonlyMap<string, number>;
}

/** The definition of a message of the table. Throws when the table has none: a mistake of the caller. */
export const messageType = (table: Table<object>, name: string): MessageType => {
  const known = cacheOf(table);
  const found = known.messages.get(name);
  if (found) return found;
  const text = Object.hasOwn(table.messages, name) ? table.messages[name] : undefined;
  if (text === undefined) throw new Error(`no message ${name} in this table`);
  return toMessageType(table, name, text, known);
};

const enumType = (table: Table<object>, name: string): EnumType => {
  const known = cacheOf(table);
  const found = known.enums.get(name);
  if (found) return found;
  const values = (table.enums[name] ?? '').split(';').map(value => {
    const [number, label = ''] = value.split(' ');
    return [Number(number), label] as const;
  });
  // Reversed: of two names for one number the first is printed.
  const made = {
    byNumber: new Map([...values].reverse()),
    byName: new Map(values.map(([number, label]) => [label, number])),
  };
  known.enums.set(name, made);
  return made;
};

interface Cache {
  readonly messages: Map<string, MessageType>;
  readonly enums: Map<string, EnumType>;
}

const caches = new WeakMap<object, Cache>();

const cacheOf = (table: Table<object>): Cache => {
  let cache = caches.get(table);
  if (!cache) {
    cache = { messages: new Map(), enums: new Map() };
    caches.set(table, cache);
  }
  return cache;
};

/** Known before its fields are, because messages may contain themselves. */
const toMessageType = (table: Table<object>, name: string, text: string, known: Cache): MessageType => {
  const fields: Field[] = [];
  const byNumber = new Map<number, Field>();
  const byName = new Map<string, Field>();
  const made = { name, fields, byNumber, byName };
  known.messages.set(name, made);
  const parts = text === '' ? [] : text.split(';');
  for (const part of parts) {
    const field = toField(table, part, parts);
    fields.push(field);
    byNumber.set(field.number, field);
    byName.set(field.name, field);
  }
  for (const field of fields) if (!byName.has(field.jsonName)) byName.set(field.jsonName, field);
  return made;
};

const toField = (table: Table<object>, text: string, all: readonly string[]): Field => {
  const [number = '', name = '', notation = ''] = text.split(' ');
  const match = /^([*?]?)(?:map<(\w+),([^>]+)>|([^|]+))(?:\|(\w+))?$/.exec(notation);
  if (!match) throw new Error(`cannot read field ${text}`);
  const [, mark, key, value, plain, oneof] = match;
  const repeated = mark === '*';
  const spelled = value ?? plain ?? '';
  return {
    number: Number(number),
    name,
    jsonName: toJsonName(name),
    type: toType(table, spelled),
    repeated,
    presence: mark === '?' || oneof !== undefined || spelled.startsWith('.') || table.syntax === 'proto2',
    packed: repeated && table.syntax === 'proto3' && !spelled.startsWith('.') && !/^(string|bytes)$/.test(spelled),
    key: key as Scalar | undefined, // the generator writes nothing else there
    oneof,
    siblings:
      oneof === undefined
        ? []
        : all.filter(other => other !== text && other.endsWith(`|${oneof}`)).map(other => other.split(' ')[1] ?? ''),
  };
};

const toType = (table: Table<object>, spelled: string): FieldType => {
  const name = spelled.slice(1);
  if (spelled.startsWith('.')) return { kind: 'message', wire: 2, message: messageType(table, name) };
  if (spelled.startsWith('=')) return { kind: 'enum', wire: 0, name, values: enumType(table, name) };
  const scalar = spelled as Scalar; // as above
  return { kind: 'scalar', wire: wireOf[scalar], scalar };
};

export const wireOf: Readonly<Record<Scalar, number>> = {
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

/** `reset_count` → `resetCount`, as protoc derives it. */
const toJsonName = (name: string): string => name.replace(/_+(.?)/g, (_, letter: string) => letter.toUpperCase());
