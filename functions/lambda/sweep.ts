import { portsOf } from './open.ts';
import { openAllBehind } from './openbehind.ts';
import { createRoundRobin } from './roundrobin.ts';
import type { Context } from './stream.ts';

const open = openAllBehind('sweep', portsOf(process.env));

const takeTurns = createRoundRobin();

/** Before the time of an invocation is up, so long is left to note what was not done. */
const reserveMs = 10_000;

/** Does what is due by time, for each tenant. Rejects, so that an alarm hears of it, when something could not be done. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  const signal = AbortSignal.timeout(Math.max(context.getRemainingTimeInMillis() - reserveMs, 0));
  const failing: string[] = [];
  const left = await takeTurns(
    open(),
    async (name, works) => {
      try {
        const { behind } = await works();
        for (const [key, why] of await behind.tick(signal)) failing.push(`${name}: ${key}: ${why}`);
      } catch (error) {
        failing.push(`${name}: ${error instanceof Error ? error.message : error}`);
      }
    },
    signal,
  );
  if (left.length > 0) failing.push(`no time was left for ${left.join(', ')}: they are first the next time`);
  if (failing.length > 0) throw new Error(failing.join('; '));
};
