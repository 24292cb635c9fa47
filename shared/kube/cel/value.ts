import type { Type } from './type.ts';

/**
 * Values while an expression runs: int is `bigint`, double is `number`; lists and maps are read through an interface, so
 * that objects are converted only as far as they are looked at.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | Uint
  | Timestamp
  | Duration
  | TypeValue
  | Optional
  | List
  | Dictionary
  | Opaque;

/** What goes wrong while an expression runs; `&&`, `||` and the macros may swallow it. */
export class CelError extends Error {
  override readonly name: string = 'CelError';
  /** Where in the expression something is wrong, counted from its beginning; undefined for what is of no place. */
  at: number | undefined;

  constructor(message: string, at?: number) {
    super(message);
    this.at = at;
  }
}

/** An expression that works, and gives something else than is wanted. */
export class ResultError extends CelError {
  override readonly name = 'ResultError';
}

/** The budget is spent: nothing swallows this. */
export class CostError extends CelError {
  override readonly name = 'CostError';
}

export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    if (value < 0n || value > 0xffffffffffffffffn) throw new CelError('unsigned integer overflow');
    this.value = value;
  }
}

/** Nanoseconds since 1970, UTC; from year 1 to 9999. */
export class Timestamp {
  readonly ns: bigint;
  constructor(ns: bigint) {
    if (ns < -62135596800000000000n || ns > 253402300799999999999n) throw new CelError('timestamp overflow');
    this.ns = ns;
  }
}

export class Duration {
  readonly ns: bigint;
  constructor(ns: bigint) {
    if (ns < -(2n ** 63n) || ns > 2n ** 63n - 1n) throw new CelError('duration overflow');
    this.ns = ns;
  }
}

export class TypeValue {
  readonly type: string;
  constructor(type: string) {
    this.type = type;
  }
}

export class Optional {
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    this.value = value;
  }
}

/** Values of libraries: addresses, quantities, URLs and the like. */
export abstract class Opaque {
  abstract readonly typeName: string;
  abstract equals(other: Opaque): boolean;
  /** `a.b`; most have no fields. */
  field(_name: string): Value | undefined {
    return undefined;
  }
}

export abstract class List {
  abstract readonly size: number;
  abstract at(index: number): Value;
  readonly merge: Extract<Type, { k: 'list' }>['merge'];
  constructor(merge?: Extract<Type, { k: 'list' }>['merge']) {
    this.merge = merge;
  }
  *[Symbol.iterator](): Generator<Value> {
    for (let i = 0; i < this.size; i += 1) yield this.at(i);
  }
}

/** A list of values that are there already. */
export class Items extends List {
  readonly items: readonly Value[];
  constructor(items: readonly Value[], merge?: List['merge']) {
    super(merge);
    this.items = items;
  }
  get size(): number {
    return this.items.length;
  }
  at(index: number): Value {
    const item = this.items[index];
    if (item === undefined) throw new CelError(`index out of bounds: ${index}`);
    return item;
  }
}

/** A map or an object. */
export abstract class Dictionary {
  abstract readonly size: number;
  abstract get(key: Value): Value | undefined;
  abstract keys(): readonly Value[];
  /** `a.b`: of maps the same as `get`, of objects by the escaped name. */
  field(name: string): Value | undefined {
    return this.get(name);
  }
}

/** A map that an expression made. */
export class Entries extends Dictionary {
  readonly #entries = new Map<string, readonly [Value, Value]>();
  constructor(entries: Iterable<readonly [Value, Value]>) {
    super();
    for (const [key, value] of entries) {
      const id = toKeyId(key);
      if (id === undefined) throw new CelError(`unsupported key type: ${typeName(key)}`);
      if (this.#entries.has(id)) throw new CelError('insert failed: key already exists');
      this.#entries.set(id, [key, value]);
    }
  }
  get size(): number {
    return this.#entries.size;
  }
  get(key: Value): Value | undefined {
    const id = toKeyId(key);
    return id === undefined ? undefined : this.#entries.get(id)?.[1];
  }
  keys(): readonly Value[] {
    return [...this.#entries.values()].map(([key]) => key);
  }
}

/** A message that an expression made: named fields, of which only those that were given are there. */
export class Message extends Dictionary {
  readonly name: string;
  readonly #fields: ReadonlyMap<string, Value>;
  constructor(name: string, fields: ReadonlyMap<string, Value>) {
    super();
    this.name = name;
    this.#fields = fields;
  }
  get size(): number {
    return this.#fields.size;
  }
  get(key: Value): Value | undefined {
    return typeof key === 'string' ? this.#fields.get(key) : undefined;
  }
  keys(): readonly string[] {
    return [...this.#fields.keys()];
  }
}

/** Keys that are equal as numbers are one key, whatever their types. */
const toKeyId = (key: Value): string | undefined => {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'boolean') return `b${key}`;
  if (typeof key === 'bigint') return `n${key}`;
  if (key instanceof Uint) return `n${key.value}`;
  return typeof key === 'number' && Number.isInteger(key) ? `n${BigInt(key)}` : undefined;
};

/** The name of a value's type, as `type(x)` shows it. */
export const typeName = (value: Value): string => {
  if (value === null) return 'null_type';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'string') return 'string';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof List) return 'list';
  if (value instanceof Message) return value.name;
  return value instanceof Dictionary ? 'map' : value.typeName;
};

/** Whether a value is one of a type, as far as dispatch needs to know. */
export const isOf = (value: Value, type: Type): boolean => {
  if (type.k === 'dyn' || type.k === 'param') return true;
  if (type.k === 'null') return value === null;
  if (type.k === 'optional') return value instanceof Optional;
  if (type.k === 'list') return value instanceof List;
  if (type.k === 'map' || type.k === 'object') return value instanceof Dictionary;
  if (type.k === 'opaque') return value instanceof Opaque && value.typeName === type.name;
  if (type.k === 'timestamp') return value instanceof Timestamp;
  if (type.k === 'duration') return value instanceof Duration;
  return typeName(value) === type.k;
};

/** Characters, bytes, items or entries; 1 for everything else. */
export const sizeOf = (value: Value): number => {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  if (value instanceof List || value instanceof Dictionary) return value.size;
  return 1;
};
