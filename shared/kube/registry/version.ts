import type { Fault } from '../../base/fault.ts';
import { badRequest } from '../faults.ts';

/**
 * A resourceVersion is the store's revision plus one. A type that was never written is at revision 0, and clients may not
 * be shown "0": for them it means "anything will do".
 */
export const toVersion = (revision: number): string => String(revision + 1);

/** The revision that a resourceVersion names. Throws BadRequest for what is not a canonical decimal of 64 bits above zero. */
export const fromVersion = (version: string): number => {
  if (!canonical.test(version)) throw unreadable(version, 'invalid syntax');
  if (BigInt(version) > largest) throw unreadable(version, 'value out of range');
  return Number(version) - 1;
};

const unreadable = (version: string, why: string): Fault => {
  const text = JSON.stringify(version);
  return badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${text}: strconv.ParseUint: parsing ${text}: ${why}`,
  );
};

/** '' and '0' do not name a state: they leave it to the server. */
export const namesState = (version: string | undefined): version is string =>
  version !== undefined && version !== '' && version !== '0';

const canonical = /^[1-9][0-9]{0,38}$/;
const largest = 2n ** 64n - 1n;
