import { typeNames } from './check.ts';
import { type Call, type Expr, type Fold, type OptionalMap, type Select, toDotted } from './expr.ts';
import type { CallContext, Overload } from './function.ts';
import { foldCosts, limits, listCost, mapCost, messageCost } from './price.ts';
import {
  CelError,
  CostError,
  Dictionary,
  Entries,
  Items,
  isOf,
  List,
  Message,
  Opaque,
  Optional,
  sizeOf,
  TypeValue,
  typeName,
  type Value,
} from './value.ts';

/** Names and their values; undefined for a name that has none. */
export type Variables = (name: string) => Value | undefined;

/** What may be spent: by one evaluation, and by all that share the account. */
export interface Account {
  left: number;
}

/**
 * Runs a checked expression. Throws CelError when it fails, CostError when it would cost more than `perExpression` or
 * than the account holds; what was spent is taken from the account either way.
 */
export const evaluate = (expr: Expr, variables: Variables, account: Account): Value => {
  const run = new Run(account);
  try {
    return run.value(expr, { find: variables });
  } finally {
    account.left -= run.spent;
  }
};

interface Scope {
  find(name: string): Value | undefined;
}

/** Deep recursion of expressions and values ends before the stack does. */
class Run implements CallContext {
  spent = 0;
  readonly #limit: number;

  constructor(account: Account) {
    this.#limit = Math.min(limits.perExpression, account.left);
  }

  charge(units: number): void {
    this.spent += units;
    if (this.spent > this.#limit) throw new CostError('operation cancelled: actual cost limit exceeded');
  }

  value(expr: Expr, scope: Scope): Value {
    switch (expr.k) {
      case 'literal':
        return expr.value;
      case 'ident':
        this.charge(1);
        return find(scope, expr.name);
      case 'select':
        return this.#select(expr, scope);
      case 'call':
        return this.#call(expr, scope);
      case 'list': {
        this.charge(listCost);
        const items: Value[] = [];
        for (const { value, optional } of expr.items) {
          const item = this.#given(this.value(value, scope), optional);
          if (item !== undefined) items.push(item);
        }
        return new Items(items);
      }
      case 'map': {
        this.charge(mapCost);
        const entries: [Value, Value][] = [];
        for (const { key, value, optional } of expr.entries) {
          const name = this.value(key, scope);
          const item = this.#given(this.value(value, scope), optional);
          if (item !== undefined) entries.push([name, item]);
        }
        return new Entries(entries);
      }
      case 'message': {
        this.charge(messageCost);
        const fields = new Map<string, Value>();
        for (const { name, value, optional } of expr.fields) {
          const given = this.#given(this.value(value, scope), optional);
          if (given !== undefined) fields.set(name, given);
        }
        return new Message(expr.name, fields);
      }
      case 'fold':
        return this.#fold(expr, scope);
      case 'bind': {
        const init = this.value(expr.init, scope);
        return this.value(expr.body, withNames(scope, expr.name, init));
      }
      case 'optmap':
        return this.#optionalMap(expr, scope);
    }
  }

  /** What an optional element adds to a literal: undefined for nothing. */
  #given(value: Value, optional: boolean): Value | undefined {
    if (!optional) return value;
    if (!(value instanceof Optional)) throw new CelError(`cannot make an optional element of ${typeName(value)}`);
    return value.value;
  }

