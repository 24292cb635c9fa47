import { Fault } from '../../../base/fault.ts';
import { compile } from '../../cel/compile.ts';
import { functions } from '../../cel/environment.ts';
import { lift } from '../../cel/lift.ts';
import { limits } from '../../cel/price.ts';
import { bool, dyn, listOf, mapOf, string, type Type } from '../../cel/type.ts';
import { CelError, List, type Value } from '../../cel/value.ts';

/** An expression over what a token claims, or over the user that came of it. Throws CelError when it fails. */
export type Expression<T> = (value: unknown) => T;

const claims: Type = mapOf(string, dyn);
const user: Type = {
  k: 'object',
  name: 'kubernetes.UserInfo',
  fields: new Map(
    Object.entries({
      username: string,
      uid: string,
      groups: listOf(string),
      extra: mapOf(string, listOf(string)),
    }).map(([name, type]) => [name, { name, type }]),
  ),
};

/** Must say true or false. */
export const toCondition = (text: string, about: 'claims' | 'user', path: string): Expression<boolean> => {
  const run = toRun(text, about, path, [bool]);
  return value => run(value) === true;
};

/** Must give a text, or with `lists` a list of texts; nothing at all is an empty list. */
export const toTexts = (text: string, path: string, lists: boolean): Expression<readonly string[]> => {
  const run = toRun(text, 'claims', path, lists ? [string, listOf(string), listOf(dyn)] : [string]);
  return value => {
    const result = run(value);
    if (typeof result === 'string') return [result];
    if (lists && result === null) return [];
    if (!lists || !(result instanceof List)) throw new CelError(`the expression gives no ${lists ? 'texts' : 'text'}`);
    return [...result].map(item => {
      if (typeof item !== 'string') throw new CelError('the expression gives a list of other things than texts');
      return item;
    });
  };
};

const toRun = (text: string, about: 'claims' | 'user', path: string, wanted: readonly Type[]) => {
  const type = about === 'claims' ? claims : user;
  const program = compiled(text, about, type, path, wanted);
  return (value: unknown): Value =>
    program.run(name => (name === about ? lift(value, type) : undefined), { left: limits.perExpression });
};

const compiled = (text: string, about: string, type: Type, path: string, wanted: readonly Type[]) => {
  try {
    return compile(text, { variables: new Map([[about, type]]), functions }, ...wanted);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    throw new Fault('BadRequest', `authentication configuration: ${path}: compilation failed: ${error.message}`);
  }
};
