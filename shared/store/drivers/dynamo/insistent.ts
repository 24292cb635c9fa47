import type { Clock, Random } from '../../../base/ports.ts';
import type { Table } from './table.ts';
import { isPassing, TableFault } from './tablefault.ts';

export interface Patience {
  readonly clock: Clock;
  readonly random: Random;
  delay(ms: number): Promise<void>;
  /** How long to ask again, in milliseconds. */
  readonly patienceMs: number;
}

/**
 * A table that asks again what may go well in a moment, also when it is not known whether it was done: every write of one item
 * by this store may be done twice. Transactions it leaves to who sent them.
 */
export const insistent = (table: Table, patience: Patience): Table => {
  const again = <T>(request: () => Promise<T>): Promise<T> => insist(request, patience);
  return {
    get: (...args) => again(() => table.get(...args)),
    batchGet: (...args) => again(() => table.batchGet(...args)),
    query: (...args) => again(() => table.query(...args)),
    put: (...args) => again(() => table.put(...args)),
    update: (...args) => again(() => table.update(...args)),
    delete: (...args) => again(() => table.delete(...args)),
    batchDelete: (...args) => again(() => table.batchDelete(...args)),
    transactGet: (...args) => again(() => table.transactGet(...args)),
    transact: (...args) => table.transact(...args),
    close: () => table.close(),
  };
};

/** At growing distances. */
const insist = async <T>(request: () => Promise<T>, patience: Patience): Promise<T> => {
  const end = patience.clock.now() + patience.patienceMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof TableFault) || !isPassing(error.kind) || patience.clock.now() >= end) throw error;
      await pause(patience, attempt);
    }
  }
};

/** About 10 ms, then 20, 40 … up to 640: never the same twice, so that rivals part. */
export const pause = ({ delay, random }: Pick<Patience, 'delay' | 'random'>, attempt: number): Promise<void> =>
  delay(10 * 2 ** Math.min(attempt, 6) * (0.5 + toChance(random)));

/** Between 0 and 1. */
const toChance = (random: Random): number => (random.bytes(1)[0] ?? 0) / 256;
