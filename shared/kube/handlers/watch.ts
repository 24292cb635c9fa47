import { concat } from '../../base/concat.ts';
import { Fault } from '../../base/fault.ts';
import type { WatchEvent, WatchOptions } from '../registry/registry.ts';
import { createFramer, errorFrame, type Framer } from '../wire/frames.ts';
import { mediaTypes, negotiate, offers } from '../wire/negotiate.ts';
import { type Exchange, type Handler, toNamespace } from './exchange.ts';
import { toWatchOptions } from './options/list.ts';
import { toIncludeObject } from './respond.ts';
import { toStream } from './stream.ts';

/** GET of a collection with `watch`: events as they happen, one JSON object a line, until the time is up. */
export const watch: Handler = async exchange => {
  const { registry, type, url, request, clock, closing, leftMs = maxMs } = exchange;
  const output = negotiate(request, offers.watch);
  const { timeoutSeconds, ...asked } = toWatchOptions(url.searchParams, toNamespace(exchange));
  const options = withName(asked, exchange);
  const includeObject = toIncludeObject(url, output);
  const framer = createFramer(type, output, { now: () => clock.now(), includeObject });
  const wantedMs = timeoutSeconds === undefined ? toDefaultMs(exchange) : timeoutSeconds * 1000;
  const endsAfterMs = Math.min(wantedMs, leftMs, maxMs);
  const stop = new AbortController();
  stop.signal.addEventListener('abort', () => exchange.ended?.(), { once: true });
  const batches = registry.watchBatches(type, { ...options, endsAfterMs }, stop.signal);
  const end = endingWith(stop, endsAfterMs, [request.signal, ...(closing ? [closing] : [])]);
  // What is no longer served, or is served in another form, is watched anew by whoever still wants it.
  const stay = type.whenRetired?.(end);
  if (stay) stop.signal.addEventListener('abort', stay, { once: true });
  return new Response(toStream(toFrames(exchange, batches, framer, end), end), { headers });
};

/** Makes `stop` abort when the time is up or one of the signals aborts. What that takes is undone as soon as it has. */
const endingWith = (stop: AbortController, ms: number, signals: readonly AbortSignal[]): (() => void) => {
  const end = (): void => stop.abort();
  const timer = setTimeout(end, ms);
  const undo = (): void => {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener('abort', end);
  };
  stop.signal.addEventListener('abort', undo, { once: true });
  for (const signal of signals) signal.addEventListener('abort', end);
  if (signals.some(signal => signal.aborted)) end();
  return end;
};

/** The deprecated `/watch/…/NAME` watches one object. */
const withName = (options: WatchOptions, { resource: { name, inPath } }: Exchange): WatchOptions =>
  name === undefined || !inPath
    ? options
    : { ...options, fields: [...(options.fields ?? []), { field: 'metadata.name', operator: '=', value: name }] };

/** Nothing on the way may hold back or compress what streams: it would sit in a buffer until the next event. */
const headers = {
  'content-type': mediaTypes.json,
  'content-encoding': 'identity',
  'cache-control': 'no-cache, private, no-transform',
};

/** The longest time that timers know, some 24 days. */
const maxMs = 2 ** 31 - 1;

/** Between half an hour and an hour, so that watches which began together do not end together. */
const toDefaultMs = ({ random }: Exchange): number => {
  const [high = 0, low = 0] = random.bytes(2);
  return 1_800_000 * (1 + (high * 256 + low) / 65_536);
};

/** A watch that cannot go on says so in a last event and ends; clients act on its reason. */
async function* toFrames(
  { log }: Exchange,
  batches: AsyncIterable<readonly WatchEvent[]>,
  framer: Framer,
  end: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const events of batches) yield concat(events.map(framer));
  } catch (error) {
    if (!(error instanceof Fault)) log.error('watch met a bug', { error });
    yield errorFrame(
      error instanceof Fault ? error : new Fault('InternalError', 'Internal error occurred: the watch broke off'),
    );
  } finally {
    end();
  }
}
