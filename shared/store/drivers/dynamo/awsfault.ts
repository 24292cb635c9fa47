import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { fromAttributes } from './attribute.ts';
import type { Item, Reason } from './table.ts';
import type { TableFaultKind } from './tablefault.ts';
import { TableFault } from './tablefault.ts';

/** Not a fault: what a condition was false for; or undefined when the error is something else. */
export const toUnmet = (error: unknown): { readonly current: Item | undefined } | undefined =>
  error instanceof ConditionalCheckFailedException ? { current: error.Item && fromAttributes(error.Item) } : undefined;

/** Not a fault: why a transaction was cancelled; or undefined when the error is something else. */
export const toCancellation = (error: unknown): readonly Reason[] | undefined => {
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const reasons = (error.CancellationReasons ?? []).map(({ Code = 'None', Item }): Reason | undefined => {
    if (Code === 'None') return { code: 'none' };
    if (Code === 'ConditionalCheckFailed') return { code: 'condition', current: Item && fromAttributes(Item) };
    if (Code === 'TransactionConflict') return { code: 'conflict' };
    return /throttl|throughput/i.test(Code) ? { code: 'throttled' } : undefined;
  });
  return reasons.length > 0 && reasons.every(reason => reason !== undefined) ? reasons : undefined;
};

/** What an error of the SDK means for who asked. Nothing of the request is in the message. */
export const toTableFault = (error: unknown, table: string): TableFault => {
  const { name, code, status } = toParts(error);
  const [kind, message] = judge(name, code, status, table);
  return new TableFault(kind, message, error);
};

const judge = (name: string, code: string, status: number, table: string): [TableFaultKind, string] => {
  if (throttles.has(name)) return ['throttled', 'The table takes no more requests now.'];
  if (name === 'TransactionConflictException') return ['conflict', 'Another write has the item just now.'];
  if (name === 'ResourceNotFoundException') {
    return ['unfit', `There is no table ${table} here. Name one that exists, or look at the region.`];
  }
  if (/expired/i.test(name)) return ['denied', `The credentials for the table ${table} have expired. Renew them.`];
  if (denials.test(name)) {
    return ['denied', `The table ${table} refuses these credentials (${name}). Look at the role and its policy.`];
  }
  if (unheard.has(code)) return ['unreachable', `The table ${table} cannot be reached (${code}).`];
  if (name === 'TransactionInProgressException' || status === 0 || status >= 500) {
    return ['unknown', `The table ${table} did not answer (${code || name}).`];
  }
  return ['unfit', `The table ${table} refuses a request (${name}).`];
};

const throttles = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'Throttling',
]);

const denials =
  /^(AccessDenied|UnrecognizedClient|InvalidSignature|IncompleteSignature|MissingAuthenticationToken|InvalidClientTokenId|CredentialsProviderError|NotAuthorized|OptInRequired|InvalidAccessKeyId)/;

/** No request has left. */
const unheard = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

const toParts = (error: unknown): { name: string; code: string; status: number } => {
  if (!(error instanceof Error)) return { name: 'unknown', code: '', status: 0 };
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: unknown }; // as the SDK adds them
  return { name: error.name, code: typeof code === 'string' ? code : '', status: $metadata?.httpStatusCode ?? 0 };
};
