import { describe, expect, it } from 'vitest';
import { applyDefaults } from '../../../shared/kube/schema/defaults.ts';
import type { Schema } from '../../../shared/kube/schema/schema.ts';

const root = (properties: Record<string, Schema>): Schema => ({ type: 'object', properties });
const item = root({ b: { type: 'string', default: 'd' } });

describe('applyDefaults', () => {
  const cases: [string, Schema, object, object][] = [
    ['fills a missing field', root({ a: { type: 'string', default: 'x' } }), {}, { a: 'x' }],
    ['leaves what is there', root({ a: { type: 'string', default: 'x' } }), { a: '' }, { a: '' }],
    ['replaces null where null is not allowed', root({ a: { type: 'string', default: 'x' } }), { a: null }, { a: 'x' }],
    [
      'keeps null where it is allowed',
      root({ a: { type: 'string', default: 'x', nullable: true } }),
      { a: null },
      { a: null },
    ],
    ['drops a null that has no default', root({ a: { type: 'string' } }), { a: null, b: 1 }, { b: 1 }],
    ['does not look into absent parents', root({ p: item }), {}, {}],
    ['looks into present parents', root({ p: item }), { p: {} }, { p: { b: 'd' } }],
    ['looks into defaults', root({ p: { ...item, default: {} } }), {}, { p: { b: 'd' } }],
    [
      'looks into lists',
      root({ l: { type: 'array', items: item } }),
      { l: [{}, { b: 'e' }] },
      { l: [{ b: 'd' }, { b: 'e' }] },
    ],
    [
      'replaces null items',
      root({ l: { type: 'array', items: { ...item, default: {} } } }),
      { l: [null] },
      { l: [{ b: 'd' }] },
    ],
    ['leaves null items to validation', root({ l: { type: 'array', items: item } }), { l: [null] }, { l: [null] }],
    [
      'looks into maps',
      root({ m: { type: 'object', additionalProperties: item } }),
      { m: { k: {} } },
      { m: { k: { b: 'd' } } },
    ],
    [
      'drops nulls of maps',
      root({ m: { type: 'object', additionalProperties: { type: 'string' } } }),
      { m: { k: null, l: '1' } },
      { m: { l: '1' } },
    ],
    [
      'keeps nulls that nothing is said about',
      root({ m: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }),
      { m: { k: null } },
      { m: { k: null } },
    ],
    [
      'fills falsy defaults',
      root({ a: { type: 'boolean', default: false }, n: { type: 'integer', default: 0 } }),
      {},
      { a: false, n: 0 },
    ],
  ];
  it.each<[string, 'kept' | 'typed', object, object]>([
    ['keeps nulls that are to be kept', 'kept', { a: null, m: { k: null } }, { a: null, m: { k: null } }],
    ['replaces kept nulls by defaults', 'kept', { d: null }, { d: 'x' }],
    ['reads nulls as Go does', 'typed', { a: null, m: { k: null }, n: { k: null } }, { m: { k: '' }, n: {} }],
    [
      'reads nulls in lists as Go does',
      'typed',
      { l: [null, {}], t: [null] },
      { l: [{ b: 'd' }, { b: 'd' }], t: [''] },
    ],
  ])('%s', (_, nulls, object, expected) => {
    const schema = root({
      a: { type: 'string' },
      d: { type: 'string', default: 'x' },
      m: { type: 'object', additionalProperties: { type: 'string' } },
      n: { type: 'object', additionalProperties: { type: 'integer' } },
      l: { type: 'array', items: item },
      t: { type: 'array', items: { type: 'string' } },
    });
    expect(applyDefaults({ d: 'x', ...object }, schema, nulls)).toEqual({ d: 'x', ...expected });
  });

  it.each(cases)('%s', (_, schema, input, output) => {
    const before = structuredClone(input);
    expect(applyDefaults(input, schema)).toEqual(output);
    expect(input).toEqual(before);
    expect(applyDefaults(applyDefaults(input, schema), schema)).toEqual(output);
  });

  it('gives back the same instance when there is nothing to fill', () => {
    const object = { p: { b: 'x' } };
    expect(applyDefaults(object, root({ p: item }))).toBe(object);
  });

  it('does not share a default between objects', () => {
    const schema = root({ p: { type: 'object', default: { l: [1] }, 'x-kubernetes-preserve-unknown-fields': true } });
    const [a, b] = [applyDefaults({}, schema), applyDefaults({}, schema)] as { p?: { l: number[] } }[];
    expect(a).toEqual(b);
    expect(a?.p?.l).not.toBe(b?.p?.l);
  });

  it('adds no more than an object may be', () => {
    const large = { ...item, properties: { t: { type: 'string', default: 'x'.repeat(100_000) } } } as const;
    const list = root({ l: { type: 'array', items: large } });
    const items = (count: number) => ({ l: Array.from({ length: count }, () => ({})) });
    expect(JSON.stringify(applyDefaults(items(10), list)).length).toBeGreaterThan(1_000_000);
    expect(() => applyDefaults(items(10_000), list)).toThrow('Request entity too large');
  });
});
