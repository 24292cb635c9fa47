import { describe, expect, it } from 'vitest';
import { compile } from '../../../shared/kube/cel/compile.ts';
import { functions } from '../../../shared/kube/cel/environment.ts';
import { bool, int, listOf, nullType, string, type Type } from '../../../shared/kube/cel/type.ts';

const self: Type = {
  k: 'object',
  name: 'object',
  fields: new Map(
    Object.entries({ size: int, name: string, list: listOf(string) }).map(([name, type]) => [name, { name, type }]),
  ),
};
const failure = (text: string, ...wanted: Type[]): string => {
  try {
    compile(text, { variables: new Map([['self', self]]), functions }, ...wanted);
    return 'compiled';
  } catch (error) {
    return error instanceof Error ? error.message : 'thrown';
  }
};
const operands =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

describe('an expression that is wrong', () => {
  // The columns and texts are those of kube-apiserver.
  it.each<[string, string, string]>([
    ['self.foo', '1:5', "undefined field 'foo'"],
    ['self.size > "a"', '1:11', "found no matching overload for '_>_' applied to '(int, string)'"],
    ['foo(self)', '1:4', "undeclared reference to 'foo' (in container '')"],
    ['self.size.bar()', '1:14', "undeclared reference to 'bar' (in container '')"],
    ['self.list.all(x, y)', '1:18', "undeclared reference to 'y' (in container '')"],
    ['self.list.map(1, x)', '1:15', 'argument is not an identifier'],
    ['has(self)', '1:5', 'invalid argument to has() macro'],
    ['has(self.foo)', '1:4', "undefined field 'foo'"],
    ['self.name.startsWith(1)', '1:21', "found no matching overload for 'startsWith' applied to 'string.(int)'"],
    ['true ? 1 : "a"', '1:6', "found no matching overload for '_?_:_' applied to '(bool, int, string)'"],
    ['self.name.matches("(")', '1:19', 'invalid matches argument'],
    ['duration("x") == duration("1s")', '1:10', 'invalid duration argument'],
    ['!self.size', '1:1', "found no matching overload for '!_' applied to '(int)'"],
    ['self.size in 5', '1:11', "found no matching overload for '@in' applied to '(int, int)'"],
    ['self.size > 1 || self.name', '1:22', "expected type 'bool' but found 'string'"],
    [
      'self.name.all(x, true)',
      '1:5',
      "expression of type 'string' cannot be range of a comprehension (must be list, map, or dynamic)",
    ],
    ['99999999999999999999', '1:1', 'invalid int literal'],
    ['self.size >', '1:12', `Syntax error: mismatched input '<EOF>' expecting ${operands}`],
    ['[1,2', '1:5', "Syntax error: mismatched input '<EOF>' expecting {']', ','}"],
    ['(self.size', '1:11', "Syntax error: missing ')' at '<EOF>'"],
    ['self.size)', '1:10', "Syntax error: extraneous input ')' expecting <EOF>"],
    ['self..size', '1:6', "Syntax error: no viable alternative at input '..'"],
    ['"abc', '1:1', `Syntax error: token recognition error at: '"abc'`],
  ])('%s is so at %s', (text, place, why) => {
    const column = Number(place.slice(2));
    expect(failure(text)).toBe(`ERROR: <input>:${place}: ${why}\n | ${text}\n | ${'.'.repeat(column - 1)}^`);
  });

  it('shows the line, and room for what is wide', () => {
    expect(failure('true &&\n\tself.foo')).toBe("ERROR: <input>:2:6: undefined field 'foo'\n |  self.foo\n | .....^");
    expect(failure('"é" + self.size')).toContain('\n | "é" + self.size\n | .．..^');
    expect(failure('[“a”]')).toContain(
      "ERROR: <input>:1:2: Syntax error: token recognition error at: '“'\n | [“a”]\n | .＾",
    );
  });

  it('or gives something else than is wanted', () => {
    expect(failure('1', bool)).toBe('must evaluate to bool but got int');
    expect(failure('1', string, nullType)).toBe('must evaluate to one of [string null_type] but got int');
  });
});
