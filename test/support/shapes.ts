import type { Schema } from '../../shared/kube/schema/schema.ts';

const text: Schema = { type: 'string' };
const number: Schema = { type: 'integer' };

/** One of everything that ownership tells apart. */
export const kitchenSink: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        text,
        number,
        flag: { type: 'boolean' },
        either: { 'x-kubernetes-int-or-string': true },
        struct: { type: 'object', properties: { a: text, b: text, deep: { type: 'object', properties: { c: text } } } },
        whole: { type: 'object', properties: { a: text, b: text }, 'x-kubernetes-map-type': 'atomic' },
        map: { type: 'object', additionalProperties: text },
        maps: { type: 'object', additionalProperties: { type: 'object', additionalProperties: text } },
        list: { type: 'array', items: text },
        set: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
        numbers: { type: 'array', items: number, 'x-kubernetes-list-type': 'set' },
        items: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              name: text,
              value: number,
              tags: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
            },
          },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
        },
        ports: {
          type: 'array',
          items: {
            type: 'object',
            properties: { port: number, protocol: { ...text, default: 'TCP' }, name: text },
          },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port', 'protocol'],
        },
        merged: {
          type: 'array',
          items: { type: 'object', properties: { type: text, on: text } },
          'x-kubernetes-patch-strategy': 'merge',
          'x-kubernetes-patch-merge-key': 'type',
        },
        any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        open: { type: 'object', properties: { known: text }, 'x-kubernetes-preserve-unknown-fields': true },
        inner: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    status: { type: 'object', properties: { phase: text, count: number } },
  },
};
