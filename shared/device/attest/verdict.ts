import { isEqual } from '../../base/equal.ts';
import type { Known, Verdict } from '../../eve/known.ts';

/** With what came of an attempt. The same again keeps its time, so that a device that tries on and on is written once. */
export const withVerdict = (known: Known, verdict: Verdict): Known =>
  known.verdict && isEqual(timeless(known.verdict), timeless(verdict)) ? known : { ...known, verdict };

const timeless = ({ at: _, attested, ...rest }: Verdict) => ({ ...rest, attested: attested && { ...attested, at: 0 } });

export const withoutToken = (known: Known): Known => {
  if (known.token === undefined) return known;
  const { token: _, ...rest } = known;
  return rest;
};
