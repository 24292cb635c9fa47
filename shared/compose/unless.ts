import { isFault } from '../base/fault.ts';

/** The object went away meanwhile: there is nothing left to write to. */
export const unlessGone = async (write: Promise<unknown>): Promise<void> => {
  try {
    await write;
  } catch (error) {
    if (!isFault(error, 'NotFound')) throw error;
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