  #select(expr: Select, scope: Scope): Value {
    if (expr.type?.k === 'type') {
      const dotted = toDotted(expr);
      if (dotted !== undefined && typeNames.has(dotted)) return new TypeValue(dotted);
    }
    const operand = this.value(expr.operand, scope);
    if (!expr.test) this.charge(1);
    if (operand instanceof Optional) return this.#selectOptional(operand.value, expr);
    if (!(operand instanceof Dictionary || operand instanceof Opaque))
      throw new CelError(`no such overload: ${typeName(operand)}.${expr.field}`);
    const found = operand.field(expr.field);
    if (expr.test) return found !== undefined;
    if (expr.optional) return new Optional(found);
    if (found === undefined) throw new CelError(`no such key: ${expr.field}`);
    return found;
  }

  #selectOptional(inner: Value | undefined, expr: Select): Value {
    const found = inner instanceof Dictionary ? inner.field(expr.field) : undefined;
    if (inner !== undefined && !(inner instanceof Dictionary)) {
      throw new CelError(`no such overload: ${typeName(inner)}.${expr.field}`);
    }
    return expr.test ? found !== undefined : found instanceof Optional ? found : new Optional(found);
  }

  #call(call: Call, scope: Scope): Value {
    if (call.name === '_&&_' || call.name === '_||_') return this.#logic(call, scope);
    if (call.name === '_?_:_') return this.#choose(call, scope);
    const operands = call.target && call.qualified === undefined ? [call.target, ...call.args] : call.args;
    const args = operands.map(operand => this.value(operand, scope));
    const overload = dispatch(call.overloads ?? [], args);
    if (overload === undefined) throw new CelError(`no such overload: ${call.name}(${args.map(typeName).join(', ')})`);
    this.charge(overload.cost ? overload.cost(args.map(toSize)) : 1);
    return overload.run(args, this);
  }

  /** An error on one side does not matter when the other side decides. */
  #logic(call: Call, scope: Scope): Value {
    const decisive = call.name === '_||_';
    let failure: CelError | undefined;
    for (const arg of call.args) {
      try {
        if (toBool(this.value(arg, scope)) === decisive) return decisive;
      } catch (error) {
        failure ??= toPassing(error);
      }
    }
    if (failure) throw failure;
    return !decisive;
  }

  #choose({ args: [condition, yes, no] }: Call, scope: Scope): Value {
    if (!condition || !yes || !no) throw new CelError('no such overload: _?_:_');
    return this.value(toBool(this.value(condition, scope)) ? yes : no, scope);
  }

  #optionalMap(expr: OptionalMap, scope: Scope): Value {
    const target = this.value(expr.target, scope);
    this.charge(2);
    if (!(target instanceof Optional)) throw new CelError(`no such overload: ${typeName(target)}.optMap`);
    if (target.value === undefined) return target;
    const result = this.value(expr.body, withNames(scope, expr.name, target.value));
    return expr.flat ? result : new Optional(result);
  }

  #fold(fold: Fold, scope: Scope): Value {
    const range = this.value(fold.range, scope);
    this.charge(foldCosts[fold.macro].start);
    if (!(range instanceof List || range instanceof Dictionary)) {
      throw new CelError(`no such overload: ${typeName(range)}.${fold.macro}`);
    }
    if (fold.macro === 'all' || fold.macro === 'exists') return this.#search(fold, range, scope);
    if (fold.macro === 'exists_one') return this.#count(fold, range, scope) === 1;
    if (fold.macro === 'transformMap' || fold.macro === 'transformMapEntry') return this.#toMap(fold, range, scope);
    return this.#toList(fold, range, scope);
  }

  #search(fold: Fold, range: List | Dictionary, scope: Scope): boolean {
    const decisive = fold.macro === 'exists';
    let failure: CelError | undefined;
    for (const round of rounds(fold, range, scope)) {
      this.charge(foldCosts[fold.macro].each);
      try {
        if (toBool(this.value(fold.body, round.scope)) === decisive) return decisive;
      } catch (error) {
        failure ??= toPassing(error);
      }
    }
    if (failure) throw failure;
    return !decisive;
  }

  #count(fold: Fold, range: List | Dictionary, scope: Scope): number {
    let count = 0;
    for (const round of rounds(fold, range, scope)) {
      if (!toBool(this.value(fold.body, round.scope))) continue;
      this.charge(foldCosts.exists_one.kept);
      count += 1;
    }
    return count;
  }

  #toList(fold: Fold, range: List | Dictionary, scope: Scope): Value {
    const items: Value[] = [];
    const { kept } = foldCosts[fold.macro];
    for (const round of rounds(fold, range, scope)) {
      const condition = fold.macro === 'filter' ? fold.body : fold.filter;
      this.charge(1);
      if (condition && !toBool(this.value(condition, round.scope))) continue;
      this.charge(kept - 1);
      items.push(fold.macro === 'filter' ? round.first : this.value(fold.body, round.scope));
    }
    return new Items(items);
  }

  #toMap(fold: Fold, range: List | Dictionary, scope: Scope): Value {
    const entries: [Value, Value][] = [];
    for (const round of rounds(fold, range, scope)) {
      this.charge(1);
      if (fold.filter && !toBool(this.value(fold.filter, round.scope))) continue;
      this.charge(foldCosts.transformMap.kept - 1);
      const made = this.value(fold.body, round.scope);
      if (fold.macro === 'transformMap') entries.push([round.first, made]);
      else if (made instanceof Dictionary) for (const key of made.keys()) entries.push([key, made.get(key) ?? null]);
      else throw new CelError(`no such overload: transformMapEntry of ${typeName(made)}`);
    }
    return new Entries(entries);
  }
}

/** The rounds of a macro: with one variable items or keys, with two index or key, and value. */
function* rounds(
  { names }: Fold,
  range: List | Dictionary,
  scope: Scope,
): Generator<{ readonly first: Value; readonly scope: Scope }> {
  const [first = '', second] = names;
  if (range instanceof List) {
    let index = 0n;
    for (const item of range) {
      if (second === undefined) yield { first: item, scope: withNames(scope, first, item) };
      else yield { first: index, scope: withNames(withNames(scope, first, index), second, item) };
      index += 1n;
    }
    return;
  }
  for (const key of range.keys()) {
    const inner = withNames(scope, first, key);
    yield { first: key, scope: second === undefined ? inner : withNames(inner, second, range.get(key) ?? null) };
  }
}

const withNames = (scope: Scope, name: string, value: Value): Scope => ({
  find: wanted => (wanted === name ? value : scope.find(wanted)),
});

const find = (scope: Scope, name: string): Value => {
  const value = scope.find(name);
  if (value !== undefined) return value;
  if (typeNames.has(name)) return new TypeValue(name);
  throw new CelError(`no such attribute(s): ${name}`);
};

const dispatch = (overloads: readonly Overload[], args: readonly Value[]): Overload | undefined => {
  for (const overload of overloads) {
    if (overload.args.every((type, i) => isOf(args[i] ?? null, type))) return overload;
  }
  return undefined;
};

const toBool = (value: Value): boolean => {
  if (typeof value === 'boolean') return value;
  throw new CelError(`no such overload: ${typeName(value)} is not bool`);
};

/** What may be passed over; everything else goes on. */
const toPassing = (error: unknown): CelError => {
  if (error instanceof CelError && !(error instanceof CostError)) return error;
  throw error;
};

const toSize = (value: Value) => ({
  size: sizeOf(value),
  // Lists are looked into only by costs that ask.
  get item(): number {
    if (!(value instanceof List)) return 1;
    let largest = 1;
    for (const item of value) largest = Math.max(largest, sizeOf(item));
    return largest;
  },
});
