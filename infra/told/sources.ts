import { isDeepStrictEqual } from 'node:util';
import { cloneJson } from '../../shared/base/clone.ts';
import { isFault } from '../../shared/base/fault.ts';
import type { ApiObject, Json, JsonMap } from '../../shared/base/object.ts';
import { type MessageType, messageType } from '../../shared/base/table.ts';
import type { EdgeDevConfig } from '../../shared/eve/generated/config.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import type { Schema } from '../../shared/kube/schema/schema.ts';
import { validate } from '../../shared/kube/schema/validate.ts';
import { innerOf } from './fields.ts';
import { asMap, loadWorld, type World } from './world.ts';

/**
 * By path, for every field that a configuration has: the resource fields that set it (`Application spec.eve.pinCPU`), namely
 * those that set least beside it.
 */
export type Sources = ReadonlyMap<string, readonly string[]>;

/**
 * Which resource field sets which field of the configuration: looked at, not claimed. Each field of each object is taken out
 * or given another value, and the configuration composed anew; what differs is set by it. `texts`: YAML of objects.
 */
export const findSources = async (texts: readonly string[]): Promise<Sources> => {
  const reach = new Map<string, Map<string, number>>();
  const tried = new Map<string, number>();
  for (const text of texts) {
    const world = await loadWorld(text);
    const before = flatten(await world.compose(world.objects));
    for (const path of before.keys()) reach.set(path, reach.get(path) ?? new Map());
    for (const { field, variants } of changesOf(world)) {
      if ((tried.get(field) ?? 0) >= maxTries) continue;
      let isNews = false;
      for (const objects of variants) {
        const changed = await differences(world, before, objects);
        for (const path of changed) isNews = note(reach, path, field, changed.length) || isNews;
      }
      if (!isNews) tried.set(field, (tried.get(field) ?? 0) + 1);
    }
  }
  return new Map([...reach].map(([path, sources]) => [path, closest(sources)]));
};

/** A field that so often did nothing that was not known of it will do so again. */
const maxTries = 4;

/** Answers whether that was not known. */
const note = (reach: Map<string, Map<string, number>>, path: string, field: string, width: number): boolean => {
  const sources = reach.get(path) ?? new Map<string, number>();
  const known = sources.get(field) ?? Number.POSITIVE_INFINITY;
  sources.set(field, Math.min(width, known));
  reach.set(path, sources);
  return width < known && width <= maxWidth;
};

/** A change that moves more fields than this says nothing about any of them. */
const maxWidth = 6;

const closest = (sources: ReadonlyMap<string, number>): string[] => {
  const least = Math.min(...sources.values());
  if (least > maxWidth) return [];
  const fields = [...sources].filter(([, width]) => width === least).map(([field]) => field);
  // A part says more than the whole that it is in.
  return fields.filter(field => !fields.some(other => other.startsWith(`${field}.`))).sort();
};

const differences = async (world: World, before: Flat, objects: readonly ApiObject[]): Promise<string[]> => {
  try {
    const after = flatten(await world.compose(objects));
    return [...new Set([...before.keys(), ...after.keys()])].filter(
      path => !isDeepStrictEqual(before.get(path), after.get(path)),
    );
  } catch (error) {
    if (isFault(error)) return [];
    throw error;
  }
};

/** Path of a field → its values in order of their places; a message counts by being there. */
type Flat = Map<string, unknown[]>;

const flatten = (config: EdgeDevConfig): Flat => {
  const out: Flat = new Map();
  collect(messageType(eve, 'config.EdgeDevConfig'), config, '', out);
  return out;
};

const collect = (type: MessageType, message: object, prefix: string, out: Flat): void => {
  for (const field of type.fields) {
    const value = (message as Record<string, unknown>)[field.name]; // a message by the table
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    const path = `${prefix}${field.name}`;
    const inner = innerOf(field);
    const items: unknown[] = field.repeated && Array.isArray(value) ? value : [value];
    const list = out.get(path) ?? [];
    out.set(path, list);
    for (const item of items)
      if (inner && typeof item === 'object' && item !== null) {
        list.push(true);
        // What is within itself again is the same field.
        collect(inner, item, inner.name === type.name ? prefix : `${path}.`, out);
      } else list.push(item);
  }
};

interface Change {
  readonly field: string;
  /** All objects of the world, one of them changed. */
  readonly variants: readonly (readonly ApiObject[])[];
}

/** Parts of an object that its writer fills in. */
const parts = ['spec', 'parameters', 'data', 'annotations'] as const;

