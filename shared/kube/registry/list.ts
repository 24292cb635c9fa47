import { breathe } from '../../base/delay.ts';
import { isFault } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import type { Entry, Page } from '../../store/store.ts';
import { badRequest, expired, tooLargeResourceVersion } from '../faults.ts';
import type { ResourceType } from '../resource.ts';
import type { Machine } from './machine.ts';
import type { ListOptions, ObjectList } from './registry.ts';
import { covers, type Matcher, toMatcher } from './select.ts';
import { showAll } from './show.ts';
import { fromToken, type Position, toToken } from './token.ts';
import { fromVersion, namesState, toVersion } from './version.ts';

/** `Registry.list`: the state at one revision, whole or by pages (kubernetes-api reference §1.8). */
export const list = async (machine: Machine, type: ResourceType, query: ListOptions = {}): Promise<ObjectList> => {
  const matcher = toMatcher(type, query);
  const start = await toStart(machine, type, query, matcher);
  const found = await collect(machine, type, matcher, start, query.limit || undefined);
  const items = await showAll(type, found.items);
  const counted = matcher.matches === undefined && found.remaining !== undefined && found.remaining > 0;
  return {
    items,
    resourceVersion: toVersion(found.revision),
    ...(found.last !== undefined && {
      continue: toToken({ key: found.last, revision: found.revision }),
      ...(counted && { remainingItemCount: found.remaining }),
    }),
  };
};

/** Where to begin, and which state to read: the latest one when `revision` is absent. */
interface Start {
  readonly after?: string;
  readonly revision?: number;
  /** True when the state was named by a continue token: what to say when it is gone differs. */
  readonly paged: boolean;
}

const toStart = async (
  machine: Machine,
  type: ResourceType,
  { continue: token, resourceVersion, resourceVersionMatch, limit }: ListOptions,
  matcher: Matcher,
): Promise<Start> => {
  if (token) {
    const { key, revision } = fromToken(token, matcher.prefix);
    if (namesState(resourceVersion)) {
      throw badRequest('specifying resource version is not allowed when using continue');
    }
    return { after: key, paged: true, ...(revision !== undefined && { revision }) };
  }
  if (!namesState(resourceVersion)) return { paged: false };
  const revision = fromVersion(resourceVersion);
  const head = await machine.store.head(type.storage);
  if (revision > head) throw tooLargeResourceVersion(resourceVersion, toVersion(head));
  const exact = resourceVersionMatch === 'Exact' || (resourceVersionMatch === undefined && Boolean(limit));
  return { paged: false, ...(exact && { revision }) };
};

interface Found {
  readonly items: ApiObject[];
  readonly revision: number;
  /** The key to go on after; absent when nothing is left. */
  readonly last?: string;
  readonly remaining?: number;
}

/**
 * Reads pages of the store until `limit` objects match or the end is reached; all pages at the revision of the first. A
 * page that is full stops the reading, so nothing is decoded that is not asked for.
 */
const collect = async (
  machine: Machine,
  type: ResourceType,
  matcher: Matcher,
  start: Start,
  limit: number | undefined,
): Promise<Found> => {
  const items: ApiObject[] = [];
  let position: Position = {
    key: start.after ?? '',
    ...(start.revision !== undefined && { revision: start.revision }),
  };
  for (;;) {
    const size = matcher.matches || limit === undefined ? chunk : Math.min(chunk, limit - items.length);
    const page = await readPage(machine, type, matcher, position, matcher.key ? 1 : size, start.paged);
    position = { key: position.key, revision: page.revision };
    await machine.codec.prepare(type, page.entries);
    for (const entry of page.entries) {
      position = { key: entry.key, revision: page.revision };
      take(machine, type, matcher, entry, items);
      if (items.length === limit) break;
    }
    const end = !page.more && position.key === (page.entries.at(-1)?.key ?? position.key);
    if (end || matcher.key !== undefined) return { items, revision: page.revision };
    if (items.length === limit) return { items, revision: page.revision, last: position.key, ...remaining(page) };
    await breathe();
  }
};

/** Entries read at a time: some milliseconds of work between two breaths. */
const chunk = 500;

const remaining = (page: Page) => (page.remaining === undefined ? {} : { remaining: page.remaining });

const take = (machine: Machine, type: ResourceType, matcher: Matcher, entry: Entry, items: ApiObject[]): void => {
  if (!covers(matcher, entry.key)) return;
  const object = machine.codec.decode(type, entry);
  if (matcher.matches?.(object) ?? true) items.push(object);
};

const readPage = async (
  machine: Machine,
  type: ResourceType,
  matcher: Matcher,
  { key, revision }: Position,
  limit: number,
  paged: boolean,
): Promise<Page> => {
  try {
    return await machine.store.list(type.storage, {
      prefix: matcher.prefix,
      limit,
      ...(key !== '' && { after: key }),
      ...(revision !== undefined && { at: revision }),
    });
  } catch (error) {
    if (!isFault(error, 'Expired')) throw error;
    throw paged ? expired(pageExpired, toToken({ key })) : expired(listExpired);
  }
};

const listExpired = 'The resourceVersion for the provided list is too old.';
const pageExpired =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
