import { Buffer } from 'node:buffer';
import { parseGoDuration, parseTimestamp } from './library/time.ts';
import { dyn, type Type } from './type.ts';
import { Dictionary, List, type Value } from './value.ts';

/** A JSON value as a value of a type. Lists and maps are converted as far as they are looked at. */
export const lift = (raw: unknown, type: Type): Value => {
  if (raw === null || raw === undefined) return null;
  if (typeof raw === 'number') return type.k !== 'double' && Number.isInteger(raw) ? BigInt(raw) : raw;
  if (typeof raw === 'bigint') return type.k === 'double' ? Number(raw) : raw;
  if (typeof raw === 'string') return liftText(raw, type);
  if (typeof raw === 'boolean') return raw;
  if (Array.isArray(raw)) return new JsonList(raw, type.k === 'list' ? type : undefined);
  // JSON has nothing else.
  const map = raw as { [field: string]: unknown };
  return type.k === 'object' ? new JsonObject(map, type) : new JsonMap(map, type.k === 'map' ? type.of : dyn);
};

const liftText = (text: string, type: Type): Value => {
  if (type.k === 'timestamp') return parseTimestamp(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (type.k === 'duration') return parseGoDuration(text);
  return type.k === 'bytes' ? Uint8Array.from(Buffer.from(text, 'base64')) : text;
};

class JsonList extends List {
  readonly #items: readonly unknown[];
  readonly #of: Type;
  constructor(items: readonly unknown[], type: Extract<Type, { k: 'list' }> | undefined) {
    super(type?.merge);
    this.#items = items;
    this.#of = type?.of ?? dyn;
  }
  get size(): number {
    return this.#items.length;
  }
  at(index: number): Value {
    return lift(this.#items[index], this.#of);
  }
}

class JsonMap extends Dictionary {
  readonly #fields: { readonly [field: string]: unknown };
  readonly #of: Type;
  constructor(fields: { readonly [field: string]: unknown }, of: Type) {
    super();
    this.#fields = fields;
    this.#of = of;
  }
  get size(): number {
    return fieldsOf(this.#fields).length;
  }
  get(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.#fields, key)) return undefined;
    const value = this.#fields[key];
    return value === undefined ? undefined : lift(value, this.#of);
  }
  keys(): readonly Value[] {
    return fieldsOf(this.#fields);
  }
}

/** Asked for in every round of a macro, and long to make of a large map. What is looked at does not change. */
const fieldsOf = (map: object): readonly string[] => {
  const known = fieldNames.get(map) ?? Object.keys(map);
  fieldNames.set(map, known);
  return known;
};

const fieldNames = new WeakMap<object, readonly string[]>();

/** An object: only declared fields are there, under their escaped names. */
class JsonObject extends Dictionary {
  readonly #fields: { readonly [field: string]: unknown };
  readonly #type: Extract<Type, { k: 'object' }>;
  constructor(fields: { readonly [field: string]: unknown }, type: Extract<Type, { k: 'object' }>) {
    super();
    this.#fields = fields;
    this.#type = type;
  }
  get size(): number {
    return this.keys().length;
  }
  get(key: Value): Value | undefined {
    const field = typeof key === 'string' ? this.#type.fields.get(key) : undefined;
    if (field === undefined || !Object.hasOwn(this.#fields, field.name)) return undefined;
    const value = this.#fields[field.name];
    return value === undefined ? undefined : lift(value, field.type);
  }
  keys(): readonly Value[] {
    const spelled = spellingsOf(this.#type);
    return fieldsOf(this.#fields).flatMap(field => spelled.get(field) ?? []);
  }
}

/** How expressions spell the fields of a type: a type has many, and most of its objects few of them. */
const spellingsOf = (type: Extract<Type, { k: 'object' }>): ReadonlyMap<string, string> => {
  const known = spellings.get(type) ?? new Map([...type.fields].map(([spelled, { name }]) => [name, spelled]));
  spellings.set(type, known);
  return known;
};

const spellings = new WeakMap<Type, ReadonlyMap<string, string>>();
