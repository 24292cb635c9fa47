import type { Type } from './type.ts';
import type { Value } from './value.ts';

/** Functions by name; a method and a function may share one. */
export type Functions = ReadonlyMap<string, readonly Overload[]>;

/** One signature of a function, what it does, and what it costs. */
export interface Overload {
  readonly name: string;
  /** A method: its first argument stands before the dot. */
  readonly member: boolean;
  readonly args: readonly Type[];
  readonly result: Type;
  /**
   * Units beyond those of the arguments, by the sizes of the arguments; rises with each of them, since the static estimate
   * calls it with the least and the greatest sizes. Default: 1.
   */
  readonly cost?: (sizes: readonly Size[]) => number;
  /** Greatest size of what comes out, by the sizes of the arguments; absent: unknown. */
  readonly grows?: (sizes: readonly Size[]) => number;
  /** The kinds of arguments were checked before. Throws CelError. */
  run(args: readonly Value[], call: CallContext): Value;
}

export interface Size {
  /** Characters, bytes, items or entries; 1 for everything else. */
  readonly size: number;
  /** The greatest size of an item; 1 when there is none. */
  readonly item: number;
}

/** What functions may use of the evaluation. */
export interface CallContext {
  /** Pays for work that only shows while it is done. Throws when the budget is spent. */
  charge(units: number): void;
}

/** Units for going over text once. */
export const traverse = (size: number): number => Math.ceil(size * 0.1);

/** Units for matching text of a size against a pattern of a size: regular expressions run in linear time. */
export const matchCost = (text: number, pattern: number): number =>
  Math.ceil((1 + text) * 0.1) * Math.max(1, Math.ceil(pattern * 0.25));

type Rest = Pick<Overload, 'cost' | 'grows'>;

/** A global function. */
export const fn = (
  name: string,
  args: readonly Type[],
  result: Type,
  run: Overload['run'],
  rest: Rest = {},
): Overload => ({ name, member: false, args, result, run, ...rest });

/** A method of its first argument. */
export const method = (
  name: string,
  args: readonly Type[],
  result: Type,
  run: Overload['run'],
  rest: Rest = {},
): Overload => ({ name, member: true, args, result, run, ...rest });

export const sizeAt = (sizes: readonly Size[], index: number): number => sizes[index]?.size ?? 1;

/** Cost: the text at an index is gone over once. */
export const once =
  (index = 0) =>
  (sizes: readonly Size[]): number =>
    1 + traverse(sizeAt(sizes, index));

export const toFunctions = (overloads: readonly Overload[]): Functions => {
  const byName = new Map<string, Overload[]>();
  for (const overload of overloads) {
    const known = byName.get(overload.name);
    if (known) known.push(overload);
    else byName.set(overload.name, [overload]);
  }
  return byName;
};
