import { Fault } from '../../base/fault.ts';

/** A parsed field selector: all requirements must hold. */
export type FieldSelector = readonly FieldRequirement[];

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** Characters in a selector of a request; more is refused before any is read. */
const maxLength = 64 * 1024;

/**
 * Reads `a=b,c==d,e!=f`; a backslash takes the meaning from `,`, `=` and itself (kubernetes-api reference §1.8). Empty text
 * selects everything. Throws BadRequest in the words of kube-apiserver. Whether a type offers a field is for it to say.
 */
export const parseFieldSelector = (text: string): FieldSelector => {
  if (text.length > maxLength)
    throw new Fault('BadRequest', `the field selector is longer than ${maxLength} characters`);
  return splitTerms(text)
    .filter(term => term !== '')
    .map(term => parseTerm(term, text));
};

/** Whether an object fulfils a selector. `get` gives a field's value as text, '' for what is absent. */
export const matchesFields = (selector: FieldSelector, get: (field: string) => string): boolean =>
  selector.every(({ field, operator, value }) => (get(field) === value) === (operator === '='));

/** Writes `\`, `,` and `=` of a value so that they stand for themselves in a selector. */
export const escapeFieldValue = (value: string): string => value.replaceAll(/[\\,=]/g, sign => `\\${sign}`);

const splitTerms = (text: string): string[] => {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...terms, text.slice(start)];
};

const parseTerm = (term: string, whole: string): FieldRequirement => {
  for (let i = 0; i < term.length; i++) {
    const sign = ['!=', '==', '='].find(text => term.startsWith(text, i));
    if (sign === undefined) continue;
    const operator = sign === '!=' ? '!=' : '=';
    return { field: term.slice(0, i), operator, value: toPlain(term.slice(i + sign.length)) };
  }
  throw new Fault('BadRequest', `invalid selector: '${whole}'; can't understand '${term}'`);
};

const toPlain = (value: string): string => {
  let out = '';
  for (let i = 0; i < value.length; i++) {
    const char = value.charAt(i);
    if (char === ',' || char === '=')
      throw new Fault('BadRequest', `invalid field selector: unescaped character in value: ${char.charCodeAt(0)}`);
    if (char !== '\\') {
      out += char;
      continue;
    }
    const escaped = value.charAt(++i);
    if (escaped !== '\\' && escaped !== ',' && escaped !== '=')
      throw new Fault('BadRequest', `invalid field selector: invalid escape sequence: \\${escaped}`);
    out += escaped;
  }
  return out;
};
