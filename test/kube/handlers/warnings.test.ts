import { expect, it } from 'vitest';
import { toWarnings } from '../../../shared/kube/handlers/warnings.ts';

it.each<[string, string[], string[]]>([
  ['nothing', [], []],
  ['quotes', ['say "x\\y"'], ['299 - "say \\"x\\\\y\\""']],
  ['control characters', ['a\r\nb\u0085'], ['299 - "a  b "']],
  ['what a header cannot hold', ['ä→'], ['299 - "ä?"']],
  ['an empty text', [''], []],
])('prints %s', (_, texts, headers) => {
  expect(toWarnings(texts)).toEqual(headers);
  for (const header of toWarnings(texts)) expect(() => new Headers({ warning: header })).not.toThrow();
});

it('cuts many long texts short, and drops what is beyond the limit', () => {
  const headers = toWarnings(Array.from({ length: 50 }, (_, i) => `${i} `.padEnd(300, 'x')));
  expect(headers).toHaveLength(16);
  expect(headers[0]).toHaveLength('299 - ""'.length + 256);
});
