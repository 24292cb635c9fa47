import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../../shared/base/fault.ts';
import { toJsonPath } from '../../../shared/kube/describe/jsonpath.ts';

const object = {
  spec: { type: 'a', list: [{ n: 1 }, { n: 2 }, { n: 3 }], 'dotted.key': 'd', empty: null },
  metadata: { labels: { 'example.com/x': 'y' } },
  status: {
    conditions: [
      { type: 'Ready', status: 'True', at: 3 },
      { type: 'Synced', status: 'False', at: 7 },
    ],
  },
};

describe('toJsonPath', () => {
  it.each<[string, unknown[]]>([
    ['.spec.type', ['a']],
    ['{.spec.type}', ['a']],
    ['$.spec.type', ['a']],
    ['spec.type', ['a']],
    ['.spec["type"]', ['a']],
    [".metadata.labels['example.com/x']", ['y']],
    ['.metadata.labels.example\\.com/x', ['y']],
    ['.spec.dotted\\.key', ['d']],
    ['.spec.list[0].n', [1]],
    ['.spec.list[-1].n', [3]],
    ['.spec.list[*].n', [1, 2, 3]],
    ['.spec.list.*.n', [1, 2, 3]],
    ['.spec.list[1:].n', [2, 3]],
    ['.spec.list[0:2].n', [1, 2]],
    ['.spec.list[-2:].n', [2, 3]],
    ['.spec.list[:1].n', [1]],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    [".status.conditions[?(@.type == 'Synced')].status", ['False']],
    ['.status.conditions[?(@.type!="Ready")].status', ['False']],
    ['.status.conditions[?(@.at>3)].type', ['Synced']],
    ['.status.conditions[?(@.at>=3)].type', ['Ready', 'Synced']],
    ['.status.conditions[?(@.at<7)].type', ['Ready']],
    ['.status.conditions[?(@.at<=2)].type', []],
    ['.status.conditions[?(@.at=="3")].type', []],
    ['.status.conditions[?(@.gone)].type', []],
    ['.status.conditions[?(@.at)].type', ['Ready', 'Synced']],
    ['.spec.list[?(@.n==2)].n', [2]],
    ['.spec.empty', [null]],
    ['.spec.missing.deeper[0].x', []],
    ['.spec.type.x', []],
    ['.spec.list[9]', []],
    ['.spec.type[0]', []],
    ['.constructor.name', []],
    ['.spec.list.length', []],
    ['', [object]],
    ['.', [object]],
  ])('%s', (path, found) => {
    expect(toJsonPath(path)(object)).toEqual(found);
  });

  it.each(['..a', '.a[', '.a[x]', '.a[0', '.a[?(@.b==)]', '.a[?(@.b=="c)]', '.a b', '.a[?(@.b="c")]', '.a..b', '.a[]'])(
    'refuses %s',
    path => {
      expect(() => toJsonPath(path)).toThrow(/^invalid JSONPath/);
    },
  );

  it('compiles or refuses any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'.a[]0*?(@)=="\'\\-: $') }), text => {
        try {
          expect(Array.isArray(toJsonPath(text)(object))).toBe(true);
        } catch (error) {
          expect(isFault(error, 'BadRequest')).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
