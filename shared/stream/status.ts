import { Fault } from '../base/fault.ts';
import { printJson } from '../base/json.ts';
import type { JsonMap } from '../base/object.ts';
import type { Log } from '../base/ports.ts';
import { toStatus } from '../kube/wire/status.ts';

/** An error as `kind: Status`. What is not a Fault is a bug: logged, and hidden from the caller. */
export const toErrorStatus = (error: unknown, log: Log): JsonMap => toStatus(toFault(error, log));

export const toErrorResponse = (error: unknown, log: Log): Response => {
  const fault = toFault(error, log);
  const { retryAfterSeconds } = fault.details;
  return new Response(printJson(toStatus(fault)), {
    status: fault.code,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-cache, private',
      ...(retryAfterSeconds !== undefined && { 'retry-after': `${retryAfterSeconds}` }),
      ...(fault.reason === 'MethodNotAllowed' && { allow: 'GET, HEAD' }),
    },
  });
};

const toFault = (error: unknown, log: Log): Fault => {
  if (error instanceof Fault) return error;
  log.error('stream met a bug', { error });
  return new Fault('InternalError', 'Internal error occurred: the server met an unexpected condition');
};
