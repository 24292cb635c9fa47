import { type Expr, type Macro, toDotted } from './expr.ts';
import { lex, type Token } from './lex.ts';
import { CelError } from './value.ts';

/**
 * The expression that a text says, macros recognised (CEL specification, "Syntax"; with optional syntax `a.?b`, `a[?b]`,
 * `[?a]`, `{?k: v}` and escaped names in backticks). Throws CelError.
 */
export const parse = (text: string): Expr => {
  if (text.length > maxLength) throw new CelError(`expression is longer than ${maxLength} characters`);
  const parser = new Parser(lex(text));
  return parser.whole();
};

/** Upstream's limits on what is parsed at all. */
const maxLength = 100_000;
const maxDepth = 100;

const reserved = new Set(
  'as break const continue else for function if import let loop package namespace return var void while in true false null'.split(
    ' ',
  ),
);

const relations = new Map(
  Object.entries({ '<': '_<_', '<=': '_<=_', '>': '_>_', '>=': '_>=_', '==': '_==_', '!=': '_!=_', in: '@in' }),
);
const sums = new Map(Object.entries({ '+': '_+_', '-': '_-_' }));
const products = new Map(Object.entries({ '*': '_*_', '/': '_/_', '%': '_%_' }));

/** What an expression may begin with. */
const operands =
  "'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER";

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expr {
    const expr = this.#expr();
    const { kind, text, at } = this.#peek();
    if (kind !== 'end') throw new CelError(`Syntax error: extraneous input '${text}' expecting <EOF>`, at);
    return expr;
  }

  #peek(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new CelError('Syntax error: unexpected end');
    return token;
  }

  #is(sign: string): boolean {
    const { kind, text } = this.#peek();
    return (kind === 'sign' || (kind === 'name' && sign === 'in')) && text === sign;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  #accept(sign: string): boolean {
    if (!this.#is(sign)) return false;
    this.#next += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#accept(sign)) throw this.#unexpected(sign);
  }

  /** What stands here is not what has to: one of these, or without any an operand. */
  #unexpected(...wanted: readonly string[]): CelError {
    const { kind, text, at } = this.#peek();
    const found = kind === 'end' ? '<EOF>' : text;
    const [only] = wanted;
    if (only !== undefined && wanted.length === 1)
      return new CelError(`Syntax error: missing '${only}' at '${found}'`, at);
    const expected = wanted.length === 0 ? operands : wanted.map(sign => `'${sign}'`).join(', ');
    return new CelError(`Syntax error: mismatched input '${found}' expecting {${expected}}`, at);
  }

  /** Between the items of a list, or at its end. */
  #separate(closing: string): void {
    if (!this.#is(closing) && !this.#accept(',')) throw this.#unexpected(closing, ',');
  }

  #expr(): Expr {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new CelError('expression recursion limit exceeded');
    const condition = this.#chain('||', '_||_', () => this.#chain('&&', '_&&_', () => this.#relation()));
    let expr = condition;
    const { at } = this.#peek();
    if (this.#accept('?')) {
      const yes = this.#chain('||', '_||_', () => this.#chain('&&', '_&&_', () => this.#relation()));
      this.#expect(':');
      expr = { k: 'call', name: '_?_:_', args: [condition, yes, this.#expr()], at };
    }
    this.#depth -= 1;
    return expr;
  }

  /** A chain is balanced as upstream does, so that long ones do not nest deeply. */
  #chain(sign: string, name: string, part: () => Expr): Expr {
    const parts = [part()];
    const places: number[] = [];
    for (let { at } = this.#peek(); this.#accept(sign); { at } = this.#peek()) {
      places.push(at);
      parts.push(part());
    }
    return balance(name, parts, places);
  }

  #left(signs: ReadonlyMap<string, string>, part: () => Expr): Expr {
    let expr = part();
    for (let count = 0; ; count += 1) {
      const { kind, text, at } = this.#peek();
      const name = kind === 'sign' || text === 'in' ? signs.get(text) : undefined;
      if (name === undefined || kind === 'literal') return expr;
      if (count >= maxDepth) throw new CelError('expression recursion limit exceeded');
      this.#next += 1;
      expr = { k: 'call', name, args: [expr, part()], at };
    }
  }

  #relation(): Expr {
    return this.#left(relations, () => this.#left(sums, () => this.#left(products, () => this.#unary())));
  }

  #unary(): Expr {
    const { at } = this.#peek();
    let nots = 0;
    while (this.#accept('!')) nots += 1;
    if (nots > 0) {
      const operand = this.#member();
      return nots % 2 === 1 ? { k: 'call', name: '!_', args: [operand], at } : twice('!_', operand, at);
    }
    let minuses = 0;
    while (this.#accept('-')) minuses += 1;
    if (minuses === 0) return this.#member();
    const token = this.#peek();
    if (typeof token.value === 'bigint' || typeof token.value === 'number') {
      this.#negate(token);
      const operand = this.#member();
      return minuses % 2 === 1 ? operand : { k: 'call', name: '-_', args: [operand], at };
    }
    const operand = this.#member();
    return minuses % 2 === 1 ? { k: 'call', name: '-_', args: [operand], at } : twice('-_', operand, at);
  }

  #negate(token: Token): void {
    // Only numbers come here.
    const value = typeof token.value === 'bigint' ? -token.value : -(token.value as number);
    const tokens = this.#tokens as Token[];
    tokens[this.#next] = { ...token, value };
  }

  #member(): Expr {
    let expr = this.#primary();
    for (let count = 0; ; count += 1) {
      if (count > maxDepth) throw new CelError('expression recursion limit exceeded');
      const { at } = this.#peek();
      if (this.#accept('.')) expr = this.#afterDot(expr, at);
      else if (this.#accept('[')) {
        const name = this.#accept('?') ? '_[?_]' : '_[_]';
        const index = this.#expr();
        this.#expect(']');
        expr = { k: 'call', name, args: [expr, index], at };
      } else return expr;
    }
  }

  #afterDot(operand: Expr, at: number): Expr {
    const optional = this.#accept('?');
    const { kind } = this.#peek();
    const field = this.#fieldName();
    const { at: opening } = this.#peek();
    if (!optional && kind === 'name' && this.#accept('(')) return toCall(field, operand, this.#list(')'), opening);
    const select: Expr = { k: 'select', operand, field, test: false, optional, at };
    return this.#is('{') ? this.#message(select) : select;
  }

  #primary(): Expr {
    const token = this.#take();
    const { kind, text, at } = token;
    if (kind === 'literal' && token.value !== undefined) {
      if (token.value === 2n ** 63n) throw new CelError('invalid int literal', at);
      return { k: 'literal', value: token.value, at };
    }
    if (kind === 'sign' && text === '(') {
      const inner = this.#expr();
      this.#expect(')');
      return inner;
    }
    if (kind === 'sign' && text === '[') return this.#listLiteral(at);
    if (kind === 'sign' && text === '{') return this.#mapLiteral(at);
    if (kind === 'sign' && text === '.' && this.#peek().kind === 'name') return this.#primary();
    if (kind === 'name') return this.#name(text, at);
    this.#next -= 1;
    throw this.#unexpected();
  }

  #name(text: string, at: number): Expr {
    if (text === 'true' || text === 'false') return { k: 'literal', value: text === 'true', at };
    if (text === 'null') return { k: 'literal', value: null, at };
    if (reserved.has(text)) throw new CelError(`Syntax error: reserved identifier: ${text}`, at);
    const { at: opening } = this.#peek();
    if (this.#accept('(')) return toCall(text, undefined, this.#list(')'), opening);
    const ident: Expr = { k: 'ident', name: text, at };
    return this.#is('{') ? this.#message(ident) : ident;
  }

  /** What follows the name of a message: `{field: value, ?field: optional}`. */
  #message(type: Expr): Expr {
    const name = toDotted(type);
    if (name === undefined) throw this.#unexpected();
    this.#expect('{');
    const fields: { name: string; value: Expr; optional: boolean }[] = [];
    while (!this.#accept('}')) {
      const optional = this.#accept('?');
      const field = this.#fieldName();
      if (fields.some(other => other.name === field))
        throw new CelError(`Syntax error: duplicate field: ${field}`, type.at);
      this.#expect(':');
      fields.push({ optional, name: field, value: this.#expr() });
      this.#separate('}');
    }
    return { k: 'message', name, fields, at: type.at };
  }

  #fieldName(): string {
    const token = this.#take();
    if ((token.kind === 'name' && !literalWords.has(token.text)) || token.kind === 'quoted')
      return token.kind === 'quoted' ? token.text.slice(1, -1) : token.text;
    this.#next -= 1;
    const found = token.kind === 'end' ? '<EOF>' : token.text;
    throw new CelError(`Syntax error: no viable alternative at input '.${found}'`, token.at);
  }

  #list(closing: string): Expr[] {
    const items: Expr[] = [];
    while (!this.#accept(closing)) {
      items.push(this.#expr());
      this.#separate(closing);
    }
    return items;
  }

  #listLiteral(at: number): Expr {
    const items: { value: Expr; optional: boolean }[] = [];
    while (!this.#accept(']')) {
      const optional = this.#accept('?');
      items.push({ optional, value: this.#expr() });
      this.#separate(']');
    }
    return { k: 'list', items, at };
  }

  #mapLiteral(at: number): Expr {
    const entries: { key: Expr; value: Expr; optional: boolean }[] = [];
    while (!this.#accept('}')) {
      const optional = this.#accept('?');
      const key = this.#expr();
      this.#expect(':');
      entries.push({ optional, key, value: this.#expr() });
      this.#separate('}');
    }
    return { k: 'map', entries, at };
  }
}

const literalWords = new Set(['true', 'false', 'null', 'in']);

/** `places` are those of the signs between the parts. */
const balance = (name: string, parts: readonly Expr[], places: readonly number[]): Expr => {
  const [first] = parts;
  if (first === undefined) throw new CelError('Syntax error: unexpected end');
  if (parts.length === 1) return first;
  const middle = Math.ceil(parts.length / 2);
  const args = [
    balance(name, parts.slice(0, middle), places.slice(0, middle - 1)),
    balance(name, parts.slice(middle), places.slice(middle)),
  ];
  return { k: 'call', name, args, at: places[middle - 1] ?? first.at };
};

const twice = (name: string, operand: Expr, at: number): Expr => ({
  k: 'call',
  name,
  args: [{ k: 'call', name, args: [operand], at }],
  at,
});

/** A call, or the macro that it is. */
const toCall = (name: string, target: Expr | undefined, args: readonly Expr[], at: number): Expr => {
  const macro = target === undefined ? toTest(name, args, at) : toMacro(name, target, args, at);
  return macro ?? { k: 'call', name, ...(target && { target }), args, at };
};

const toTest = (name: string, args: readonly Expr[], at: number): Expr | undefined => {
  if (name !== 'has' || args.length !== 1) return undefined;
  const [field] = args;
  if (field?.k !== 'select' || field.optional) throw new CelError('invalid argument to has() macro', field?.at);
  return { ...field, test: true, at };
};

const toMacro = (name: string, target: Expr, args: readonly Expr[], at: number): Expr | undefined => {
  const [a, b, c, d] = args;
  if (target.k === 'ident' && target.name === 'cel' && name === 'bind' && a && b && c && args.length === 3) {
    return { k: 'bind', name: toVariable(a), init: b, body: c, at };
  }
  if ((name === 'optMap' || name === 'optFlatMap') && a && b && args.length === 2) {
    return { k: 'optmap', flat: name === 'optFlatMap', target, name: toVariable(a), body: b, at };
  }
  const macro = macros.get(name);
  if (macro === undefined || !a || !b) return undefined;
  const fold = { k: 'fold', macro, range: target, at } as const;
  const transforms = macro.startsWith('transform');
  if (!transforms && args.length === 2) return { ...fold, names: [toVariable(a)], body: b };
  if (macro === 'map' && c && args.length === 3) return { ...fold, names: [toVariable(a)], filter: b, body: c };
  if (macro === 'map' || macro === 'filter' || !c) return undefined;
  const names = [toVariable(a), toVariable(b)];
  if (names[0] === names[1]) throw new CelError(`duplicate variable name: ${names[0]}`, b.at);
  if (args.length === 3) return { ...fold, names, body: c };
  return transforms && d && args.length === 4 ? { ...fold, names, filter: c, body: d } : undefined;
};

const macros = new Map<string, Macro>([
  ['all', 'all'],
  ['exists', 'exists'],
  ['exists_one', 'exists_one'],
  ['existsOne', 'exists_one'],
  ['map', 'map'],
  ['filter', 'filter'],
  ['transformList', 'transformList'],
  ['transformMap', 'transformMap'],
  ['transformMapEntry', 'transformMapEntry'],
]);

const toVariable = (expr: Expr): string => {
  if (expr.k !== 'ident') throw new CelError('argument is not an identifier', expr.at);
  return expr.name;
};
