import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compile } from '../../../shared/kube/cel/compile.ts';
import { functions } from '../../../shared/kube/cel/environment.ts';
import { lift } from '../../../shared/kube/cel/lift.ts';
import { parse } from '../../../shared/kube/cel/parse.ts';
import { dyn, listOf, string, type Type } from '../../../shared/kube/cel/type.ts';
import { CelError } from '../../../shared/kube/cel/value.ts';

const words =
  'self a 1 2u 1.5 "x" true null ( ) [ ] { } . , : ? ?. [? + - * / % == < && || ! in has( .all( x .map( size( ` \' \\'.split(
    ' ',
  );

it('reads any text, or says why not', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(fc.constantFrom(...words)).map(parts => parts.join(' ')),
      ),
      text => {
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(CelError);
        }
      },
    ),
  );
});

it('equals itself, whatever the value', () => {
  const program = compile('self == self && self in [self]', { variables: new Map([['self', dyn]]), functions });
  fc.assert(
    fc.property(fc.jsonValue(), json => {
      const value = lift(json, dyn);
      expect(program.run(() => value, { left: 1_000_000 })).toBe(true);
    }),
  );
});

it('never costs more than was estimated', () => {
  const type: Type = listOf({ ...string, max: 20 } as Type, 10);
  const texts = [
    'self.all(x, self.exists(y, x.contains(y)))',
    "self.map(x, x + x).join(',').matches('^(a|b)+$')",
    'self.filter(x, x.size() > 2).map(x, x.upperAscii()).exists_one(x, x == self[0])',
    'self.exists(x, self.indexOf(x) > 1) || self.isSorted() || sets.contains(self, self)',
    "self.transformList(i, v, v.replace('a', 'bb').split('b')).all(p, p.size() < 99)",
  ];
  const programs = texts.map(text => compile(text, { variables: new Map([['self', type]]), functions }));
  const lists = fc.array(fc.string({ maxLength: 20, unit: fc.constantFrom('a', 'b', 'c') }), { maxLength: 10 });
  fc.assert(
    fc.property(lists, fc.constantFrom(...programs), (list, program) => {
      const account = { left: 1_000_000 };
      const value = lift(list, type);
      try {
        program.run(() => value, account);
      } catch (error) {
        expect(error).toBeInstanceOf(CelError);
      }
      expect(1_000_000 - account.left).toBeLessThanOrEqual(program.maxCost);
    }),
  );
});
