import { type Behind, openBehind } from '../behind.ts';
import { readSettings } from '../lambda/settings.ts';
import type { Tenant } from '../tenants/tenant.ts';
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
export const followUp = async (
  env: Bindings,
  tenant: Tenant | undefined,
  notes: ReadonlySet<string>,
): Promise<void> => {
  const opened = await openWorker(env, tenant);
  try {
    await inTurn(() => behindOf(env, tenant, opened), opened, notes, AbortSignal.timeout(behindMs));
  } finally {
    await opened.close();
  }
};

/**
 * Does what is due by time, and what follows from whatever was written, for the installation itself and for each tenant. Throws an
 * Error that says what could not be done.
 */
export const doDue = async (env: Bindings): Promise<void> => {
  const errors: string[] = [];
  for (const tenant of [undefined, ...readSettings(env).tenants])
    await doDueOf(env, tenant).catch((error: unknown) =>
      errors.push(error instanceof Error ? error.message : `${error}`),
    );
  if (errors.length > 0) throw new Error(errors.join('; '));
};

const doDueOf = async (env: Bindings, tenant: Tenant | undefined): Promise<void> => {
  const opened = await openWorker(env, tenant);
  try {
    const signal = AbortSignal.timeout(longestMs);
    const behind = await behindOf(env, tenant, opened);
    const failing = await behind.tick(signal);
    await inTurn(async () => behind, opened, new Set(), signal);
    if (failing.size > 0) throw new Error([...failing].map(([key, why]) => `${key}: ${why}`).join('; '));
  } finally {
    await opened.close();
  }
};

const inTurn = async (
  open: () => Promise<Behind>,
  opened: Opened,
  notes: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> => {
  const { store, ports } = opened;
  const turn = createTurn({ store, clock: ports.clock, name: ports.random.uuid() });
  let due = await turn.take(notes);
  if (!due) return;
  try {
    const behind = await open();
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

const behindOf = async (env: Bindings, tenant: Tenant | undefined, opened: Opened): Promise<Behind> => {
  const { telemetry, ports } = opened;
  const parts = partsOf(opened);
  const name = `worker-${ports.random.uuid()}`;
  const renew = async (maxAgeMs?: number) => {
    const { identity, close } = await openWorker(env, tenant, maxAgeMs);
    await close();
    return identity;
  };
  return openBehind({ ...parts, renew, telemetry, access: await parts.access(), outbound, name });
};
