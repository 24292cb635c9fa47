import type { GiveBack } from './quota.ts';

/** Does what was charged to quotas; gives back the charge when it fails or comes to nothing (undefined). */
export const paid = async <T>(
  giveBack: GiveBack | undefined,
  act: () => Promise<T | undefined>,
): Promise<T | undefined> => {
  let done: T | undefined;
  try {
    done = await act();
    return done;
  } finally {
    if (done === undefined) await giveBack?.();
  }
};
