import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../shared/base/fault.ts';
import { parseJson, printJson } from '../../shared/base/json.ts';

const withDuplicates = (text: string) => {
  const paths: string[] = [];
  const value = parseJson(text, { onDuplicate: path => paths.push(path) });
  return { value, paths };
};

const messageOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (isFault(error, 'BadRequest')) return error.message;
    throw error;
  }
  return 'read';
};

describe('parseJson', () => {
  const safe = fc.jsonValue().filter(value => !JSON.stringify(value).includes('__proto__'));

  it('reads what JSON.parse reads, the fast way and the slow way', () => {
    fc.assert(
      fc.property(safe, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        const plain = JSON.parse(text, (_, item) =>
          typeof item === 'string' ? new TextDecoder().decode(new TextEncoder().encode(item)) : item,
        );
        expect(numbers(parseJson(text))).toEqual(plain);
        expect(numbers(withDuplicates(text).value)).toEqual(plain);
        expect(numbers(parseJson(new TextEncoder().encode(text)))).toEqual(plain);
      }),
    );
  });

  it('refuses what JSON.parse refuses', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]:,"\\u0eE+-.12 tnfrualse\n') }), text => {
        let plain: unknown;
        try {
          plain = JSON.parse(text);
        } catch {
          expect(messageOf(() => withDuplicates(text))).not.toBe('read');
          expect(messageOf(() => parseJson(text))).not.toBe('read');
          return;
        }
        expect(numbers(withDuplicates(text).value)).toEqual(plain);
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[string, unknown]>([
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['9223372036854775807', 9223372036854775807n],
    ['9223372036854775808', 2 ** 63],
    ['100000000000000000000000000', 1e26],
    ['1234567890123456.5', 1234567890123456.5],
    ['1e17', 1e17],
    ['-0', -0],
    ['"\\ud83d\\ude00"', '😀'],
    ['"\\ud83dx"', '\ufffdx'],
    ['"\\ude00\\ud83d"', '\ufffd\ufffd'],
    ['"\\u0041\\/\\b"', 'A/\b'],
  ])('%s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
    expect(withDuplicates(text).value).toEqual(value);
  });

  it.each<[string, string[]]>([
    ['{"a":1,"a":2}', ['a']],
    ['{"spec":{"list":[{"x":1},{"x":1,"y":2,"x":3}]}}', ['spec.list[1].x']],
    ['{"a":{"b":1},"a":{"b":1,"b":2}}', ['a', 'a.b']],
    ['{"hasOwnProperty":1,"constructor":2,"toString":3}', []],
    ['[{"a":1},{"a":1}]', []],
  ])('finds duplicate keys in %s', (text, paths) => {
    expect(withDuplicates(text).paths).toEqual(paths);
  });

  it('lets the last of two values count', () => {
    expect(parseJson('{"a":1,"a":2}')).toEqual({ a: 2 });
    expect(withDuplicates('{"a":1,"a":2}').value).toEqual({ a: 2 });
  });

  it.each<[string, string]>([
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a":1', 'unexpected end of JSON input'],
    ['"abc', 'unexpected end of JSON input'],
    ['x', "invalid character 'x' looking for beginning of value"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} {}', "invalid character '{' after top-level value"],
    ['nul ', "invalid character ' ' in literal null (expecting 'l')"],
    ["tru'", "invalid character '\\'' in literal true (expecting 'e')"],
    ['01', "invalid character '1' after top-level value"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1e', 'unexpected end of JSON input'],
    ['-x', "invalid character 'x' in numeric literal"],
    ['"\\q"', "invalid character 'q' in string escape code"],
    ['"\\u00g0"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['\ufeff{}', "invalid character '\ufeff' looking for beginning of value"],
    ['1e400', 'json: cannot unmarshal number 1e400 into Go value of type float64'],
  ])('says what is wrong with %j', (text, message) => {
    expect(messageOf(() => parseJson(text))).toBe(message);
    expect(messageOf(() => withDuplicates(text))).toBe(message);
  });

  it('finds just the keys that stand twice, whatever the texts around them look like', () => {
    type Node = string | readonly (readonly [string, Node])[];
    const text = fc.string({ unit: fc.constantFrom('"', '\\', ':', ' ', '{', 'a') });
    const { node } = fc.letrec<{ node: Node }>(tie => ({
      node: fc.oneof({ maxDepth: 3 }, text, fc.array(fc.tuple(text, tie('node')), { maxLength: 4 })),
    }));
    const print = (value: Node, space: string): string =>
      typeof value === 'string'
        ? JSON.stringify(value)
        : `{${value.map(([key, item]) => `${JSON.stringify(key)}${space}:${space}${print(item, space)}`).join()}}`;
    const repeated = (value: Node, above: string): string[] =>
      typeof value === 'string'
        ? []
        : value.flatMap(([key, item], i) => {
            const path = above === '' ? key : `${above}.${key}`;
            const isAgain = value.slice(0, i).some(([other]) => other === key);
            return [...(isAgain ? [path] : []), ...repeated(item, path)];
          });
    fc.assert(
      fc.property(node, fc.constantFrom('', ' ', '\n\t'), (value, space) => {
        expect(withDuplicates(print(value, space)).paths).toEqual(repeated(value, ''));
      }),
      { numRuns: 500 },
    );
  });

  it('limits nesting', () => {
    expect(parseJson('[[[]]]', { maxDepth: 3 })).toEqual([[[]]]);
    expect(messageOf(() => parseJson('[[[[]]]]', { maxDepth: 3 }))).toBe('exceeded max depth');
    expect(messageOf(() => parseJson('['.repeat(100_000)))).toBe('exceeded max depth');
    expect(messageOf(() => parseJson('{"a":'.repeat(100_000)))).toBe('exceeded max depth');
    const long = `"${'x'.repeat(70_000)}"`;
    expect(parseJson(`[[${long}]]`, { maxDepth: 2 })).toHaveLength(1);
    expect(messageOf(() => parseJson(`[[[${long}]]]`, { maxDepth: 2 }))).toBe('exceeded max depth');
    expect(messageOf(() => parseJson(`[{"a":{}},${long}]`, { maxDepth: 2 }))).toBe('exceeded max depth');
    expect(parseJson(`["[[[\\"[[[",${long}]`, { maxDepth: 1 })).toHaveLength(2);
    expect(parseJson('["[[[[","\\"[[[[","\\\\",[1]]', { maxDepth: 2 })).toEqual(['[[[[', '"[[[[', '\\', [1]]);
  });

  it.each(['{"__proto__":{"x":1}}', '{"\\u005f_proto__":1}', '{"a":[{"__\\u0070roto__":1}]}'])('refuses %s', text => {
    expect(messageOf(() => parseJson(text))).toBe('the key "__proto__" is not allowed');
  });

  it('replaces bytes that are not UTF-8', () => {
    expect(parseJson(new Uint8Array([0x22, 0xff, 0x22]))).toBe('\ufffd');
  });
});

describe('printJson', () => {
  it('prints what JSON.stringify prints', () => {
    fc.assert(
      fc.property(fc.object(), fc.constantFrom(undefined, 2, 4), (value, indent) => {
        expect(printJson(value, indent)).toBe(JSON.stringify(value, undefined, indent));
        expect(printJson({ value, big: 1n }, indent)).toBe(JSON.stringify({ value, big: 1 }, undefined, indent));
      }),
    );
  });

  it('carries 64-bit integers there and back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), integer => {
        const text = `{"a":[${integer}]}`;
        expect(printJson(parseJson(text))).toBe(text);
      }),
    );
  });
});

/** Integers that parseJson kept exact, as JSON.parse rounds them. */
const numbers = (value: unknown): unknown => {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(numbers);
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, numbers(item)]));
  return value;
};
