import { portsOf } from './open.ts';
import { openBehind } from './openbehind.ts';
import type { Context } from './stream.ts';

const open = openBehind('sweep', portsOf(process.env));

/** Before the time of an invocation is up, so long is left to note what was not done. */
const reserveMs = 10_000;

/** Does what is due by time. Rejects, so that an alarm hears of it, when something could not be done. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  const { behind } = await open();
  const signal = AbortSignal.timeout(Math.max(context.getRemainingTimeInMillis() - reserveMs, 0));
  const failing = await behind.tick(signal);
  if (failing.size > 0) throw new Error([...failing].map(([key, why]) => `${key}: ${why}`).join('; '));
};
