import type { Log } from '../../../base/ports.ts';

/**
 * Says that something in the table is passed over because only a later version of this program knows what it is: it stays as it
 * is, and that version finds it. Each `what` is said once, for it is met again and again.
 */
export type PassOver = (what: string) => void;

export const createPassOver = (log: Log): PassOver => {
  const said = new Set<string>();
  return what => {
    if (said.has(what) || said.size >= maxSaid) return;
    said.add(what);
    log.warn('a later version of kubeve wrote something that this one passes over', { what });
  };
};

/** Who meets more than that has been told. */
const maxSaid = 100;
