import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkLabelSelector,
  fromLabelSelector,
  type LabelSelector,
  matchesLabels,
  parseLabelSelector,
} from '../../../shared/kube/select/labels.ts';

describe('parseLabelSelector', () => {
  const good: [string, LabelSelector][] = [
    ['', []],
    ['  ', []],
    ['a', [{ key: 'a', operator: 'Exists', values: [] }]],
    ['!a', [{ key: 'a', operator: 'DoesNotExist', values: [] }]],
    ['a=b', [{ key: 'a', operator: 'In', values: ['b'] }]],
    ['a==b', [{ key: 'a', operator: 'In', values: ['b'] }]],
    ['a = b', [{ key: 'a', operator: 'In', values: ['b'] }]],
    ['a!=b', [{ key: 'a', operator: 'NotIn', values: ['b'] }]],
    ['a=', [{ key: 'a', operator: 'In', values: [''] }]],
    ['a>1', [{ key: 'a', operator: 'Gt', values: ['1'] }]],
    ['a<1', [{ key: 'a', operator: 'Lt', values: ['1'] }]],
    ['x.y/z in (b,a)', [{ key: 'x.y/z', operator: 'In', values: ['a', 'b'] }]],
    ['a notin (b)', [{ key: 'a', operator: 'NotIn', values: ['b'] }]],
    ['a in ()', [{ key: 'a', operator: 'In', values: [''] }]],
    ['a in (,b)', [{ key: 'a', operator: 'In', values: ['', 'b'] }]],
    ['a in (b,)', [{ key: 'a', operator: 'In', values: ['', 'b'] }]],
    ['a in (in,notin)', [{ key: 'a', operator: 'In', values: ['in', 'notin'] }]],
    ['in in (in)', [{ key: 'in', operator: 'In', values: ['in'] }]],
    [
      'b=1,a!=2',
      [
        { key: 'a', operator: 'NotIn', values: ['2'] },
        { key: 'b', operator: 'In', values: ['1'] },
      ],
    ],
  ];
  it.each(good)('%j', (text, expected) => {
    expect(parseLabelSelector(text)).toEqual(expected);
  });

  const name =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  const bad: [string, string][] = [
    ['a=b,', "found '', expected: identifier after ','"],
    [',a=b', "found ',', expected: !, identifier, or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a==!', "unable to parse requirement: found '!', expected: identifier"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    [
      'a>b',
      `unable to parse requirement: values[0]: Invalid value: "b": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
    ['-a=b', `unable to parse requirement: <nil>: Invalid value: "-a": ${name}`],
    [
      'a=-',
      `unable to parse requirement: values[0][a]: Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    ],
  ];
  it.each(bad)('refuses %j', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(expect.objectContaining({ reason: 'BadRequest', message }));
  });

  it('refuses what is too long, and says nothing but Faults', () => {
    expect(() => parseLabelSelector('a,'.repeat(100_000))).toThrow('longer than');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab=!,() <>innot') }), text => {
        try {
          parseLabelSelector(text);
        } catch (error) {
          expect(error).toMatchObject({ name: 'Fault', reason: 'BadRequest' });
        }
      }),
    );
  });
});

describe('matchesLabels', () => {
  const cases: [string, Record<string, string>, boolean][] = [
    ['a!=b', {}, true],
    ['a notin (b)', {}, true],
    ['a=b', {}, false],
    ['a=', { a: '' }, true],
    ['a=', {}, false],
    ['a', { a: '' }, true],
    ['!a', { b: '' }, true],
    ['a>5', { a: '10' }, true],
    ['a<5', { a: '10' }, false],
    ['a>5', { a: 'x' }, false],
    ['a>5', {}, false],
    ['a>9223372036854775806', { a: '9223372036854775807' }, true],
    ['a>9223372036854775806', { a: '9223372036854775808' }, false],
    ['constructor', {}, false],
  ];
  it.each(cases)('%s on %j: %s', (text, labels, expected) => {
    expect(matchesLabels(parseLabelSelector(text), labels)).toBe(expected);
  });

  it('agrees with a plain evaluator on every selector and label set', () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const value = fc.constantFrom('', '1', '2', '10', 'x');
    const labels = fc.dictionary(key, value, { noNullPrototype: true });
    const one = fc.oneof(
      fc.record({ op: fc.constantFrom('exists', 'absent'), key, values: fc.constant<string[]>([]) }),
      fc.record({ op: fc.constantFrom('=', '==', '!='), key, values: fc.array(value, { minLength: 1, maxLength: 1 }) }),
      fc.record({ op: fc.constantFrom('in', 'notin'), key, values: fc.array(value, { minLength: 1, maxLength: 3 }) }),
      fc.record({
        op: fc.constantFrom('>', '<'),
        key,
        values: fc.array(fc.constantFrom('1', '5', '03'), { minLength: 1, maxLength: 1 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 4 }), labels, (terms, set) => {
        const selector = parseLabelSelector(terms.map(print).join(','));
        expect(matchesLabels(selector, set)).toBe(terms.every(term => holds(term, set)));
      }),
      { numRuns: 500 },
    );
  });
});

interface Term {
  op: string;
  key: string;
  values: string[];
}

const print = ({ op, key, values }: Term): string => {
  if (op === 'exists') return key;
  if (op === 'absent') return `!${key}`;
  return op === 'in' || op === 'notin' ? `${key} ${op} (${values.join(',')})` : `${key}${op}${values[0]}`;
};

const holds = ({ op, key, values }: Term, labels: Record<string, string>): boolean => {
  const there = Object.keys(labels).includes(key);
  const value = labels[key] ?? '';
  if (op === 'exists') return there;
  if (op === 'absent') return !there;
  if (op === '=' || op === '==' || op === 'in') return there && values.includes(value);
  if (op === '!=' || op === 'notin') return !there || !values.includes(value);
  if (!there || value === '' || Number.isNaN(Number(value))) return false;
  return op === '>' ? Number(value) > Number(values[0]) : Number(value) < Number(values[0]);
};

describe('fromLabelSelector', () => {
  it('means the same as its text', () => {
    const selector = fromLabelSelector({
      matchLabels: { a: 'b' },
      matchExpressions: [
        { key: 'c', operator: 'NotIn', values: ['d'] },
        { key: 'e', operator: 'Exists' },
      ],
    });
    expect(selector).toEqual(parseLabelSelector('a=b,c notin (d),e'));
    expect(fromLabelSelector({})).toEqual([]);
  });
});

describe('checkLabelSelector', () => {
  it('says what is wrong and where', () => {
    const causes = checkLabelSelector(
      {
        matchLabels: { '-a': 'ok' },
        matchExpressions: [
          { key: 'a', operator: 'In' },
          { key: 'a', operator: 'Exists', values: ['b'] },
          { key: 'a', operator: 'NotIn', values: ['-'] },
        ],
      },
      ['spec', 'selector'],
    );
    expect(causes.map(({ field, reason }) => [field, reason])).toEqual([
      ['spec.selector.matchLabels', 'FieldValueInvalid'],
      ['spec.selector.matchExpressions[0].values', 'FieldValueRequired'],
      ['spec.selector.matchExpressions[1].values', 'FieldValueForbidden'],
      ['spec.selector.matchExpressions[2].values[0]', 'FieldValueInvalid'],
    ]);
  });
});
