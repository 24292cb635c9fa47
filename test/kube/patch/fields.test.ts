import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  childrenOf,
  compareElements,
  type FieldSet,
  intersect,
  isMember,
  isSubset,
  pathsOf,
  printPath,
  readFields,
  subtract,
  toNode,
  unite,
} from '../../../shared/kube/patch/fields.ts';

/** A set as the plain thing it stands for: the texts of its paths. */
const toModel = (set: FieldSet): Set<string> => new Set([...pathsOf(set)].map(path => JSON.stringify(path)));

const fromPaths = (paths: readonly (readonly string[])[]): FieldSet => {
  const build = (some: readonly (readonly string[])[]): FieldSet | undefined => {
    const below = new Map<string, (readonly string[])[]>();
    for (const [head, ...rest] of some.filter(path => path.length > 0))
      if (head !== undefined) below.set(head, [...(below.get(head) ?? []), rest]);
    const children = [...below].flatMap(([element, more]) => {
      const node = build(more);
      return node ? [[element, node] as const] : [];
    });
    return toNode(
      some.some(path => path.length === 0),
      children,
    );
  };
  return build(paths) ?? {};
};

const elements = fc.constantFrom('f:a', 'f:b', 'k:{"n":"x"}', 'k:{"n":2}', 'v:"s"', 'v:1', 'v:true', 'i:3');
const sets = fc.array(fc.array(elements, { minLength: 1, maxLength: 4 }), { maxLength: 12 }).map(fromPaths);

const isTidy = (set: FieldSet): boolean => {
  const keys = childrenOf(set).map(([element]) => element);
  return (
    keys.every((key, i) => i === 0 || compareElements(keys[i - 1] ?? '', key) < 0) &&
    childrenOf(set).every(([, node]) => isTidy(node))
  );
};

describe('sets of fields', () => {
  it('are sets', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const [left, right] = [toModel(a), toModel(b)];
        expect(toModel(unite(a, b))).toEqual(new Set([...left, ...right]));
        expect(toModel(subtract(a, b))).toEqual(new Set([...left].filter(path => !right.has(path))));
        expect(toModel(intersect(a, b))).toEqual(new Set([...left].filter(path => right.has(path))));
        expect(isSubset(a, b)).toBe([...left].every(path => right.has(path)));
      }),
    );
  });

  it('print the same when they are the same, in order, and read back', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const both = unite(a, b);
        expect(JSON.stringify(unite(b, a))).toBe(JSON.stringify(both));
        expect([both, subtract(a, b), intersect(a, b)].every(isTidy)).toBe(true);
        expect(readFields(JSON.parse(JSON.stringify(both)))).toEqual(both);
      }),
    );
  });

  it('come back themselves when nothing changes', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const both = unite(a, b);
        expect(unite(both, a)).toBe(both);
        expect(subtract(subtract(both, a), a)).toEqual(subtract(both, a));
      }),
    );
    const set = fromPaths([['f:a', 'f:b'], ['f:c']]);
    expect(subtract(set, fromPaths([['f:a'], ['f:d']]))).toBe(set);
  });

  it('tell a member from what is on the way to one', () => {
    const set = readFields({ 'f:a': { '.': {}, 'f:b': {} }, 'f:c': { 'f:d': {} } }) ?? {};
    expect(Object.entries(set).map(([element, node]) => [element, isMember(node)])).toEqual([
      ['f:a', true],
      ['f:c', false],
    ]);
    expect([...pathsOf(set)].map(printPath)).toEqual(['.a', '.a.b', '.c.d']);
  });

  it.each<[string, unknown, unknown]>([
    ['keys in another order', { 'k:{"b":1,"a":"x"}': {} }, { 'k:{"a":"x","b":1}': {} }],
    [
      'elements in another order',
      { 'v:2': {}, 'f:b': {}, 'v:10': {}, 'f:a': {} },
      { 'f:a': {}, 'f:b': {}, 'v:2': {}, 'v:10': {} },
    ],
    ['spaces', { 'v: "x"': {} }, { 'v:"x"': {} }],
    ['a root that is a member', { '.': {}, 'f:a': {} }, { 'f:a': {} }],
    ['nothing', {}, {}],
    ['no map', [], undefined],
    ['a leaf that is no map', { 'f:a': true }, undefined],
    ['an unknown element', { a: {} }, undefined],
    ['a key that is no JSON', { 'k:{': {} }, undefined],
    ['a key that is no map', { 'k:1': {} }, undefined],
    ['an index that is none', { 'i:x': {} }, undefined],
  ])('reads %s', (_, value, expected) => {
    const read = readFields(value);
    expect(read === undefined ? undefined : JSON.stringify(read)).toBe(expected && JSON.stringify(expected));
  });

  it.each([
    [['f:spec', 'k:{"port":80,"proto":"tcp"}', 'f:name'], '.spec[port=80,proto="tcp"].name'],
    [['f:finalizers', 'v:"a/b"'], '.finalizers[="a/b"]'],
    [['f:list', 'i:0'], '.list[0]'],
  ])('prints %j', (path, text) => {
    expect(printPath(path)).toBe(text);
  });
});
