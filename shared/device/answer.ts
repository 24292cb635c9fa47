import { isFault } from '../base/fault.ts';
import type { Log } from '../base/ports.ts';
import { NotYet } from './notyet.ts';

/** EVE refuses answers without this type, also empty ones on some paths: every answer carries it. */
const contentType = 'application/x-proto-binary';

/** An answer with the length and type that devices insist on. */
export const answer = (status: number, body: Uint8Array<ArrayBufferLike> = empty): Response =>
  new Response(status === 304 ? null : (body as Uint8Array<ArrayBuffer>), {
    status,
    headers:
      status === 304
        ? { 'content-type': contentType }
        : { 'content-type': contentType, 'content-length': String(body.length) },
  });

/**
 * The answer to what was thrown. A Fault of the caller's making keeps its code. Everything else is the controller's own
 * trouble and is 503, never another 5xx or a 4xx: that is what a device keeps its message for and tries again.
 */
export const answerFault = (error: unknown, log: Log, where: string): Response => {
  if (isFault(error) && error.code < 500) {
    log.debug('device request refused', { where, status: error.code, reason: error.message });
    return answer(error.code);
  }
  // Every device comes by before it is told anything: nothing is wrong.
  if (error instanceof NotYet) log.debug('device request has to wait', { where, reason: error.message });
  else log.error('device request failed', { where, error, cause: isFault(error) ? error.details.cause : undefined });
  const busy = answer(503);
  busy.headers.set('retry-after', '10');
  return busy;
};

const empty = new Uint8Array();
