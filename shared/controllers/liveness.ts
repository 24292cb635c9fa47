import { type Condition, findCondition, setCondition, toTime } from '../base/condition.ts';
import { breathe, delay } from '../base/delay.ts';
import { isFault } from '../base/fault.ts';
import { type ApiObject, fromKey } from '../base/object.ts';
import type { Clock } from '../base/ports.ts';
import { controllerUser } from '../kube/access/user.ts';
import type { ResourceType } from '../kube/resource.ts';
import type { Marks } from '../store/marks.ts';
import { type Add, type Controller, type ControllerParts, createController, following } from './controller.ts';
import { createIntervals, type Intervals } from './intervals.ts';

export interface LivenessParts extends ControllerParts {
  readonly clock: Clock;
  readonly marks: Marks;
  /** Between two looks at all heartbeats. Default 15 s. */
  readonly sweepMs?: number;
  /** Between two looks at the heartbeats of Devices that are not Ready, some at a time. Default 1 s. */
  readonly hopeMs?: number;
  /** Silence before this was nobody's fault but ours, in milliseconds since 1970. Default: now. */
  readonly startedAt?: number;
}

/** How many Devices are Ready, and how many are not; of none before it has seen them. */
export interface Liveness extends Controller {
  count(): { readonly ready: number; readonly silent: number };
}

/**
 * The condition `Ready` of Devices: True while a device checks in, Unknown after three missed intervals. Heartbeats are marks
 * (space `seen`, key UUID, value `{"at": ms}`), so that one costs no write to the object; the object is written when the
 * condition changes, and no request ever scans.
 */
export const createLiveness = (parts: LivenessParts): Liveness => {
  const { clock, registry, sweepMs = 15_000, hopeMs = 1_000 } = parts;
  const state: State = {
    ...parts,
    watched: new Map(),
    silent: new Set(),
    intervals: createIntervals(),
    devices: registry.catalog.get('eve.lfedge.org', 'devices'),
    startedAt: parts.startedAt ?? clock.now(),
  };
  const controller = createController(parts, {
    name: 'liveness',
    follows: [
      following(state.devices, toWatched, ({ key, now }) => {
        if (now) state.watched.set(key, now.kept);
        else state.watched.delete(key);
        if (now && !now.kept.isReady) state.silent.add(key);
        else state.silent.delete(key);
      }),
      state.intervals.following(registry.catalog.get('', 'configmaps')),
    ],
    sources: [
      {
        run: (add, signal) => every(sweepMs, signal, () => sweep(state, add)),
        // Heartbeats are no change of an object: only what is due by time tells.
        settle: (add, types) => (types ? Promise.resolve() : sweep(state, add)),
      },
      {
        run: (add, signal) => every(hopeMs, signal, () => hope(state, add)),
        settle: () => Promise.resolve(),
      },
    ],
    work: key => judge(state, key),
  });
  const { watched, silent } = state;
  return { ...controller, count: () => ({ ready: watched.size - silent.size, silent: silent.size }) };
};

interface State extends LivenessParts {
  readonly watched: Map<string, Watched>;
  /** Keys of Devices that are not Ready, those that were looked at longest ago first. */
  readonly silent: Set<string>;
  readonly intervals: Intervals;
  readonly devices: ResourceType;
  readonly startedAt: number;
}

interface Watched {
  readonly uuid: string;
  readonly isReady: boolean;
  /** Reason of the condition; undefined when there is none. */
  readonly reason: string | undefined;
  readonly createdAt: number;
  /** Of the Device's own, in seconds. */
  readonly interval: string | undefined;
}

const toWatched = ({ metadata, status }: ApiObject): Watched => {
  const ready = findCondition(status?.['conditions'], 'Ready');
  const uuid = status?.['uuid'];
  return {
    uuid: (typeof uuid === 'string' && uuid !== '' ? uuid : (metadata.uid ?? '')).toLowerCase(),
    isReady: ready?.['status'] === 'True',
    reason: typeof ready?.['reason'] === 'string' ? ready['reason'] : undefined,
    createdAt: Date.parse(metadata.creationTimestamp ?? '') || 0,
    interval: metadata.annotations?.[intervalAnnotation],
  };
};

