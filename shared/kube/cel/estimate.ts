import type { Call, Expr, Fold } from './expr.ts';
import { type Size, sizeAt } from './function.ts';
import { foldCosts, listCost, mapCost, messageCost } from './price.ts';
import type { Type } from './type.ts';

/**
 * The greatest cost that a checked expression can have, by the sizes that its types bound; Infinity when nothing bounds
 * it. Units are those of the runtime budget (upstream's CEL cost model).
 */
export const estimate = (expr: Expr): number => estimateIn(expr, new Map()).cost;

/** What comes out of an expression, at its largest. */
interface Extent {
  readonly size: number;
  readonly item?: Extent;
}

interface Estimate extends Extent {
  readonly cost: number;
}

type Sizes = ReadonlyMap<string, Extent>;

const estimateIn = (expr: Expr, sizes: Sizes): Estimate => {
  switch (expr.k) {
    case 'literal':
      return { cost: 0, ...toExtent(expr.type) };
    case 'ident':
      return { cost: 1, ...(sizes.get(expr.name) ?? toExtent(expr.type)) };
    case 'select': {
      const operand = estimateIn(expr.operand, sizes);
      return { cost: operand.cost + (expr.test ? 0 : 1), ...pick(operand, expr.type) };
    }
    case 'call':
      return estimateCall(expr, sizes);
    case 'list': {
      const items = expr.items.map(({ value }) => estimateIn(value, sizes));
      return { cost: sum(items) + listCost, size: items.length, item: largest(items) };
    }
    case 'map': {
      const keys = expr.entries.map(({ key }) => estimateIn(key, sizes));
      const values = expr.entries.map(({ value }) => estimateIn(value, sizes));
      return { cost: sum(keys) + sum(values) + mapCost, size: keys.length, item: largest(values) };
    }
    case 'message': {
      const values = expr.fields.map(({ value }) => estimateIn(value, sizes));
      return { cost: sum(values) + messageCost, size: values.length, item: largest(values) };
    }
    case 'fold':
      return estimateFold(expr, sizes);
    case 'bind': {
      const init = estimateIn(expr.init, sizes);
      const body = estimateIn(expr.body, new Map([...sizes, [expr.name, init]]));
      return { ...body, cost: init.cost + body.cost };
    }
    case 'optmap': {
      const target = estimateIn(expr.target, sizes);
      const body = estimateIn(expr.body, new Map([...sizes, [expr.name, target]]));
      return { ...body, cost: target.cost + body.cost + 2 };
    }
  }
};

/** By the type; optional values are as large as what they hold. */
const toExtent = (type: Type | undefined): Extent => {
  if (type === undefined || type.k === 'dyn' || type.k === 'param') return unbounded;
  if (type.k === 'optional') return toExtent(type.of);
  if (type.k === 'list' || type.k === 'map') return { size: type.max ?? Infinity, item: toExtent(type.of) };
  if (type.k === 'string' || type.k === 'bytes') return { size: type.max ?? Infinity };
  return { size: 1 };
};

const unbounded: Extent = { size: Infinity };

/** What lies in `whole`: what its type says, or what is known of its items when the type says nothing. */
const pick = (whole: Extent, type: Type | undefined): Extent => {
  const typed = toExtent(type);
  return typed.size === Infinity && whole.item !== undefined ? whole.item : typed;
};

const largest = (extents: readonly Extent[]): Extent => extents.reduce((a, b) => larger(a, b), { size: 0 });

const larger = (a: Extent, b: Extent): Extent => ({
  size: Math.max(a.size, b.size),
  ...((a.item || b.item) && { item: larger(a.item ?? { size: 0 }, b.item ?? { size: 0 }) }),
});

const sum = (parts: readonly Estimate[]): number => parts.reduce((total, { cost }) => total + cost, 0);

const toSize = ({ size, item }: Extent): Size => ({ size, item: item?.size ?? (size === Infinity ? Infinity : 1) });

const estimateCall = (call: Call, sizes: Sizes): Estimate => {
  const operands = call.target && call.qualified === undefined ? [call.target, ...call.args] : call.args;
  const args = operands.map(operand => estimateIn(operand, sizes));
  if (call.name === '_&&_' || call.name === '_||_') return { cost: sum(args), size: 1 };
  if (call.name === '_?_:_') {
    const [condition, yes, no] = args;
    const extent = larger(yes ?? unbounded, no ?? unbounded);
    return { cost: (condition?.cost ?? 0) + Math.max(yes?.cost ?? 0, no?.cost ?? 0), ...extent };
  }
  const given = args.map(toSize);
  const own = (call.overloads ?? []).map(({ cost }) => (cost ? bounded(cost(given)) : 1));
  return { cost: sum(args) + Math.max(1, ...own), ...grown(call, args, given) };
};

/** Nothing times something unbounded is nothing, but no number. */
const bounded = (cost: number): number => (Number.isNaN(cost) ? Infinity : cost);

const grown = (call: Call, args: readonly Estimate[], given: readonly Size[]): Extent => {
  const [first] = args;
  if (call.name === '_[_]' || call.name === '_[?_]') return first ? pick(first, call.type) : toExtent(call.type);
  const typed = toExtent(call.type);
  const grows = (call.overloads ?? []).map(overload => overload.grows?.(given) ?? typed.size);
  const size = grows.length === 0 ? typed.size : Math.max(...grows.map(bounded));
  const isList = call.type?.k === 'list' || call.type?.k === 'dyn';
  const item = isList ? largest(args.flatMap(arg => (arg.item ? [arg.item] : []))) : undefined;
  if (!isList) return { size };
  return { size, item: item && item.size > 0 ? item : { size: sizeAt(given, 0) } };
};

const estimateFold = (fold: Fold, sizes: Sizes): Estimate => {
  const range = estimateIn(fold.range, sizes);
  const inner = new Map(sizes);
  const [first = '', second] = fold.names;
  const { type } = fold.range;
  if (second !== undefined) {
    inner.set(first, type?.k === 'map' ? toExtent(type.key) : { size: 1 });
    inner.set(second, range.item ?? unbounded);
  } else inner.set(first, type?.k === 'map' ? toExtent(type.key) : (range.item ?? unbounded));
  const filter = fold.filter ? estimateIn(fold.filter, inner).cost : 0;
  const body = estimateIn(fold.body, inner);
  const { start, each, kept } = foldCosts[fold.macro];
  const rounds = range.size;
  const perRound = each + kept + filter + body.cost;
  const cost = range.cost + start + (rounds === 0 ? 0 : rounds * perRound);
  if (fold.macro === 'filter') return { cost, size: rounds, item: inner.get(first) ?? unbounded };
  return { cost, size: type?.k === 'list' || type?.k === 'map' ? rounds : Infinity, item: body };
};
