import { type Cause, Fault, type Reason, reasonOfCode } from '../../base/fault.ts';
import type { JsonMap } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';

/** The Fault for a webhook that said no: the Status that it sent, with code, reason and details of its own. */
export const denied = (name: string, status: JsonMap): Fault => {
  const who = `admission webhook ${JSON.stringify(name)} denied the request`;
  const [message, reason] = [toText(status.message), toText(status.reason)];
  const why = message || reason;
  const code = toCode(status.code);
  return new Fault(toReason(code), why === '' ? `${who} without explanation` : `${who}: ${why}`, {
    ...(isMap(status.details) && toDetails(status.details)),
    code,
    saidReason: reason,
  });
};

const toText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A refusal is an error, whatever the webhook calls it. */
const toCode = (code: unknown): number =>
  typeof code === 'number' && Number.isInteger(code) && code >= 400 && code <= 599 ? code : 400;

const toDetails = ({ name, group, kind, uid, causes, retryAfterSeconds }: { readonly [field: string]: unknown }) => ({
  name: toText(name),
  group: toText(group),
  kind: toText(kind),
  uid: toText(uid),
  ...(typeof retryAfterSeconds === 'number' && { retryAfterSeconds }),
  causes: Array.isArray(causes) ? causes.filter(isMap).map(toCause) : [],
});

const toCause = ({ reason, message, field }: { readonly [field: string]: unknown }): Cause => ({
  reason: toText(reason),
  message: toText(message),
  field: toText(field),
});

/** What the code means to the server itself. */
const toReason = (code: number): Reason => reasonOfCode(code) ?? (code < 500 ? 'BadRequest' : 'InternalError');
