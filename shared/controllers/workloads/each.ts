import { breathe } from '../../base/delay.ts';
import { isFault } from '../../base/fault.ts';

/** After so many writes requests get a turn. */
const perBreath = 16;

/** Does something for one after the other. Ends with the first that is refused, and answers why. */
export const tryEach = async <T>(
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
): Promise<Error | undefined> => {
  for (const [at, item] of items.entries()) {
    if (at % perBreath === perBreath - 1) await breathe();
    try {
      await act(item);
    } catch (error) {
      if (isFault(error)) return error;
      throw error;
    }
  }
  return undefined;
};
