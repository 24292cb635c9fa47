import { type Cause, Fault, type FaultDetails, firstCauses } from '../base/fault.ts';
import type { Attributes } from './access/user.ts';

/** A resource as messages name it: any ResourceType will do. */
export interface Named {
  readonly group: string;
  readonly plural: string;
}

/** `devices.eve.lfedge.org`; the plural alone in the core group. */
const toGroupResource = (type: Named): string => (type.group === '' ? type.plural : `${type.plural}.${type.group}`);

/** 404: `devices.eve.lfedge.org "a" not found`. */
export const notFound = (type: Named, name: string): Fault =>
  new Fault('NotFound', `${toGroupResource(type)} ${quote(name)} not found`, details(type, name));

/** 409 on create. `terminating`: the object that has the name is on its way out. */
export const alreadyExists = (type: Named, name: string, terminating = false): Fault => {
  const text = `${toGroupResource(type)} ${quote(name)} already exists`;
  return new Fault('AlreadyExists', terminating ? `object is being deleted: ${text}` : text, details(type, name));
};

/** 409 when every name made from `generateName` was taken. */
export const generateNameConflict = (type: Named, name: string): Fault =>
  new Fault(
    'AlreadyExists',
    `${toGroupResource(type)} ${quote(name)} already exists, the server was not able to generate a unique name for the object`,
    { ...details(type, name), retryAfterSeconds: 1 },
  );

/** 409: somebody else wrote in between, or a precondition does not hold (`why`). */
export const conflict = (type: Named, name: string, why: string = staleObject): Fault =>
  new Fault(
    'Conflict',
    `Operation cannot be fulfilled on ${toGroupResource(type)} ${quote(name)}: ${why}`,
    details(type, name),
  );

/** Why a write with an old resourceVersion is refused. */
const staleObject = 'the object has been modified; please apply your changes to the latest version and try again';

/**
 * 422: `Device.eve.lfedge.org "a" is invalid: spec.x: Required value`; several errors in brackets, repeated ones once. Of very
 * many the first are told.
 */
export const invalid = (kind: string, group: string, name: string, all: readonly Cause[]): Fault => {
  const causes = firstCauses(all);
  const head = `${group === '' ? kind : `${kind}.${group}`} ${quote(name)} is invalid`;
  const texts = [...new Set(causes.map(printCause)), ...(all.length > causes.length ? ['and more'] : [])];
  const tail = texts.length === 0 ? '' : texts.length === 1 ? `: ${texts[0]}` : `: [${texts.join(', ')}]`;
  return new Fault('Invalid', head + tail, {
    ...(name !== '' && { name }),
    ...(group !== '' && { group }),
    ...(kind !== '' && { kind }),
    causes,
  });
};

/** 422 about query parameters or a DeleteOptions body: kind is `ListOptions`, `DeleteOptions`, `CreateOptions`, … */
export const invalidOptions = (kind: string, causes: readonly Cause[]): Fault =>
  invalid(kind, 'meta.k8s.io', '', causes);

/** 403 that a rule other than authorization gives: `gr "name" is forbidden: why`. Without a name: `gr is forbidden: why`. */
export const forbidden = (type: Named | undefined, name: string, why: string, causes: readonly Cause[] = []): Fault => {
  if (type === undefined) return new Fault('Forbidden', `forbidden: ${why}`, { causes });
  const subject = name === '' ? toGroupResource(type) : `${toGroupResource(type)} ${quote(name)}`;
  return new Fault('Forbidden', `${subject} is forbidden: ${why}`, { ...details(type, name), causes });
};

/** 403 of the authorizer. `reason` is what the authorizer said; it is shown. */
export const unauthorizedFor = (attributes: Attributes, reason = ''): Fault => {
  const { resource } = attributes;
  const text = escapeHtml(describeAttributes(attributes));
  const why = reason === '' ? text : `${text}: ${reason}`;
  if (resource === undefined) return forbidden(undefined, '', why);
  return forbidden({ group: resource.group, plural: resource.resource }, resource.name ?? '', why);
};

