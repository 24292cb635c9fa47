import type { Macro } from './expr.ts';

/** Units for making a list or a map in an expression, whatever is put into it. */
export const listCost = 10;
export const mapCost = 30;
/** The same for a message. */
export const messageCost = 40;

/**
 * What the macros cost beside their range and bodies, counted as upstream counts the loops that they stand for: once, for
 * every round, and for every round that keeps something.
 */
export const foldCosts: Readonly<Record<Macro, { start: number; each: number; kept: number }>> = {
  all: { start: 1, each: 3, kept: 0 },
  exists: { start: 1, each: 4, kept: 0 },
  exists_one: { start: 2, each: 0, kept: 2 },
  map: { start: listCost + 1, each: 0, kept: listCost + 2 },
  filter: { start: listCost + 1, each: 0, kept: listCost + 3 },
  transformList: { start: listCost + 1, each: 0, kept: listCost + 2 },
  transformMap: { start: mapCost + 1, each: 0, kept: 3 },
  transformMapEntry: { start: mapCost + 1, each: 0, kept: 3 },
};

/** Upstream's limits. Static ones are of estimates when something is declared, the others of what runs. */
export const limits = {
  /** Estimated cost of one rule, times how often it can run in one object. */
  staticRule: 10_000_000,
  /** Estimated cost of all rules of one schema. */
  staticSchema: 100_000_000,
  /** What one evaluation of one expression may cost. */
  perExpression: 1_000_000,
  /** What all expressions may cost for one object. */
  perObject: 10_000_000,
  /** What the match conditions of one policy or webhook may cost for one request. */
  matchConditions: 2_500_000,
} as const;
