import { expect, test } from 'vitest';
import type { JsonMap } from '../../shared/base/object.ts';
import { differences } from '../../shared/compose/differences.ts';

test.each<[string, JsonMap, JsonMap, unknown[]]>([
  ['nothing', { a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, []],
  ['a value', { a: { b: 1 } }, { a: { b: 2 } }, [{ path: 'a.b', before: 1, after: 2 }]],
  ['what is new', {}, { a: 1 }, [{ path: 'a', after: 1 }]],
  ['what is gone', { a: 1 }, {}, [{ path: 'a', before: 1 }]],
  [
    'items by their name, wherever they stand',
    { apps: [{ displayname: 'a', n: 1 }, { displayname: 'b' }] },
    { apps: [{ displayname: 'c' }, { displayname: 'a', n: 2 }] },
    [
      { path: 'apps[displayname=a].n', before: 1, after: 2 },
      { path: 'apps[displayname=b]', before: { displayname: 'b' } },
      { path: 'apps[displayname=c]', after: { displayname: 'c' } },
    ],
  ],
  ['lists of plain values as a whole', { a: [1, 2] }, { a: [2] }, [{ path: 'a', before: [1, 2], after: [2] }]],
])('tells of %s', (_, before, after, expected) => {
  expect(differences(before, after)).toEqual(expected);
});
