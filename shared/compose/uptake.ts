import { fromUtf8, toUtf8 } from '../base/bytes.ts';
import { delay } from '../base/delay.ts';
import { isFault } from '../base/fault.ts';
import type { Clock } from '../base/ports.ts';
import type { Store } from '../store/store.ts';
import type { StoredRecord, TelemetryQuery } from '../telemetry/telemetry.ts';
import { createTurns } from './work.ts';

export interface UptakeParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Does what a record means. What may pass, such as a table that is too busy, is tried again for some seconds. */
  handle(kind: string, record: StoredRecord): Promise<void>;
  /** Called before the position is stored: what handling left for later is done when it resolves. */
  finish?(): Promise<void>;
}

export interface Uptake {
  /**
   * Takes up records of a kind from the stored position on, for as long as `open` gives any; those of one device one after the
   * other. The stored position never passes a record that was not taken up: who comes next, after this process died or while
   * it still runs, begins there. So a record may be taken up again, but none is left out. Throws what kept the first
   * record from being taken up; `open` ends then, when its signal aborts.
   */
  take(kind: string, open: Open): Promise<void>;
  /** Resolves when nothing that was taken up is unfinished. */
  idle(): Promise<void>;
}

type Open = (query: TelemetryQuery, signal: AbortSignal) => AsyncIterable<StoredRecord>;

/** Where positions are kept: store type, with the kind as key. */
export const reportPositions = 'reports';

export const createUptake = ({ store, clock, handle, finish }: UptakeParts): Uptake => {
  const turn = createTurns();
  const chains = new Map<string, Promise<void>>();
  const append = (device: string, act: () => Promise<void>): void => {
    const next = (chains.get(device) ?? Promise.resolve()).then(turn).then(act);
    chains.set(device, next);
    void next.then(() => {
      if (chains.get(device) === next) chains.delete(device);
    });
  };
  const idle = async (): Promise<void> => {
    while (chains.size > 0) await Promise.all(chains.values());
  };

  return {
    idle,
    async take(kind, open) {
      let cursor = await readPosition(store, kind);
      let savedAt = clock.now();
      let unsaved = 0;
      let pending = 0;
      const failure = new AbortController();
      const save = async (): Promise<void> => {
        await idle();
        failure.signal.throwIfAborted();
        await finish?.();
        if (cursor !== undefined) await writePosition(store, kind, cursor);
        savedAt = clock.now();
        unsaved = 0;
      };
      const query = cursor === undefined ? { since: 0 } : { after: cursor };
      for await (const record of open(query, failure.signal)) {
        pending++;
        append(record.device, async () => {
          // What follows a failure is read again together with what failed.
          if (!failure.signal.aborted) await persist(() => handle(kind, record)).catch(error => failure.abort(error));
          pending--;
        });
        cursor = record.cursor;
        unsaved++;
        while (pending >= maxPending || chains.size >= concurrency) await Promise.race(chains.values());
        if (failure.signal.aborted) break;
        if (unsaved >= saveEvery || clock.now() - savedAt >= saveEveryMs) await save();
      }
      await save();
    },
  };
};

/**
 * Devices whose records are under work at the same time, and records that are under work or wait. Most of them wait for the end
 * of a log, together.
 */
const concurrency = 256;
const maxPending = 1_024;
/** How often the position is written down: after so many records, or with the next after so much time. */
const saveEvery = 1_000;
const saveEveryMs = 5_000;

const persist = async (act: () => Promise<void>): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (!isPassing(error) || attempt === attempts) throw error;
      await delay(firstDelayMs * 2 ** (attempt - 1));
    }
  }
};

/** Whether it may go well in a moment, or elsewhere: the fault is not the record's. */
export const isPassing = (error: unknown): boolean =>
  isFault(error) &&
  ['ServiceUnavailable', 'Timeout', 'ServerTimeout', 'TooManyRequests', 'Conflict'].includes(error.reason);

/** 100 ms, 200 ms, 400 ms, 800 ms. */
const attempts = 5;
const firstDelayMs = 100;

const readPosition = async (store: Store, kind: string): Promise<string | undefined> => {
  const entry = await store.get(reportPositions, kind);
  return entry && toUtf8(entry.value);
};

/** Only forward: another process that takes up the same may be further. */
const writePosition = async (store: Store, key: string, cursor: string): Promise<void> => {
  for (;;) {
    const entry = await store.get(reportPositions, key);
    if (entry && toUtf8(entry.value) >= cursor) return;
    const write = { key, value: fromUtf8(cursor), expected: entry?.revision ?? 0 };
    if ((await store.commit(reportPositions, write)).ok) return;
  }
};
