import { badRequest } from '../faults.ts';

/**
 * A resourceVersion is the store's revision plus one. A type that was never written is at revision 0, and clients may not
 * be shown "0": for them it means "anything will do".
 */
export const toVersion = (revision: number): string => String(revision + 1);

/** The revision that a resourceVersion names. Throws BadRequest for what is not a canonical decimal above zero. */
export const fromVersion = (version: string): number => {
  if (!canonical.test(version)) throw badRequest(`invalid resource version: ${JSON.stringify(version)}`);
  return Number(version) - 1;
};

/** '' and '0' do not name a state: they leave it to the server. */
export const namesState = (version: string | undefined): version is string =>
  version !== undefined && version !== '' && version !== '0';

/** Length is bounded because versions are at most 2^128−1. */
const canonical = /^[1-9][0-9]{0,38}$/;