const intervalAnnotation = 'config.eve.lfedge.org/timer.config.interval';
/** So many intervals may pass in silence. */
const missedIntervals = 3;
/** Marks and Devices that a sweep looks at before it lets requests have a turn. */
const atOnce = 500;
/** Devices that are looked at in one hopeful moment. */
const hopeful = 256;

const every = async (ms: number, signal: AbortSignal, run: () => Promise<void>): Promise<void> => {
  while (!signal.aborted) {
    await delay(ms, signal);
    if (!signal.aborted) await run();
  }
};

/** All heartbeats against all Devices: those whose condition is due come into the queue. */
const sweep = async (state: State, add: Add): Promise<void> => {
  const heard = new Map<string, number>();
  let count = 0;
  for await (const { key, value } of state.marks.all(space)) {
    heard.set(key, readAt(value) ?? 0);
    if (++count % atOnce === 0) await breathe();
  }
  for (const [key, watched] of state.watched) {
    if (isDue(state, key, watched, heard.get(watched.uuid))) add(key);
    if (++count % atOnce === 0) await breathe();
  }
};

/** Heartbeats of some Devices that are not Ready, so that one that comes back need not wait for the next sweep. */
const hope = async (state: State, add: Add): Promise<void> => {
  const keys: string[] = [];
  for (const key of state.silent) {
    keys.push(key);
    if (keys.length === hopeful) break;
  }
  for (const key of keys) {
    state.silent.delete(key);
    state.silent.add(key);
  }
  const watched = keys.map(key => state.watched.get(key));
  const marks = await state.marks.getMany(
    space,
    watched.map(one => one?.uuid ?? ''),
  );
  for (const [i, key] of keys.entries()) {
    const one = watched[i];
    const mark = marks[i];
    if (one && mark && isDue(state, key, one, readAt(mark))) add(key);
  }
};

const space = 'seen';

const readAt = (mark: Uint8Array): number | undefined => {
  try {
    const { at } = JSON.parse(decoder.decode(mark)) as { at?: unknown };
    return typeof at === 'number' ? at : undefined;
  } catch {
    return undefined;
  }
};

const decoder = new TextDecoder();

const isDue = (state: State, key: string, watched: Watched, at: number | undefined): boolean => {
  const due = toCondition(state, key, watched, at);
  return due !== undefined && due.reason !== watched.reason;
};

/** What the condition should be; undefined while it is too early to say. */
const toCondition = (
  { clock, intervals, startedAt, marks }: State,
  key: string,
  { createdAt, interval }: Watched,
  at: number | undefined,
): Condition | undefined => {
  const patienceMs =
    missedIntervals * intervals.secondsOf(fromKey(key).namespace ?? '', interval) * 1000 + (marks.lagMs?.(space) ?? 0);
  const now = clock.now();
  if (at !== undefined && now - at <= patienceMs)
    return { type: 'Ready', status: 'True', reason: 'CheckingIn', message: 'The device checks in.' };
  if (now - Math.max(at ?? createdAt, startedAt) <= patienceMs) return undefined;
  return at === undefined
    ? { type: 'Ready', status: 'Unknown', reason: 'NeverSeen', message: 'The device has never checked in.' }
    : { type: 'Ready', status: 'Unknown', reason: 'Silent', message: `The device was last heard at ${toTime(at)}.` };
};

const judge = async (state: State, key: string): Promise<undefined> => {
  const { registry, devices, marks, clock } = state;
  const watched = state.watched.get(key);
  if (!watched) return;
  const mark = await marks.get(space, watched.uuid);
  const condition = toCondition(state, key, watched, mark && readAt(mark));
  if (!condition) return;
  try {
    await registry.update(
      devices,
      fromKey(key),
      current => {
        const before = current.status?.['conditions'];
        if (findCondition(before, 'Ready')?.['reason'] === condition.reason) return current;
        return { ...current, status: { ...current.status, conditions: setCondition(before, condition, clock.now()) } };
      },
      { user: controllerUser, subresource: 'status' },
    );
  } catch (error) {
    if (!isFault(error, 'NotFound')) throw error;
  }
};
