import type { Fault } from '../base/fault.ts';
import { isFault } from '../base/fault.ts';
import type { Log } from '../base/ports.ts';

/** An answer without a body. */
export const done = (status = 200, headers: Record<string, string> = {}): Response =>
  new Response(null, { status, headers: { 'content-length': '0', ...headers } });

export const text = (body: string, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(body, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...noStore, ...headers } });

export const json = (body: string): Response =>
  new Response(body, { headers: { 'content-type': 'application/json', ...noStore } });

/** What was thrown, as Adam tells errors: one line of text. What is no Fault is a bug: logged, and hidden from the caller. */
export const answerFault = (error: unknown, log: Log, where: string): Response => {
  if (!isFault(error)) {
    log.error('request of the Adam API failed', { where, error });
    return text('internal error\n', 500);
  }
  if (error.code >= 500) log.warn('request of the Adam API failed', { where, error, cause: error.details.cause });
  // Adam knows one status for everything that is wrong with a body.
  const { retryAfterSeconds: after } = error.details;
  const headers: Record<string, string> = after === undefined ? {} : { 'retry-after': String(after) };
  return text(`${toLine(error)}\n`, error.reason === 'Invalid' ? 400 : error.code, headers);
};

const toLine = ({ message, causes }: Fault): string =>
  [message, ...causes.slice(0, maxCauses).map(one => `${one.field ?? ''} ${one.message}`.trim())]
    .join('; ')
    .replace(/[\r\n]+/g, ' ');

const maxCauses = 10;

/** Answers hold certificates and configurations. */
const noStore = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
