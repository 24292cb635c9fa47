import { describe, expect, it } from 'vitest';
import {
  matchesNodeAffinity,
  type NodeAffinity,
  namesOf,
  scoreNodeAffinity,
} from '../../../shared/kube/select/affinity.ts';

const device = { metadata: { name: 'dev1', labels: { zone: 'a', cores: '8' } } };
const required = (
  ...nodeSelectorTerms: NonNullable<
    NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>['nodeSelectorTerms']
  >
): NodeAffinity => ({
  requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [...nodeSelectorTerms] },
});

describe('matchesNodeAffinity', () => {
  const cases: [string, NodeAffinity | undefined, Record<string, string> | undefined, boolean][] = [
    ['asks for nothing', undefined, undefined, true],
    ['label', undefined, { zone: 'a' }, true],
    ['other label', undefined, { zone: 'b' }, false],
    ['absent label', undefined, { rack: '' }, false],
    ['name', undefined, { name: 'dev1' }, true],
    ['other name', undefined, { name: 'dev2' }, false],
    ['name and label', undefined, { name: 'dev1', zone: 'b' }, false],
    ['term', required({ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] }), undefined, true],
    [
      'name in a term',
      required({ matchExpressions: [{ key: 'name', operator: 'In', values: ['dev1'] }] }),
      undefined,
      true,
    ],
    [
      'name not in a term',
      required({ matchExpressions: [{ key: 'name', operator: 'NotIn', values: ['dev1'] }] }),
      undefined,
      false,
    ],
    ['field', required({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['dev1'] }] }), undefined, true],
    [
      'either term',
      required(
        { matchExpressions: [{ key: 'x', operator: 'Exists' }] },
        { matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['4'] }] },
      ),
      undefined,
      true,
    ],
    [
      'both expressions',
      required({
        matchExpressions: [
          { key: 'zone', operator: 'Exists' },
          { key: 'cores', operator: 'Lt', values: ['4'] },
        ],
      }),
      undefined,
      false,
    ],
    ['absence', required({ matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] }), undefined, true],
    ['empty term', required({}), undefined, false],
    ['no terms', required(), undefined, false],
    [
      'selector and affinity',
      required({ matchExpressions: [{ key: 'zone', operator: 'Exists' }] }),
      { zone: 'b' },
      false,
    ],
  ];
  it.each(cases)('%s', (_, affinity, selector, expected) => {
    expect(matchesNodeAffinity(affinity, selector, device)).toBe(expected);
  });

  it('takes a device without labels', () => {
    expect(matchesNodeAffinity(undefined, { constructor: 'x' }, { metadata: { name: 'a' } })).toBe(false);
  });
});

describe('scoreNodeAffinity', () => {
  it('adds the weights of what matches', () => {
    const affinity: NodeAffinity = {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 10, preference: { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] } },
        { weight: 5, preference: { matchExpressions: [{ key: 'zone', operator: 'In', values: ['b'] }] } },
        { weight: 1, preference: {} },
      ],
    };
    expect(scoreNodeAffinity(affinity, device)).toBe(11);
    expect(scoreNodeAffinity(undefined, device)).toBe(0);
  });
});

describe('namesOf', () => {
  it('knows when only some names can match', () => {
    expect(namesOf(undefined, { name: 'a', zone: 'b' })).toEqual(['a']);
    expect(
      namesOf(
        required(
          { matchExpressions: [{ key: 'name', operator: 'In', values: ['a', 'b'] }] },
          { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['b'] }] },
        ),
        undefined,
      ),
    ).toEqual(['a', 'b']);
    expect(namesOf(required({ matchExpressions: [{ key: 'zone', operator: 'Exists' }] }), undefined)).toBeUndefined();
    expect(namesOf(undefined, undefined)).toBeUndefined();
    expect(namesOf(required(), undefined)).toEqual([]);
  });
});
