/** The words and signs of a label selector, one after the other. */
export interface Tokens {
  peek(): Token;
  next(): Token;
}

export interface Token {
  readonly kind: 'word' | 'end' | Sign;
  readonly text: string;
}

type Sign = '!' | '=' | '==' | '!=' | '<' | '>' | '(' | ')' | ',';

export const createTokens = (text: string): Tokens => {
  let at = 0;
  let ahead: Token | undefined;
  const read = (): Token => {
    while (at < text.length && isSpace(text.charAt(at))) at++;
    const token = scan(text, at);
    at += token.length;
    return token;
  };
  return {
    peek() {
      ahead ??= read();
      return ahead;
    },
    next() {
      const token = ahead ?? read();
      ahead = undefined;
      return token;
    },
  };
};

const isSpace = (char: string): boolean => char === ' ' || char === '\t' || char === '\r' || char === '\n';
const isSign = (char: string): boolean => char !== '' && '=!(),<>'.includes(char);

const scan = (text: string, at: number): Token & { readonly length: number } => {
  if (at >= text.length) return { kind: 'end', text: '', length: 0 };
  const two = text.slice(at, at + 2);
  if (two === '==' || two === '!=') return { kind: two, text: two, length: 2 };
  const one = text.charAt(at);
  // A single sign is always a token of its own.
  if (isSign(one)) return { kind: one as Sign, text: one, length: 1 };
  let end = at;
  while (end < text.length && !isSpace(text.charAt(end)) && !isSign(text.charAt(end))) end++;
  return { kind: 'word', text: text.slice(at, end), length: end - at };
};
