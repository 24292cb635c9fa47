import { CelError } from './value.ts';

/**
 * An error that shows where in the expression it is, as upstream prints it; the same error when it is of no place.
 *
 *     ERROR: <input>:1:5: undefined field 'foo'
 *      | self.foo
 *      | ....^
 */
export const locate = (error: CelError, text: string): CelError => {
  const { at, message } = error;
  if (at === undefined) return error;
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  const line = text.slice(start, end < 0 ? text.length : end).replaceAll('\t', ' ');
  const before = [...text.slice(start, at)];
  const number = text.slice(0, start).split('\n').length;
  const marks = before.map(character => (isWide(character) ? '．' : '.')).join('');
  const mark = isWide(text.slice(at, at + 1)) ? '＾' : '^';
  return new CelError(`ERROR: <input>:${number}:${before.length + 1}: ${message}\n | ${line}\n | ${marks}${mark}`);
};

/** Whether it takes more than a byte, and thus as a rule more room in a line. */
const isWide = (character: string): boolean => character > '\x7f';