/** 401. Says nothing about why: the reason is logged, not told. */
export const unauthorized = (cause?: unknown): Fault => new Fault('Unauthorized', 'Unauthorized', { cause });

/** 400 with free text. */
export const badRequest = (message: string): Fault => new Fault('BadRequest', message);

/** 400 for a body that has fields the schema does not know or keys that occur twice, under fieldValidation=Strict. */
export const strictDecoding = (type: { kind: string; version: string }, problems: readonly string[]): Fault =>
  badRequest(
    `${type.kind} in version ${quote(type.version)} cannot be handled as a ${type.kind}: ${strictDecodingText(problems)}`,
  );

/** `strict decoding error: unknown field "spec.foo", duplicate field "spec.bar"`. */
export const strictDecodingText = (problems: readonly string[]): string =>
  `strict decoding error: ${problems.join(', ')}`;

/** 405: `create is not supported on resources of kind "devices.eve.lfedge.org"`; native types do not say which. */
export const methodNotAllowed = (type: Named & { readonly native?: boolean }, action: string): Fault =>
  type.native
    ? new Fault('MethodNotAllowed', 'the server does not allow this method on the requested resource')
    : new Fault(
        'MethodNotAllowed',
        `${action} is not supported on resources of kind ${quote(toGroupResource(type))}`,
        details(type, ''),
      );

/** 406. */
export const notAcceptable = (supported: readonly string[]): Fault =>
  new Fault('NotAcceptable', `only the following media types are accepted: ${supported.join(', ')}`);

/** 415. */
export const unsupportedMediaType = (supported: readonly string[]): Fault =>
  new Fault(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${supported.join(', ')}`,
  );

/** 413 for a request body beyond `limit` bytes. */
export const bodyTooLarge = (limit: number): Fault =>
  new Fault('RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);

/** 410 Expired: a resourceVersion or a page that is no longer kept. */
export const expired = (message: string, inconsistentContinue?: string): Fault =>
  new Fault('Expired', message, inconsistentContinue === undefined ? {} : { continue: inconsistentContinue });

/** 504: the resourceVersion asked for lies in the future. */
export const tooLargeResourceVersion = (asked: string | number, current: string | number): Fault =>
  new Fault('Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    retryAfterSeconds: 1,
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
  });

/** 429 of the API itself. */
export const tooManyRequests = (why: string, retryAfterSeconds = 1): Fault =>
  new Fault('TooManyRequests', `Too many requests: ${why}`, { retryAfterSeconds });

/** 500 that asks the client to try again: the operation lost too many races. */
export const serverTimeout = (type: Named, operation: string, retryAfterSeconds = 2): Fault =>
  new Fault(
    'ServerTimeout',
    `The ${operation} operation against ${toGroupResource(type)} could not be completed at this time, please try again.`,
    { ...details(type, ''), retryAfterSeconds },
  );

/** 500. `text` is shown to the caller: it must not reveal internals. */
export const internalError = (text: string, cause?: unknown): Fault =>
  new Fault('InternalError', `Internal error occurred: ${text}`, { cause, causes: [{ reason: '', message: text }] });

/** `spec.x: Required value`; the message alone when the cause names no field. */
export const printCause = (cause: Cause): string => (cause.field ? `${cause.field}: ${cause.message}` : cause.message);

const details = (type: Named, name: string): FaultDetails => ({
  ...(name !== '' && { name }),
  ...(type.group !== '' && { group: type.group }),
  kind: type.plural,
});

const describeAttributes = ({ user, verb, resource, path }: Attributes): string => {
  if (resource === undefined) return `User ${quote(user.name)} cannot ${verb} path ${quote(path ?? '')}`;
  const what = resource.subresource ? `${resource.resource}/${resource.subresource}` : resource.resource;
  const where = resource.namespace ? `in the namespace ${quote(resource.namespace)}` : 'at the cluster scope';
  return `User ${quote(user.name)} cannot ${verb} resource ${quote(what)} in API group ${quote(resource.group)} ${where}`;
};

const quote = (text: string): string => JSON.stringify(text);

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
