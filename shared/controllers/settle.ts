import type { Controller } from './controller.ts';

/** What could not be done, and why; by controller and key. */
export type Failing = ReadonlyMap<string, string>;

/**
 * Has controllers settle until nothing follows from anything any more. `types`: store types that may have changed; absent: any,
 * and what is due by time as well. `written` answers which types were written since it was asked last.
 */
export const settle = async (
  controllers: readonly Controller[],
  written: () => ReadonlySet<string>,
  types?: ReadonlySet<string>,
): Promise<Failing> => {
  const failing = new Map<string, string>();
  let due = types;
  for (let round = 0; round < maxRounds; round += 1) {
    written();
    failing.clear();
    await Promise.all(
      controllers.map(async ({ name, settle: settleOne }) => {
        try {
          const { failing: left } = await settleOne(due && { types: due });
          for (const [key, why] of left) failing.set(`${name} ${key}`, why);
        } catch (error) {
          // It acts on nothing when it cannot see all that it looks at. That is no reason for others to stand still.
          failing.set(name, String(error));
        }
      }),
    );
    due = written();
    if (due.size === 0) return failing;
  }
  failing.set('settling', `things still follow from each other after ${maxRounds} rounds`);
  return failing;
};

/** A namespace that goes with all that depends on each other in it takes some; more than these are a quarrel. */
const maxRounds = 100;