const changesOf = (world: World): Change[] =>
  world.objects.flatMap((object, at) => {
    if (object.kind === 'Secret') return [];
    const type = world.typeOf(object);
    const isValid = (one: ApiObject) =>
      validate(asMap(one), type.schema).length === 0 && (type.validate?.(one).length ?? 0) === 0;
    const changes = leavesOf(object).map(({ steps, field }) => {
      const changed = variants(object, steps, type.schema).filter(isValid);
      const name = steps.at(-1) === 'name' ? valueAt(object, steps) : undefined;
      return {
        field: `${object.kind} ${field}`,
        variants: [
          ...changed.map(one => world.objects.with(at, one)),
          ...(typeof name === 'string' ? [renamed(world, name)] : []),
        ],
      };
    });
    return [...changes, { field: `${object.kind} metadata.name`, variants: [renamed(world, object.metadata.name)] }];
  });

/** Everything of a name, and what refers to it, under another one. */
const renamed = (world: World, name: string): ApiObject[] =>
  JSON.parse(JSON.stringify(world.objects).replaceAll(JSON.stringify(name), JSON.stringify(`${name}-2`)));

interface Leaf {
  readonly steps: readonly (string | number)[];
  /** `spec.adapters[].name` */
  readonly field: string;
}

const valueAt = (object: ApiObject, steps: Leaf['steps']): Json | undefined =>
  steps.reduce<Json | undefined>((holder, step) => child(holder, step), asMap(object));

const leavesOf = (object: ApiObject): Leaf[] =>
  parts.flatMap(part => {
    const steps = part === 'annotations' ? ['metadata', part] : [part];
    const value = valueAt(object, steps);
    return value === undefined ? [] : walk(value, steps, steps.join('.'), part === 'spec');
  });

const walk = (value: Json, steps: Leaf['steps'], field: string, nested: boolean): Leaf[] => {
  if (Array.isArray(value) && value.some(item => item !== null && typeof item === 'object'))
    return value.flatMap((item, at) => walk(item, [...steps, at], `${field}[]`, nested));
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [{ steps, field }];
  const below = Object.entries(value).flatMap(([key, item]) => {
    // A key that its writer chose is no name of a field.
    const name = nested ? `.${key}` : `[${key}]`;
    return walk(item, [...steps, key], `${field}${name}`, nested);
  });
  return steps.length > 1 ? [...below, { steps, field }] : below;
};

const child = (holder: Json | undefined, step: string | number): Json | undefined =>
  Array.isArray(holder)
    ? holder[Number(step)]
    : holder !== null && typeof holder === 'object'
      ? holder[String(step)]
      : undefined;

/** The object without a field; with another value there. */
const variants = (object: ApiObject, steps: Leaf['steps'], schema: Schema): ApiObject[] => {
  const last = steps.at(-1) ?? '';
  const edit = (change: (holder: JsonMap) => void): ApiObject[] => {
    const copy = cloneJson(asMap(object));
    const holder = steps.slice(0, -1).reduce<Json | undefined>((inner, step) => child(inner, step), copy);
    if (holder === null || typeof holder !== 'object' || Array.isArray(holder)) return [];
    change(holder);
    return [copy as unknown as ApiObject];
  };
  const value = valueAt(object, steps);
  const others = [
    ...alternatives(value, schemaAt(schema, steps)),
    ...(typeof value === 'string' ? namesIn(object) : []),
  ];
  return [
    ...edit(holder => delete holder[last]),
    ...others.flatMap(other =>
      edit(holder => {
        holder[last] = other;
      }),
    ),
  ];
};

const schemaAt = (schema: Schema, steps: Leaf['steps']): Schema | undefined =>
  steps.reduce<Schema | undefined>((inner, step) => {
    if (typeof step === 'number') return inner?.items;
    const open = inner?.additionalProperties;
    return inner?.properties?.[step] ?? (typeof open === 'object' ? open : undefined);
  }, schema);

/** What the object's list items are called: another one that a reference may name. */
const namesIn = (object: ApiObject): string[] =>
  [...JSON.stringify(object.spec ?? {}).matchAll(/"name":"([^"]+)"/g)].map(match => match[1] ?? '').slice(0, 6);

const alternatives = (value: Json | undefined, schema: Schema | undefined): Json[] => {
  if (schema?.enum) return schema.enum.filter(one => one !== value) as Json[];
  if (typeof value === 'number') return [value + 1, value - 1];
  if (typeof value === 'boolean') return [!value];
  if (Array.isArray(value))
    return [
      value.slice(0, -1),
      ...alternatives(value.at(-1), schema?.items).map(last => [...value.slice(0, -1), last]),
    ];
  if (typeof value !== 'string') return [];
  return [value.replace(/\d(?=\D*$)/, digit => String((Number(digit) + 1) % 10)), `${value}x`];
};
