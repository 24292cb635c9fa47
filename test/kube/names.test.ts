import { describe, expect, it } from 'vitest';
import {
  label1035Errors,
  labelErrors,
  labelValueErrors,
  pathErrors,
  qualifiedNameErrors,
  subdomainErrors,
} from '../../shared/kube/names.ts';
import { watchCpu } from '../support/cpu.ts';

const long = (length: number) => 'x'.repeat(length);

describe.each<[string, (text: string) => string[], string[], string[]]>([
  [
    'subdomain',
    subdomainErrors,
    ['a', 'a-b', 'a.b-c.0', long(253)],
    ['', 'A', '-a', 'a-', 'a..b', 'a.', 'a_b', 'ä', 'a\n', long(254)],
  ],
  ['label', labelErrors, ['a', '0', 'a-b', long(63)], ['', 'a.b', 'a-', 'A', long(64)]],
  ['1035 label', label1035Errors, ['a', 'a-0', long(63)], ['', '0', '0a', 'a.b', long(64)]],
  ['path segment', pathErrors, ['a', 'system:node', 'A b', '...', ''], ['.', '..', 'a/b', 'a%b']],
  [
    'qualified name',
    qualifiedNameErrors,
    ['a', 'A_b.c-d', 'example.com/a', long(63), `${long(253)}/${long(63)}`],
    ['', '/', 'a/', '/a', 'a/b/c', '-a', 'a-', 'a b', 'Example.com/a', long(64), `${long(254)}/a`],
  ],
  ['label value', labelValueErrors, ['', 'a', 'A_b.c-d', long(63)], ['-', 'a b', 'a/b', long(64)]],
])('%s', (_, errors, good, bad) => {
  it.each(good.map(text => [text]))('takes %j', text => {
    expect(errors(text)).toEqual([]);
  });
  it.each(bad.map(text => [text]))('refuses %j', text => {
    expect(errors(text)).not.toEqual([]);
  });
});

it("speaks upstream's words", () => {
  expect(subdomainErrors('A')).toEqual([
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  ]);
  expect(labelErrors('A')).toEqual([
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  ]);
  expect(qualifiedNameErrors('a/-')).toEqual([
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
  ]);
  expect(labelErrors(long(64))).toEqual(['must be no more than 63 characters']);
});

it('is not slowed down by long names', () => {
  const spent = watchCpu();
  for (const errors of [subdomainErrors, labelErrors, qualifiedNameErrors, labelValueErrors]) {
    errors(`${'a-'.repeat(500_000)}!`);
    errors(`${'a.'.repeat(500_000)}!`);
  }
  expect(spent()).toBeLessThan(2_000);
});
