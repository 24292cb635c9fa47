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

export type FieldType =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'enum'; readonly name: string; readonly values: EnumType }
  | { readonly kind: 'message'; readonly message: MessageType };

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
  readonly key?: Scalar;
  readonly oneof?: string;
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
  const made = toMessageType(table, name, text);
  known.messages.set(name, made);
  return made;
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

const toMessageType = (table: Table<object>, name: string, text: string): MessageType => {
  const parts = text === '' ? [] : text.split(';');
  const fields = parts.map(part => toField(table, part, parts));
  return {
    name,
    fields,
    byNumber: new Map(fields.map(field => [field.number, field])),
    byName: new Map([...fields.map(f => [f.jsonName, f] as const), ...fields.map(f => [f.name, f] as const)]),
  };
};

const toField = (table: Table<object>, text: string, all: readonly string[]): Field => {
  const [number = '', name = '', notation = ''] = text.split(' ');
  const match = /^([*?]?)(?:map<(\w+),([^>]+)>|([^|]+))(?:\|(\w+))?$/.exec(notation);
  if (!match) throw new Error(`cannot read field ${text}`);
  const [, mark, key, value, plain, oneof] = match;
  const repeated = mark === '*';
  const spelled = value ?? plain ?? '';
  const lazy = lazyType(table, spelled);
  return {
    number: Number(number),
    name,
    jsonName: toJsonName(name),
    // A getter, because messages may contain themselves.
    get type() {
      return lazy();
    },
    repeated,
    presence: mark === '?' || oneof !== undefined || spelled.startsWith('.') || table.syntax === 'proto2',
    packed: repeated && table.syntax === 'proto3' && !spelled.startsWith('.') && !/^(string|bytes)$/.test(spelled),
    ...(key === undefined ? {} : { key: key as Scalar }), // the generator writes nothing else there
    ...(oneof === undefined ? {} : { oneof }),
    siblings:
      oneof === undefined ? [] : all.filter(o => o !== text && o.endsWith(`|${oneof}`)).map(o => o.split(' ')[1] ?? ''),
  };
};

const lazyType = (table: Table<object>, spelled: string): (() => FieldType) => {
  let type: FieldType | undefined;
  return () => {
    type ??= spelled.startsWith('.')
      ? { kind: 'message', message: messageType(table, spelled.slice(1)) }
      : spelled.startsWith('=')
        ? { kind: 'enum', name: spelled.slice(1), values: enumType(table, spelled.slice(1)) }
        : { kind: 'scalar', scalar: spelled as Scalar }; // the generator writes nothing else there
    return type;
  };
};

/** `reset_count` → `resetCount`, as protoc derives it. */
const toJsonName = (name: string): string => name.replace(/_+(.?)/g, (_, letter: string) => letter.toUpperCase());
