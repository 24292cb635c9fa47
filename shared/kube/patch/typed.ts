import { compile } from '../schema/compile.ts';
import { metadataSchema } from '../schema/metadata.ts';
import type { Schema } from '../schema/schema.ts';

/**
 * What a value may be, as far as the ownership of its fields goes (kubernetes-api reference §1.13, "Types from schema"). Most
 * shapes allow one form; what no schema describes may be any.
 */
export interface Shape {
  readonly scalar?: 'numeric' | 'string' | 'boolean' | 'untyped';
  readonly list?: ListShape;
  readonly map?: MapShape;
}

export interface ListShape {
  /** Owned as a whole. Otherwise item by item: by the values of `keys`, or by their own value when there are none. */
  readonly atomic: boolean;
  readonly keys: readonly string[] | undefined;
  /** Values that keys have which an item leaves out. */
  readonly defaults: ReadonlyMap<string, unknown>;
  readonly item: Shape;
}

export interface MapShape {
  /** Owned as a whole. Otherwise field by field. */
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, Shape>;
  /** Shape of fields that have no name here; undefined when there may be none. */
  readonly rest: Shape | undefined;
}

/** The shape of a whole object of a type whose schema is given: with apiVersion, kind and metadata. */
export const toObjectShape = (schema: Schema): Shape => {
  const known = objects.get(schema);
  if (known) return known;
  const shape = toResource(toShape(schema));
  objects.set(schema, shape);
  return shape;
};

/** The shape of a field of this map. */
export const fieldShape = (map: MapShape, field: string): Shape | undefined => map.fields.get(field) ?? map.rest;

/** The shape of what a path element leads to from a value of this shape. */
export const shapeAt = (shape: Shape | undefined, element: string): Shape | undefined =>
  element.startsWith('f:') ? shape?.map && fieldShape(shape.map, element.slice(2)) : shape?.list?.item;

const objects = new WeakMap<Schema, Shape>();
const shapes = new WeakMap<Schema, Shape>();

const toShape = (schema: Schema): Shape => {
  const known = shapes.get(schema);
  if (known) return known;
  const shape = schema['x-kubernetes-embedded-resource'] ? toResource(build(schema)) : build(schema);
  shapes.set(schema, shape);
  return shape;
};

const build = (schema: Schema): Shape => {
  if (schema['x-kubernetes-int-or-string']) return { scalar: 'untyped' };
  switch (schema.type) {
    case 'object':
      return toMap(schema);
    case 'array':
      return { list: toList(schema) };
    case 'string':
      return { scalar: schema.format === undefined || schema.format === 'byte' ? 'string' : 'untyped' };
    case 'integer':
    case 'number':
      return { scalar: 'numeric' };
    case 'boolean':
      return { scalar: 'boolean' };
    default:
      return schema.properties ? toMap(schema) : deduced;
  }
};

const noFields: ReadonlyMap<string, Shape> = new Map();

/** Anything whatever, owned as a whole but for scalars. */
const untypedAtomic: Shape = {
  scalar: 'untyped',
  list: {
    atomic: true,
    keys: undefined,
    defaults: new Map(),
    get item() {
      return untypedAtomic;
    },
  },
  map: {
    atomic: true,
    fields: noFields,
    get rest() {
      return untypedAtomic;
    },
  },
};

/** Anything whatever: maps field by field, lists as a whole. */
const deduced: Shape = {
  scalar: 'untyped',
  list: { atomic: true, keys: undefined, defaults: new Map(), item: untypedAtomic },
  map: {
    atomic: false,
    fields: noFields,
    get rest() {
      return deduced;
    },
  },
};

const toMap = (schema: Schema): Shape => {
  const { properties = {}, additionalProperties } = schema;
  const atomic = schema['x-kubernetes-map-type'] === 'atomic';
  const fields = new Map(Object.entries(properties).map(([name, child]) => [name, toShape(child)]));
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] || additionalProperties === true;
  if (fields.size === 0 && !atomic && (additionalProperties === undefined || isOpen)) return deduced;
  const rest =
    typeof additionalProperties === 'object'
      ? toShape(additionalProperties)
      : isOpen || (fields.size === 0 && additionalProperties === undefined)
        ? deduced
        : undefined;
  return { map: { atomic, fields, rest } };
};

const toList = (schema: Schema): ListShape => {
  const item = schema.items ? toShape(schema.items) : untypedAtomic;
  const type = schema['x-kubernetes-list-type'] ?? patchedAs(schema);
  const keys = type === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? mergeKeys(schema)) : undefined;
  const properties = schema.items ? compile(schema.items).properties : new Map();
  const defaults = (keys ?? []).flatMap(key => {
    const value = properties.get(key)?.schema.default;
    return value === undefined ? [] : [[key, value] as const];
  });
  return { atomic: type === 'atomic', keys, defaults: new Map(defaults), item };
};

/** Types that know only how they are patched: a list that merges by a key is a map, one that merges by value a set. */
const patchedAs = (schema: Schema): 'atomic' | 'set' | 'map' => {
  const merges = schema['x-kubernetes-patch-strategy']?.split(',').includes('merge') ?? false;
  if (!merges) return 'atomic';
  return schema['x-kubernetes-patch-merge-key'] === undefined ? 'set' : 'map';
};

const mergeKeys = (schema: Schema): string[] => {
  const key = schema['x-kubernetes-patch-merge-key'];
  return key === undefined ? [] : [key];
};

/** A shape of objects, with what every object has. */
const toResource = (shape: Shape): Shape => {
  const map = shape.map ?? { atomic: false, fields: noFields, rest: undefined };
  const text: Shape = { scalar: 'string' };
  const head: [string, Shape][] = [
    ['apiVersion', text],
    ['kind', text],
    ['metadata', toShape(metadataSchema)],
  ];
  return { map: { ...map, fields: new Map([...map.fields, ...head]) } };
};
