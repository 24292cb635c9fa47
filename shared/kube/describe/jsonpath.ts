import { badRequest } from '../faults.ts';

/** A compiled path: the values found in an object, in order; none where a key is missing. */
export type JsonPath = (root: unknown) => unknown[];

/**
 * Compiles the part of kubectl's JSONPath dialect that columns use: `.a.b`, `['x']`, `[0]`, `[-1]`, `[1:3]`, `[*]`, `.*`,
 * filters like `[?(@.type=="Ready")]` with `== != < <= > >=` or none (is there), and `\.` for a dot within a name. A
 * leading `$` and surrounding braces are allowed. Recursive descent, unions and scripts are refused.
 *
 * @throws Fault BadRequest that shows the path
 */
export const toJsonPath = (text: string): JsonPath => {
  const braced = /^\{(.*)\}$/s.exec(text.trim());
  const steps = new Compiler(braced?.[1] ?? text.trim()).path();
  return root => walk(steps, root);
};

type Step = (value: unknown) => unknown[];

const walk = (steps: readonly Step[], root: unknown): unknown[] => {
  let found: unknown[] = [root];
  for (const step of steps) {
    if (found.length === 0) return found;
    found = found.flatMap(step);
  }
  return found;
};

class Compiler {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  path(): Step[] {
    this.#take('$');
    const steps = this.#steps(() => this.#at < this.#text.length);
    if (this.#at < this.#text.length) throw this.#wrong();
    return steps;
  }

  #steps(more: () => boolean): Step[] {
    const steps: Step[] = [];
    while (more()) {
      if (this.#take('[')) steps.push(this.#bracket());
      else if (this.#take('.')) {
        if (this.#peek('.')) throw this.#wrong('recursive descent is not supported');
        if (this.#at < this.#text.length) steps.push(this.#take('*') ? every : field(this.#name()));
      } else if (steps.length === 0 && this.#at === 0) steps.push(field(this.#name()));
      else break;
    }
    return steps;
  }

  #name(): string {
    let name = '';
    for (; this.#at < this.#text.length; this.#at++) {
      let char = this.#text.charAt(this.#at);
      if (char === '\\') {
        this.#at++;
        char = this.#text.charAt(this.#at);
      } else if (/[.[\]\s()=<>!]/.test(char)) break;
      name += char;
    }
    if (name === '') throw this.#wrong();
    return name;
  }

  #bracket(): Step {
    if (this.#take('?(')) {
      const step = this.#filter();
      if (!this.#take(')]')) throw this.#wrong();
      return step;
    }
    const step = this.#selection();
    if (!this.#take(']')) throw this.#wrong();
    return step;
  }

  #selection(): Step {
    if (this.#take('*')) return every;
    if (this.#peek("'") || this.#peek('"')) return field(this.#quoted());
    const [whole, from, colon, to] = /^(-?\d*)(:?)(-?\d*)/.exec(this.#text.slice(this.#at)) ?? [''];
    if (!whole) throw this.#wrong();
    this.#at += whole.length;
    if (colon) return slice(from ? Number(from) : 0, to ? Number(to) : undefined);
    return index(Number(from));
  }

  #filter(): Step {
    const left = this.#operand();
    this.#space();
    const operator = ['==', '!=', '<=', '>=', '<', '>'].find(sign => this.#take(sign));
    if (operator === undefined) return value => items(value).filter(item => left(item) !== undefined);
    const right = this.#operand();
    const test = comparisons[operator];
    if (test === undefined) throw this.#wrong();
    return value => items(value).filter(item => test(left(item), right(item)));
  }

  #operand(): (item: unknown) => unknown {
    this.#space();
    if (this.#take('@')) {
      const steps = this.#steps(() => this.#peek('.') || this.#peek('['));
      return item => walk(steps, item)[0];
    }
    const constant = this.#constant();
    return () => constant;
  }

  #constant(): unknown {
    if (this.#peek("'") || this.#peek('"')) return this.#quoted();
    const [word] = /^(true|false|null|-?\d+(\.\d+)?)/.exec(this.#text.slice(this.#at)) ?? [];
    if (word === undefined) throw this.#wrong();
    this.#at += word.length;
    return JSON.parse(word);
  }

  #quoted(): string {
    const quote = this.#text.charAt(this.#at++);
    let text = '';
    for (; this.#text.charAt(this.#at) !== quote; this.#at++) {
      if (this.#at >= this.#text.length) throw this.#wrong();
      if (this.#text.charAt(this.#at) === '\\') this.#at++;
      text += this.#text.charAt(this.#at);
    }
    this.#at++;
    return text;
  }

  #space(): void {
    while (this.#take(' '));
  }

  #peek(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#peek(text)) return false;
    this.#at += text.length;
    return true;
  }

  #wrong(why = `unexpected ${JSON.stringify(this.#text.slice(this.#at, this.#at + 10))}`) {
    return badRequest(`invalid JSONPath ${JSON.stringify(this.#text)}: ${why}`);
  }
}

const field =
  (name: string): Step =>
  value =>
    isMap(value) && Object.hasOwn(value, name) ? [value[name]] : [];

const every: Step = value => items(value);

const index =
  (at: number): Step =>
  value => {
    if (!Array.isArray(value)) return [];
    const item: unknown = value.at(at);
    return item === undefined ? [] : [item];
  };

const slice =
  (from: number, to: number | undefined): Step =>
  value =>
    Array.isArray(value) ? value.slice(from, to) : [];

const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : isMap(value) ? Object.values(value) : []);

const isMap = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const comparisons: Readonly<Record<string, ((a: unknown, b: unknown) => boolean) | undefined>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== undefined && a !== b,
  '<': (a, b) => order(a, b) < 0,
  '<=': (a, b) => order(a, b) <= 0,
  '>': (a, b) => order(a, b) > 0,
  '>=': (a, b) => order(a, b) >= 0,
};

/** NaN, which no comparison likes, for values that have no order. */
const order = (a: unknown, b: unknown): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return Number.NaN;
};
