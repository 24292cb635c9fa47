import { isFault } from './fault.ts';

/** Waits for a write. Undefined when its object went away meanwhile: there is nothing left to write to. */
export const unlessGone = async <T>(write: Promise<T>): Promise<T | undefined> => {
  try {
    return await write;
  } catch (error) {
    if (isFault(error, 'NotFound')) return undefined;
    throw error;
  }
};

/** Waits for a write. That its object went away or changed meanwhile is no failure: whoever follows it looks at it anew. */
export const unlessChanged = async (write: Promise<unknown>): Promise<void> => {
  try {
    await write;
  } catch (error) {
    if (!isFault(error, 'NotFound') && !isFault(error, 'Conflict')) throw error;
  }
};

/** Somebody else made it, or it may not be made any longer because its namespace goes. */
export const unlessThere = async (write: Promise<unknown>): Promise<void> => {
  try {
    await write;
  } catch (error) {
    if (!isFault(error, 'AlreadyExists') && !isFault(error, 'Forbidden') && !isFault(error, 'NotFound')) throw error;
  }
};
