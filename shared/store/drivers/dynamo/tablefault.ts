import { Fault } from '../../../base/fault.ts';

/**
 * Why a table did not do what it was asked, with a sentence for the operator.
 *
 * - `throttled`, `conflict` (another transaction has the item), `unreachable`: nothing was done; later it may go well.
 * - `unknown`: it may have been done, or may yet be; nobody answered.
 * - `denied`: credentials are missing, have expired, or may not.
 * - `unfit`: there is no such table, or the request cannot be right.
 */
export class TableFault extends Fault {
  readonly kind: TableFaultKind;

  constructor(kind: TableFaultKind, message: string, cause?: unknown) {
    super(kind === 'unfit' ? 'InternalError' : 'ServiceUnavailable', message, {
      cause,
      ...(isPassing(kind) && { retryAfterSeconds: 1 }),
    });
    this.kind = kind;
  }
}

export type TableFaultKind = 'throttled' | 'conflict' | 'unreachable' | 'unknown' | 'denied' | 'unfit';

/** True when the same request may go well in a moment. */
export const isPassing = (kind: TableFaultKind): boolean => kind !== 'denied' && kind !== 'unfit';
