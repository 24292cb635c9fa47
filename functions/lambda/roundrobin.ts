/** Acts for all, one after the other, as long as there is time. Returns whom it did not come to. */
export type RoundRobin = <T>(
  all: ReadonlyMap<string, T>,
  act: (name: string, one: T) => Promise<void>,
  signal: AbortSignal,
) => Promise<readonly string[]>;

/** Whoever was not come to is first the next time: of many, each is come to. */
export const createRoundRobin = (): RoundRobin => {
  let first: string | undefined;
  return async (all, act, signal) => {
    const entries = [...all];
    const from = Math.max(
      entries.findIndex(([name]) => name === first),
      0,
    );
    const order = [...entries.slice(from), ...entries.slice(0, from)];
    let done = 0;
    for (; done < order.length && !signal.aborted; done++) {
      const entry = order[done];
      if (entry) await act(...entry);
    }
    const left = order.slice(done).map(([name]) => name);
    first = left[0];
    return left;
  };
};
