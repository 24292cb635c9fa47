import { describe, expect, it } from 'vitest';
import { compile } from '../../shared/kube/cel/compile.ts';
import { functions } from '../../shared/kube/cel/environment.ts';
import { lift } from '../../shared/kube/cel/lift.ts';
import { limits } from '../../shared/kube/cel/price.ts';
import { dyn } from '../../shared/kube/cel/type.ts';
import { CelError } from '../../shared/kube/cel/value.ts';
import { watchCpu } from '../support/cpu.ts';

/** As large as an object can be: what a policy of the administrators meets may come from anybody. */
const numbers = Array.from({ length: 10_000 }, (_, i) => i);
const map = Object.fromEntries(numbers.map(i => [`k${i}`, 'v']));
const object = {
  numbers,
  map,
  words: numbers.map(i => `w${i}`),
  nested: Array.from({ length: 3000 }, () => [[numbers.slice(0, 30)]]),
  below: { a: { b: map } },
  copy: { a: { b: { ...map } } },
  text: 'a'.repeat(300_000),
  wide: '\u{1f600}'.repeat(100_000),
};

/** `n` names, each bound to what is made of the one before. */
const bind = (n: number, first: string, next: (name: string) => string, last: string): string =>
  `cel.bind(a0, ${first}, ${numbers
    .slice(0, n)
    .map(i => `cel.bind(a${i + 1}, ${next(`a${i}`)}, `)
    .join('')}${last}${')'.repeat(n + 1)}`;

/** Whatever an expression says, and of whatever object: it comes to an end soon, and anything that goes wrong is its own error. */
describe('what an expression may take is bounded', () => {
  const each = (body: string): string => `object.numbers.all(x, ${body})`;
  const hostile = [
    each('size(object.map) > 0'),
    each('size(object.text) > 0'),
    each('size(object.wide) > 0'),
    each('object.numbers == object.numbers'),
    each('object.nested == object.nested'),
    each('object.below == object.copy'),
    each('object.map == object.map'),
    each('object.below in [object.copy]'),
    each('[object.copy].indexOf(object.below) == 0'),
    each('object.text.replace("a", "bb") != ""'),
    each('object.text.matches("^(.{0,500}){2}$") || true'),
    each('object.text.find("^(.{0,500}){2}$") == ""'),
    each('object.text.findAll("(.{0,500}){2}b").size() == 0'),
    each('(object.numbers + object.numbers).size() > 0'),
    each('"%s".format([object.below]) != ""'),
    each('object.nested.flatten(9).size() > 0'),
    'sets.equivalent(object.words, object.words)',
    'object.words.distinct().size() > 0',
    'lists.range(1000000).map(x, [x]).size() > 0',
    bind(60, '[1]', a => `${a} + ${a}`, 'a60.size() > 0'),
    bind(60, '"x"', a => `${a} + ${a}`, 'a60.size() > 0'),
    bind(60, '[1]', a => `[${a}, ${a}]`, '"%s".format([a60]) == ""'),
    bind(60, '[]', a => `[${a}, ${a}]`, '"%s".format([a60]) == ""'),
    bind(60, '[1]', a => `[${a}, ${a}]`, 'a60.flatten(64).size() > 0'),
    `cel.bind(b0, [1], ${bind(
      40,
      '[1]',
      a => `[${a}, ${a}]`,
      bind(40, '[1]', a => `[${a}, ${a}]`, 'a40 == a40'),
    )})`,
    bind(30, '{1: 1}', a => `{${a}: ${a}}`, '[a30, true ? a30 : a29] == []'),
    bind(30, '{1: 1}', a => `{1: ${a}}`, '[a30, true ? a30 : a30] == []'),
    `${'.'.repeat(90_000)}object == 1`,
    `${'-'.repeat(90_000)}1 == 1`,
    `${'('.repeat(40_000)}1${')'.repeat(40_000)} == 1`,
    `b"${'\u20ac'.repeat(99_000)}" == b"a"`,
    `b"${'\\x41'.repeat(24_000)}" == b"a"`,
    `[${'1,'.repeat(49_000)}1].size() > 0`,
    `object${'.a'.repeat(40_000)}`,
    `true${'||true'.repeat(15_000)}`,
    `"${'('.repeat(40_000)}".matches("${'('.repeat(40_000)}")`,
  ];
  it.each(hostile.map(text => [text.slice(0, 70), text]))('%s', (_, text) => {
    const spent = watchCpu();
    try {
      const program = compile(text, { variables: new Map([['object', dyn]]), functions });
      program.run(name => (name === 'object' ? lift(object, dyn) : undefined), { left: limits.perObject });
    } catch (error) {
      expect(error).toBeInstanceOf(CelError);
    }
    // A second or so; what is not counted takes minutes, or all of the memory.
    expect(spent()).toBeLessThan(8_000);
  });
});
