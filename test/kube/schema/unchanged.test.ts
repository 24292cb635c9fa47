import { describe, expect, it } from 'vitest';
import type { Schema } from '../../../shared/kube/schema/schema.ts';
import { findUnchanged } from '../../../shared/kube/schema/unchanged.ts';
import { watchCpu } from '../../support/cpu.ts';

const schema: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        keyed: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['n'],
          items: { type: 'object', properties: { n: { type: 'string' }, x: { type: 'integer' } } },
        },
        plain: { type: 'array', items: { type: 'integer' } },
        map: { type: 'object', additionalProperties: { type: 'object', properties: { x: { type: 'integer' } } } },
      },
    },
  },
};
const old = {
  spec: {
    keyed: [
      { n: 'a', x: 1 },
      { n: 'b', x: 2 },
    ],
    plain: [1, 2],
    map: { 'a.b': { x: 1 }, a: { x: 2 } },
    size: 1,
  },
};

describe('findUnchanged', () => {
  it.each<[string, object, boolean]>([
    ['spec.size', { size: 1, other: 1 }, true],
    ['spec.size', { size: 2 }, false],
    ['spec.keyed[1].x', { keyed: [{ n: 'c' }, { n: 'a', x: 1 }] }, true],
    ['spec.keyed[0].x', { keyed: [{ n: 'a', x: 2 }] }, false],
    ['spec.keyed[0].x', { keyed: [{ n: 'new', x: 1 }] }, false],
    ['spec.plain[0]', { plain: [1, 3] }, false],
    ['spec.plain[0]', { plain: [1, 2] }, true],
    ['spec.map.a.b.x', { map: { 'a.b': { x: 1 }, a: { x: 9 } } }, true],
    ['spec.map[a.b].x', { map: { 'a.b': { x: 3 }, a: { x: 2 } } }, false],
    ['spec.map.a.missing', { map: { a: { x: 2 } } }, true],
    ['spec.map.a.missing', { map: { a: { x: 3 } } }, false],
    ['spec.none', {}, false],
    ['<nil>', {}, false],
    ['', {}, false],
  ])('%s in %j: %s', (field, spec, expected) => {
    expect(findUnchanged({ spec }, old, schema)(field)).toBe(expected);
  });

  it('looks at a large list once, however much is asked about it', () => {
    const large = (x: number) => ({ spec: { keyed: Array.from({ length: 50_000 }, (_, i) => ({ n: `n${i}`, x })) } });
    const spent = watchCpu();
    const isUnchanged = findUnchanged({ ...large(1), other: 1 }, large(1), schema);
    const isChanged = findUnchanged({ spec: { keyed: [...large(2).spec.keyed].reverse() } }, large(1), schema);
    for (let i = 0; i < 500; i++) {
      expect(isUnchanged(`spec.keyed[${i}].x`)).toBe(true);
      expect(isChanged(`spec.keyed[${i}].x`)).toBe(false);
    }
    expect(spent()).toBeLessThan(4_000);
  });
});
