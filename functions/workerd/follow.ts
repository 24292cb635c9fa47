import { openBehind } from '../behind.ts';
import { catchUp } from './catchup.ts';
import { type Bindings, type Opened, openWorker, partsOf } from './open.ts';
import { outbound } from './outbound.ts';
import { createTurn } from './turn.ts';

/** What devices said of themselves, among the notes; others are the store types that were written. */
export const reportedNote = 'telemetry/info';

/** The platform lets what goes on behind an answer go on for 30 seconds. */
const behindMs = 25_000;
/** Long after a minute, when the next round by time begins, what is not done is left to it. */
const longestMs = 600_000;
/** After so many rounds, what still follows is left to the next minute. */
const maxRounds = 20;

/**
 * Does what follows from requests that wrote what `notes` name. However many requests there are, one at a time is at it, for all
 * of them; what it leaves, because its time is up or because it failed, is done by the next request or the next minute.
 */
export const followUp = async (env: Bindings, notes: ReadonlySet<string>): Promise<void> => {
  const opened = await openWorker(env);
  try {
    await inTurn(opened, notes, AbortSignal.timeout(behindMs));
  } finally {
    await opened.close();
  }
};

/** Does what is due by time, and what follows from whatever was written. Throws an Error that says what could not be done. */
export const doDue = async (env: Bindings): Promise<void> => {
  const opened = await openWorker(env);
  try {
    const signal = AbortSignal.timeout(longestMs);
    const failing = await (await behindOf(opened)).tick(signal);
    await inTurn(opened, new Set(), signal);
    if (failing.size > 0) throw new Error([...failing].map(([key, why]) => `${key}: ${why}`).join('; '));
  } finally {
    await opened.close();
  }
};

const inTurn = async (opened: Opened, notes: ReadonlySet<string>, signal: AbortSignal): Promise<void> => {
  const { store, ports } = opened;
  const turn = createTurn({ store, clock: ports.clock, name: ports.random.uuid() });
  let due = await turn.take(notes);
  if (!due) return;
  try {
    const behind = await behindOf(opened);
    for (let round = 0; due && round < maxRounds && !signal.aborted; round += 1) {
      const reported = due.has(reportedNote);
      const touched = new Set([...due].filter(note => note !== reportedNote));
      const isMore = await catchUp({ store, behind, reported, touched }, signal);
      // What follows from a change may concern devices again.
      due = isMore ? new Set() : await turn.next();
    }
  } finally {
    if (due) await turn.leave();
  }
};

const behindOf = async (opened: Opened) => {
  const { telemetry, ports } = opened;
  const parts = partsOf(opened);
  const name = `worker-${ports.random.uuid()}`;
  return openBehind({ ...parts, telemetry, access: await parts.access(), outbound, name });
};
