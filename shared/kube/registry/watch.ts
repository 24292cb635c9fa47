import { isFault } from '../../base/fault.ts';
import type { ApiObject, ObjectMeta } from '../../base/object.ts';
import type { Entry, Change as StoreChange } from '../../store/store.ts';
import { expired, tooLargeResourceVersion } from '../faults.ts';
import type { ResourceType } from '../resource.ts';
import { toTypeMeta } from './codec.ts';
import type { Machine } from './machine.ts';
import type { WatchEvent, WatchOptions } from './registry.ts';
import { covers, type Matcher, toMatcher } from './select.ts';
import { show, showAll } from './show.ts';
import { ticking } from './ticking.ts';
import { fromVersion, namesState, toVersion } from './version.ts';

/**
 * `Registry.watchBatches`. A bad selection or version throws at once; what is found out later (Expired, Timeout) throws from
 * the first step. Events of one change carry the same object instance in every watch, so that its printed form can be
 * shared.
 */
export const watchBatches = (
  machine: Machine,
  type: ResourceType,
  query: WatchOptions,
  signal: AbortSignal,
): AsyncIterable<readonly WatchEvent[]> => {
  const matcher = toMatcher(type, query);
  const from = namesState(query.resourceVersion) ? fromVersion(query.resourceVersion) : undefined;
  return run(machine, type, query, matcher, from, signal);
};

/** `Registry.watch`. */
export const watch = (
  machine: Machine,
  type: ResourceType,
  query: WatchOptions,
  signal: AbortSignal,
): AsyncIterable<WatchEvent> => flatten(watchBatches(machine, type, query, signal));

async function* flatten<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const batch of batches) yield* batch;
}

async function* run(
  machine: Machine,
  type: ResourceType,
  query: WatchOptions,
  matcher: Matcher,
  from: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly WatchEvent[]> {
  const wantsState = query.sendInitialEvents ?? from === undefined;
  const head = await machine.store.head(type.storage);
  // A version that is not reached yet is waited for, by a watch; a state at it cannot be shown.
  let reached = Math.min(from ?? head, head);
  if (wantsState) {
    if (from !== undefined && from > head) throw tooLargeResourceVersion(toVersion(from), toVersion(head));
    const page = await machine.store.list(type.storage, { prefix: matcher.prefix });
    reached = page.revision;
    const keys = page.entries.filter(entry => covers(matcher, entry.key));
    for (let start = 0; start < keys.length; start += atOnce) {
      const events = await toInitial(machine, type, matcher, keys.slice(start, start + atOnce));
      if (events.length > 0) yield events;
    }
    if (query.allowWatchBookmarks) yield [bookmark(type, reached, true)];
  }
  if (query.untilNow && reached >= head) {
    yield [bookmark(type, reached)];
    return;
  }
  const end = query.untilNow ? head : Number.POSITIVE_INFINITY;
  yield* follow(machine, type, query, matcher, reached, Math.max(from ?? 0, reached), end, signal);
}

/** Objects of the initial state that are made ready together. */
const atOnce = 500;

const toInitial = async (
  machine: Machine,
  type: ResourceType,
  matcher: Matcher,
  entries: readonly Entry[],
): Promise<WatchEvent[]> => {
  await machine.codec.prepare(type, entries);
  const objects = entries.map(entry => machine.codec.decode(type, entry));
  const shown = await showAll(type, matcher.matches ? objects.filter(matcher.matches) : objects);
  return shown.map(object => ({ type: 'ADDED', object }));
};

/** Events of all changes after `after`, read from `reached` on, until the revision `until` is reached. */
async function* follow(
  machine: Machine,
  type: ResourceType,
  query: WatchOptions,
  matcher: Matcher,
  reached: number,
  after: number,
  until: number,
  signal: AbortSignal,
): AsyncGenerator<readonly WatchEvent[]> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) stop.abort();
  let seen = reached;
  try {
    const tail = machine.store.tail(type.storage, reached, stop.signal);
    for await (const batch of ticking(tail, bookmarkDelay(machine, query))) {
      if (batch === undefined) {
        yield [bookmark(type, Math.max(seen, after))];
        continue;
      }
      if (type.converter) await machine.codec.prepare(type, batch.changes.flatMap(withPrevious));
      const events = batch.changes.flatMap(change =>
        change.revision > after ? toEvents(machine, type, matcher, change) : [],
      );
      seen = batch.revision;
      if (events.length > 0) yield type.join ? await Promise.all(events.map(event => toJoined(type, event))) : events;
      if (seen < until) continue;
      yield [bookmark(type, seen)];
      return;
    }
  } catch (error) {
    if (!isFault(error, 'Expired')) throw error;
    const head = await machine.store.head(type.storage);
    throw expired(`too old resource version: ${toVersion(seen)} (${toVersion(head)})`);
  } finally {
    signal.removeEventListener('abort', end);
    stop.abort();
  }
}

const withPrevious = (change: StoreChange) => (change.previous ? [change, change.previous] : [change]);

/** What a change means to one who looks through a selection: an object may come into it and leave it. */
const toEvents = (machine: Machine, type: ResourceType, matcher: Matcher, change: StoreChange): WatchEvent[] => {
  if (!covers(matcher, change.key)) return [];
  const { previous, deleted, revision } = change;
  const shows = (entry: { value: Uint8Array; revision: number } | undefined): boolean =>
    entry !== undefined && (!matcher.matches || matcher.matches(machine.codec.decode(type, entry)));
  const was = shows(previous);
  if (deleted) return was ? [{ type: 'DELETED', object: machine.codec.decode(type, change) }] : [];
  if (shows(change)) return [{ type: was ? 'MODIFIED' : 'ADDED', object: machine.codec.decode(type, change) }];
  if (!was || !previous) return [];
  return [{ type: 'DELETED', object: machine.codec.decode(type, { value: previous.value, revision }) }];
};

/** Joined once for all watches: an event shows its object as it was when the first of them came by. */
const toJoined = async (type: ResourceType, event: WatchEvent): Promise<WatchEvent> => {
  const { object } = event;
  const shown = joins.get(object) ?? show(type, object);
  joins.set(object, shown);
  try {
    return { ...event, object: await shown };
  } catch (error) {
    // Whoever watches anew tries again.
    joins.delete(object);
    throw error;
  }
};

const joins = new WeakMap<ApiObject, Promise<ApiObject>>();

const bookmark = (type: ResourceType, revision: number, initialEventsEnd = false): WatchEvent => {
  const metadata = {
    resourceVersion: toVersion(revision),
    ...(initialEventsEnd && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
  };
  // A bookmark has no name: it is no object, it only borrows the shape of one.
  return { type: 'BOOKMARK', object: { ...toTypeMeta(type), metadata: metadata as unknown as ObjectMeta } };
};

/** Between bookmarks of an open watch, and before the end of one that ends. */
const bookmarkMs = 60_000;
const lastBookmarkMs = 2_000;

/** Milliseconds to the next bookmark, shortened at random so that watches do not all speak at once. */
const bookmarkDelay = (machine: Machine, { allowWatchBookmarks, endsAfterMs }: WatchOptions) => {
  if (!allowWatchBookmarks) return () => undefined;
  const last = endsAfterMs === undefined ? undefined : machine.clock.now() + endsAfterMs - lastBookmarkMs;
  return (): number | undefined => {
    const left = last === undefined ? Number.POSITIVE_INFINITY : last - machine.clock.now();
    if (left <= 0) return undefined;
    return Math.min(left, bookmarkMs * (1 - (machine.random.bytes(1)[0] ?? 0) / 1024));
  };
};
