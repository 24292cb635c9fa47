import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../shared/kube/patch/collect.ts';
import { overlay } from '../../../shared/kube/patch/overlay.ts';
import { toObjectShape } from '../../../shared/kube/patch/typed.ts';
import type { Schema } from '../../../shared/kube/schema/schema.ts';

const item: Schema = {
  type: 'object',
  properties: { name: { type: 'string' }, a: { type: 'string' }, n: { type: 'integer' } },
};
const shape = toObjectShape({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        items: { type: 'array', items: item, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        whole: { type: 'array', items: { type: 'string' } },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
});

const word = fc.constantFrom('a', 'b', 'c', 'd');
const object = fc
  .record(
    {
      items: fc.uniqueArray(fc.record({ name: word, a: fc.option(word), n: fc.nat(3) }, { requiredKeys: ['name'] }), {
        selector: ({ name }) => name,
      }),
      tags: fc.uniqueArray(word),
      whole: fc.array(word, { maxLength: 3 }),
      labels: fc.dictionary(word, word),
      free: fc.dictionary(word, fc.oneof(word, fc.constant(null), fc.dictionary(word, fc.nat(2)))),
    },
    { requiredKeys: [] },
  )
  .map(spec => ({ spec }));

describe('what a value sets', () => {
  it('does not depend on what it may be like, and is used again where it is', () => {
    fc.assert(
      fc.property(object, object, (one, other) => {
        const set = collect(one, shape);
        expect(collect(one, shape, set)).toBe(set);
        const like = collect(other, shape);
        expect(JSON.stringify(collect(one, shape, like))).toBe(JSON.stringify(set));
      }),
    );
  });
});

describe('a configuration laid over an object', () => {
  it('that has it already leaves it the same instance', () => {
    fc.assert(
      fc.property(object, object, (live, config) => {
        const once = overlay(live, config, shape);
        expect(overlay(once, config, shape)).toBe(once);
        expect(overlay(live, structuredClone(live), shape)).toBe(live);
      }),
    );
  });
});
