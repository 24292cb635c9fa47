import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../shared/base/fault.ts';
import { compact, printRule, uncovered } from '../../../shared/kube/access/covers.ts';
import { type PolicyRule, ruleAllows } from '../../../shared/kube/access/rules.ts';

const missing = (held: PolicyRule[], wanted: PolicyRule[]): string[] =>
  compact(uncovered(held, wanted)).map(printRule).sort();

const get = (resource: string, ...resourceNames: string[]): PolicyRule => ({
  verbs: ['get'],
  apiGroups: ['g'],
  resources: [resource],
  ...(resourceNames.length > 0 ? { resourceNames } : {}),
});

describe('what is not held is told in small rules', () => {
  test.each<[string, PolicyRule[], PolicyRule[], string[]]>([
    ['everything holds everything', [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], [get('a/b')], []],
    ['nothing holds nothing', [], [], []],
    [
      'nothing holds something',
      [],
      [{ verbs: ['get', 'list'], apiGroups: ['g'], resources: ['a', 'b'] }],
      [
        '{APIGroups:["g"], Resources:["a"], Verbs:["get" "list"]}',
        '{APIGroups:["g"], Resources:["b"], Verbs:["get" "list"]}',
      ],
    ],
    ['held in pieces', [get('a'), get('b')], [{ verbs: ['get'], apiGroups: ['g'], resources: ['a', 'b'] }], []],
    [
      'a resource does not hold its parts',
      [get('a')],
      [get('a/s')],
      ['{APIGroups:["g"], Resources:["a/s"], Verbs:["get"]}'],
    ],
    ['a part of all holds that part of one', [get('*/s')], [get('a/s')], []],
    [
      'a part of one does not hold it of all',
      [get('a/s')],
      [get('*/s')],
      ['{APIGroups:["g"], Resources:["*/s"], Verbs:["get"]}'],
    ],
    ['names hold themselves', [get('a', 'n', 'm')], [get('a', 'm')], []],
    ['names do not hold all names', [get('a', 'n')], [get('a')], ['{APIGroups:["g"], Resources:["a"], Verbs:["get"]}']],
    ['all names hold names', [get('a')], [get('a', 'n')], []],
    [
      'names by and by',
      [get('a', 'n')],
      [get('a', 'n', 'm')],
      ['{APIGroups:["g"], Resources:["a"], ResourceNames:["m"], Verbs:["get"]}'],
    ],
    [
      'the star is more than what it stands for',
      [{ verbs: ['get', 'list'], apiGroups: ['g'], resources: ['a'] }],
      [{ verbs: ['*'], apiGroups: ['g'], resources: ['a'] }],
      ['{APIGroups:["g"], Resources:["a"], Verbs:["*"]}'],
    ],
    [
      'URLs by their beginning',
      [{ verbs: ['get'], nonResourceURLs: ['/a/*'] }],
      [{ verbs: ['get'], nonResourceURLs: ['/a/b', '/a/b*', '/b'] }],
      ['{NonResourceURLs:["/b"], Verbs:["get"]}'],
    ],
  ])('%s', (_case, held, wanted, rules) => expect(missing(held, wanted)).toEqual(rules));
});

test('rules that multiply out beyond measure are refused, not worked through', () => {
  const many = Array.from({ length: 1000 }, (_, index) => `x${index}`);
  const wanted = [{ verbs: many, apiGroups: many, resources: many, resourceNames: many }];
  expect(() => uncovered([], wanted)).toThrow(Fault);
  expect(uncovered([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], wanted)).toEqual([]);
});

const few = (...texts: string[]) => fc.subarray(texts, { minLength: 1 });
const rules = fc.array(
  fc.record({
    verbs: few('get', 'list', '*'),
    apiGroups: few('', 'g', '*'),
    resources: few('r', 'r/s', '*/s', '*'),
    resourceNames: fc.subarray(['n', 'm']),
  }),
  { maxLength: 3 },
);
const asks = [
  ...product(['get', 'list', 'watch'], ['', 'g', 'h'], ['r', 'q'], ['', 's', 't'], ['', 'n', 'm', 'o']),
].map(([verb = '', group = '', resource = '', subresource = '', name = '']) => ({
  verb,
  group,
  resource,
  subresource,
  name,
}));

function* product(...lists: string[][]): Iterable<string[]> {
  const [first, ...rest] = lists;
  if (!first) return yield [];
  for (const item of first) for (const tail of product(...rest)) yield [item, ...tail];
}

test('who holds all that is wanted is allowed all that is wanted', () => {
  fc.assert(
    fc.property(rules, rules, (held, wanted) => {
      const open = uncovered(held, wanted);
      for (const ask of asks) {
        if (!wanted.some(rule => ruleAllows(rule, ask))) continue;
        const isHeld = held.some(rule => ruleAllows(rule, ask));
        const isTold = open.some(rule => ruleAllows(rule, ask));
        expect(isHeld || isTold).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
