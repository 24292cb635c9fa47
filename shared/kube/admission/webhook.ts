import { Buffer } from 'node:buffer';
import { Fault, type Reason } from '../../base/fault.ts';
import { parseJson, printJson } from '../../base/json.ts';
import type { JsonMap, ObjectMeta } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import type { Random } from '../../base/ports.ts';
import type { ResourceType } from '../resource.ts';
import type { MatchCondition } from './conditions.ts';
import type { Match, MatchRule } from './match.ts';
import { type Attempt, toRequest } from './request.ts';

/** A ValidatingWebhookConfiguration or a MutatingWebhookConfiguration. */
export interface WebhookConfiguration {
  readonly metadata: ObjectMeta;
  readonly webhooks?: readonly Webhook[];
}

export interface Webhook extends Pick<Match, 'matchPolicy' | 'namespaceSelector' | 'objectSelector'> {
  readonly name: string;
  readonly clientConfig: { readonly url?: string; readonly caBundle?: string; readonly service?: unknown };
  readonly rules?: readonly MatchRule[];
  readonly failurePolicy?: string;
  readonly sideEffects?: string;
  readonly timeoutSeconds?: number;
  readonly admissionReviewVersions?: readonly string[];
  readonly matchConditions?: readonly MatchCondition[];
  readonly reinvocationPolicy?: string;
}

/**
 * Sends JSON to an HTTPS URL and answers status and body. `caPem` is whom the server's certificate must chain to; absent:
 * whom the system trusts. Rejects when there is no answer in time, or one of more than `maxBytes`.
 */
export type Post = (
  url: string,
  body: string,
  options: { readonly caPem?: string; readonly timeoutMs: number; readonly maxBytes: number },
) => Promise<{ readonly status: number; readonly body: Uint8Array }>;

export interface CallPorts {
  readonly random: Random;
  readonly post: Post;
}

/** What a webhook decided. */
export interface Answer {
  readonly allowed: boolean;
  readonly status: JsonMap;
  /** An RFC 6902 patch; undefined for none. */
  readonly patch: unknown;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, unknown>>;
}

/** Asks a webhook (AdmissionReview v1). Throws an Error that says why when there is no answer of use. */
export const callWebhook = async (
  webhook: Webhook,
  attempt: Attempt,
  as: ResourceType,
  { random, post }: CallPorts,
): Promise<Answer> => {
  const uid = random.uuid();
  const request = toRequest(attempt, uid, as);
  const { url = '', caBundle } = webhook.clientConfig;
  const caPem = caBundle ? Buffer.from(caBundle, 'base64').toString('utf8') : undefined;
  const timeoutMs = (webhook.timeoutSeconds ?? 10) * 1000;
  const answer = await post(withTimeout(url, timeoutMs), printJson({ ...review, request }), {
    timeoutMs,
    maxBytes,
    ...(caPem !== undefined && { caPem }),
  });
  if (answer.status < 200 || answer.status > 299) {
    throw new Error(`an error on the server (code ${answer.status}) has prevented the request from succeeding`);
  }
  return toAnswer(parseJson(answer.body), uid);
};

const review = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' };
/** As much as a request may carry, and its base64. */
const maxBytes = 8 * 1024 * 1024;

const withTimeout = (text: string, ms: number): string => {
  const url = new URL(text);
  url.searchParams.set('timeout', `${ms / 1000}s`);
  return url.toString();
};

const toAnswer = (body: unknown, uid: string): Answer => {
  if (!isMap(body) || body.kind !== review.kind || body.apiVersion !== review.apiVersion) {
    throw new Error(`expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview`);
  }
  const { response } = body;
  if (!isMap(response)) throw new Error('webhook response was absent');
  if (response.uid !== uid) throw new Error(`expected response.uid=${JSON.stringify(uid)}`);
  if (typeof response.allowed !== 'boolean') throw new Error('response.allowed was absent');
  return {
    allowed: response.allowed,
    // A map of parsed JSON.
    status: isMap(response.status) ? (response.status as JsonMap) : {},
    patch: toPatch(response),
    warnings: Array.isArray(response.warnings) ? response.warnings.filter(text => typeof text === 'string') : [],
    auditAnnotations: isMap(response.auditAnnotations) ? response.auditAnnotations : {},
  };
};

const toPatch = ({ patch, patchType }: { [field: string]: unknown }): unknown => {
  if (patch === undefined || patch === null || patch === '') {
    if (patchType !== undefined && patchType !== null)
      throw new Error('webhook returned response.patchType but not response.patch');
    return undefined;
  }
  if (patchType !== 'JSONPatch')
    throw new Error(`webhook returned invalid response.patchType of ${JSON.stringify(patchType ?? '')}`);
  if (typeof patch !== 'string') throw new Error('webhook returned response.patch that is not base64 text');
  return parseJson(Buffer.from(patch, 'base64'));
};

/** The Fault for a webhook that said no, with its own code and reason where it gave any. */
export const denied = (name: string, status: JsonMap): Fault => {
  const who = `admission webhook ${JSON.stringify(name)} denied the request`;
  const { message, reason, code } = status;
  const why = typeof message === 'string' && message !== '' ? message : typeof reason === 'string' ? reason : '';
  return new Fault(toReason(reason, code), why === '' ? `${who} without explanation` : `${who}: ${why}`);
};

const toReason = (reason: unknown, code: unknown): Reason => {
  const named = reasons.find(([, known]) => known === reason);
  return (named ?? reasons.find(([known]) => known === code))?.[1] ?? 'BadRequest';
};

const reasons: readonly (readonly [number, Reason])[] = [
  [400, 'BadRequest'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [409, 'Conflict'],
  [409, 'AlreadyExists'],
  [410, 'Gone'],
  [413, 'RequestEntityTooLarge'],
  [422, 'Invalid'],
  [429, 'TooManyRequests'],
  [500, 'InternalError'],
  [503, 'ServiceUnavailable'],
  [504, 'Timeout'],
];
