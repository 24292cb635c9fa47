import type { Writable } from 'node:stream';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Log } from '../../shared/base/ports.ts';
import type { Fetch } from '../fetch.ts';
import { type Prelude, toPrelude } from './answer.ts';
import { fromEvent, type HttpEvent } from './event.ts';
import { held } from './held.ts';

/** What the runtime tells of an invocation. */
export interface Context {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** A handler that writes its answer while it comes about. */
export type StreamHandler = (event: HttpEvent, out: Writable, context: Context) => Promise<void>;

/** The global that the managed runtime has. */
export interface Runtime {
  streamifyResponse(handler: StreamHandler): StreamHandler;
  readonly HttpResponseStream: { from(out: Writable, prelude: Prelude): Writable };
}

/** Before the time of an invocation is up, so long is left to end what goes on: the last bookmark, the end of the body. */
const reserveMs = 3_000;
/** Gateways hold an answer for 15 minutes, and close one that says nothing; a watch is better begun anew before. */
const longestMs = 290_000;

/**
 * Serves HTTP requests with answers that stream: watches and logs that are followed go on until shortly before the time is up.
 * `settle` ends what an answer left to be done: the process stands still until the next request.
 */
export const streamed = (
  runtime: Runtime,
  open: () => Promise<Fetch>,
  log: Log,
  settle: () => Promise<void> = async () => undefined,
): StreamHandler =>
  runtime.streamifyResponse(async (event, out, context) => {
    const leftMs = Math.min(Math.max(context.getRemainingTimeInMillis() - reserveMs, 0), longestMs);
    const stop = new AbortController();
    // A client that is gone shows as a stream that is closed.
    out.once('close', () => stop.abort());
    const timer = setTimeout(() => stop.abort(), leftMs + reserveMs / 2);
    try {
      const { request, env } = fromEvent(event, stop.signal);
      await held(request, async () => {
        const response = await (await open())(request, { ...env, leftMs });
        await send(runtime, response, out);
      });
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      log.debug('the client went away', { requestId: context.awsRequestId });
    } finally {
      clearTimeout(timer);
      await settle();
    }
  });

const send = async ({ HttpResponseStream }: Runtime, response: Response, out: Writable): Promise<void> => {
  const body = HttpResponseStream.from(out, toPrelude(response));
  // The platform sends the prelude with the first write. A watch may have nothing to say for long, an empty body never has.
  body.write('');
  if (response.body === null) {
    await new Promise<void>(resolve => body.end(resolve));
    return;
  }
  // The same class, of which two sets of types exist.
  await pipeline(Readable.fromWeb(response.body as NodeReadableStream), body);
};
