import { portsOf } from './open.ts';
import { openBehind } from './openbehind.ts';

const open = openBehind('sweep', portsOf(process.env));

/** Does what is due by time. Rejects, so that an alarm hears of it, when something could not be done. */
export const handler = async (): Promise<void> => {
  const { behind } = await open();
  const failing = await behind.tick();
  if (failing.size > 0) throw new Error([...failing].map(([key, why]) => `${key}: ${why}`).join('; '));
};
