import type { Overload } from './function.ts';
import type { Type } from './type.ts';
import type { Value } from './value.ts';

/** An expression. `at` is its place in the text; `type` and `overloads` are what checking found out. */
export type Expr = Literal | Ident | Select | Call | ListExpr | MapExpr | MessageExpr | Fold | Bind | OptionalMap;

interface Common {
  readonly at: number;
  type?: Type;
}

export interface Literal extends Common {
  readonly k: 'literal';
  readonly value: Value;
}

export interface Ident extends Common {
  readonly k: 'ident';
  readonly name: string;
}

/** `a.b`, `a.?b` (optional), `has(a.b)` (test). */
export interface Select extends Common {
  readonly k: 'select';
  readonly operand: Expr;
  readonly field: string;
  readonly test: boolean;
  readonly optional: boolean;
}

/** A function, a method (`target`), or an operator: `_+_`, `_[_]`, `_[?_]`, `_?_:_`, `_&&_`, `!_`, `-_`, `@in`. */
export interface Call extends Common {
  readonly k: 'call';
  readonly name: string;
  readonly target?: Expr;
  readonly args: readonly Expr[];
  /** Set when `target` turned out to be a namespace: `sets` of `sets.contains`. */
  qualified?: string;
  overloads?: readonly Overload[];
}

export interface ListExpr extends Common {
  readonly k: 'list';
  readonly items: readonly { readonly value: Expr; readonly optional: boolean }[];
}

export interface MapExpr extends Common {
  readonly k: 'map';
  readonly entries: readonly { readonly key: Expr; readonly value: Expr; readonly optional: boolean }[];
}

/** `Object.spec{replicas: 1}`: a message of a type that the environment knows. */
export interface MessageExpr extends Common {
  readonly k: 'message';
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly value: Expr; readonly optional: boolean }[];
}

/** A macro over a list or a map. `filter` is the condition of three-part maps and transforms. */
export interface Fold extends Common {
  readonly k: 'fold';
  readonly macro: Macro;
  readonly range: Expr;
  /** One variable (item or key), or two (index or key, then value). */
  readonly names: readonly string[];
  readonly filter?: Expr;
  readonly body: Expr;
}

export type Macro =
  | 'all'
  | 'exists'
  | 'exists_one'
  | 'map'
  | 'filter'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry';

/** `cel.bind(name, init, body)`. */
export interface Bind extends Common {
  readonly k: 'bind';
  readonly name: string;
  readonly init: Expr;
  readonly body: Expr;
}

/** `target.optMap(name, body)` and `optFlatMap`. */
export interface OptionalMap extends Common {
  readonly k: 'optmap';
  readonly flat: boolean;
  readonly target: Expr;
  readonly name: string;
  readonly body: Expr;
}

/** `google.protobuf.Timestamp`, when the expression is nothing but names. */
export const toDotted = (expr: Expr): string | undefined => {
  if (expr.k === 'ident') return expr.name;
  if (expr.k !== 'select' || expr.test || expr.optional) return undefined;
  const head = toDotted(expr.operand);
  return head === undefined ? undefined : `${head}.${expr.field}`;
};
