import { parseDuration } from '../base/duration.ts';
import { Fault } from '../base/fault.ts';
import type { LineFilter } from './filter.ts';
import { toLineFilter } from './filter.ts';
import type { Position } from './position.ts';
import { toPosition } from './position.ts';
import type { Target } from './target.ts';

export interface StreamRequest {
  readonly isFollowing: boolean;
  readonly format: 'ndjson' | 'sse';
  readonly selection: Selection;
}

/** Which entries are wanted. Times are about arrival at the controller, in milliseconds. */
export interface Selection {
  readonly since?: number;
  readonly until?: number;
  /** Only so many of the latest of those there are. */
  readonly tailLines?: number;
  /** Ends after so many. */
  readonly limit?: number;
  readonly after?: Position;
  /** Absent: all. */
  readonly filter?: LineFilter;
}

/** Reads headers and query. Throws BadRequest that names what is wrong, NotAcceptable for a format that there is not. */
export const toStreamRequest = (request: Request, url: URL, target: Target, now: number): StreamRequest => {
  const { headers } = request;
  const { searchParams: query } = url;
  checkNames(query, target);
  const format = toFormat(headers.get('accept'));
  const isFollowing = toFollowing(headers.get('x-stream'), format);
  const until = toTime(query, 'until', now);
  if (isFollowing && until !== undefined) throw bad('until cannot be combined with following');
  const lastEventId = headers.get('last-event-id');
  const filter = toLineFilter(query);
  return {
    isFollowing,
    format,
    selection: {
      ...definite({ until, filter, limit: toCount(query, 'limit') }),
      // Who reconnects sends the URL of the first time again, and has had what it asks for before this position.
      ...(lastEventId ? { after: toPosition(lastEventId) } : toStart(query, now)),
    },
  };
};

const toStart = (query: URLSearchParams, now: number): Pick<Selection, 'after' | 'since' | 'tailLines'> => {
  const after = query.get('after');
  const since = toTime(query, 'since', now);
  const tailLines = toCount(query, 'tailLines');
  if (tailLines !== undefined && tailLines > maxTailLines) throw bad(`tailLines must not be more than ${maxTailLines}`);
  return definite({ since, tailLines, after: after === null ? undefined : toPosition(after) });
};

/** What tailLines collects has to lie in memory. */
const maxTailLines = 10_000;

const everywhere = ['since', 'until', 'tailLines', 'limit', 'after', 'filter'];
const ofLogs = ['severity', 'source', 'content~'];

const checkNames = (query: URLSearchParams, { event }: Target): void => {
  const known = event === 'log' ? [...everywhere, ...ofLogs] : everywhere;
  for (const name of query.keys()) {
    if (!known.includes(name)) {
      const why = ofLogs.includes(name) ? 'is for logs only' : 'is not known';
      throw bad(`query parameter ${JSON.stringify(name)} ${why}; known here are ${known.join(', ')}`);
    }
    if (query.getAll(name).length > 1) throw bad(`query parameter ${JSON.stringify(name)} is given twice`);
  }
};

const toFormat = (accept: string | null): StreamRequest['format'] => {
  const types = (accept ?? '*/*').split(',').map(type => type.split(';', 1)[0]?.trim().toLowerCase() ?? '');
  for (const type of types) {
    if (type === 'text/event-stream') return 'sse';
    if (['application/x-ndjson', 'application/json', 'application/*', 'text/*', '*/*', ''].includes(type))
      return 'ndjson';
  }
  throw new Fault(
    'NotAcceptable',
    'only the following media types are accepted: application/x-ndjson, text/event-stream',
  );
};

const toFollowing = (header: string | null, format: StreamRequest['format']): boolean => {
  const value = header?.trim().toLowerCase() ?? '';
  if (value === '') return format === 'sse';
  if (value !== 'true' && value !== 'false') throw bad('X-Stream must be true or false');
  return value === 'true';
};

/** An instant, or how long ago. */
const toTime = (query: URLSearchParams, name: string, now: number): number | undefined => {
  const text = query.get(name);
  if (text === null) return undefined;
  const duration = parseDuration(text);
  if (duration !== undefined && duration >= 0) return now - duration;
  // A plus sign that was not escaped arrives as a space.
  const time = rfc3339.test(text) ? Date.parse(text.replace(' ', '+')) : Number.NaN;
  if (Number.isNaN(time)) throw bad(`${name} must be a time such as 2006-01-02T15:04:05Z or a duration such as 1h30m`);
  return time;
};

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+\- ]\d\d:\d\d)$/;

const toCount = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw bad(`${name} must be a number from 0 to 999999999`);
  return Number(text);
};

const bad = (message: string): Fault => new Fault('BadRequest', message);

/** The members that have a value. */
const definite = <T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  // Dropping what is undefined gives just this type.
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
