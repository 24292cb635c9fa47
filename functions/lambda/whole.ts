import type { Log } from '../../shared/base/ports.ts';
import type { Fetch } from '../fetch.ts';
import { type HttpResult, toResult } from './answer.ts';
import { fromEvent, type HttpEvent } from './event.ts';
import { held } from './held.ts';
import type { Context } from './stream.ts';

/** A handler that gives its answer all at once. */
export type WholeHandler = (event: HttpEvent, context: Context) => Promise<HttpResult>;

/** Before the time of an invocation is up, so long is left to say that there will be no answer. */
const reserveMs = 500;

/** Serves HTTP requests with answers that are given at once: 503 before the time is up, when there is none until then. */
export const whole =
  (open: () => Promise<Fetch>, log: Log): WholeHandler =>
  async (event, context) => {
    const stop = new AbortController();
    const leftMs = Math.max(context.getRemainingTimeInMillis() - reserveMs, 0);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<Response>(resolve => {
      timer = setTimeout(() => {
        log.error('no answer in time', { requestId: context.awsRequestId });
        stop.abort();
        resolve(new Response(null, { status: 503, headers: { 'retry-after': '10' } }));
      }, leftMs);
    });
    const answer = async (): Promise<Response> => {
      const { request, env } = fromEvent(event, stop.signal);
      return held(request, async () => (await open())(request, { ...env, leftMs }));
    };
    try {
      return await toResult(await Promise.race([answer(), late]));
    } finally {
      clearTimeout(timer);
    }
  };
