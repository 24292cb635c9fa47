import { Buffer } from 'node:buffer';
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

/**
 * Asks a webhook (AdmissionReview v1). `isMutating`: it may answer a patch. Throws an Error that says why when there is no
 * answer of use.
 */
export const callWebhook = async (
  webhook: Webhook,
  attempt: Attempt,
  as: ResourceType,
  { random, post }: CallPorts,
  isMutating: boolean,
): Promise<Answer> => {
  const uid = random.uuid();
  let body: JsonMap;
  try {
    body = await exchange(webhook, { ...review, request: toRequest(attempt, uid, as) }, post);
  } catch (error) {
    throw new Error(`failed to call webhook: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  return toAnswer(body, uid, isMutating);
};

/** The JSON that a webhook answers. */
const exchange = async ({ clientConfig, timeoutSeconds = 10 }: Webhook, body: object, post: Post): Promise<JsonMap> => {
  const { url = '', caBundle } = clientConfig;
  const caPem = caBundle ? Buffer.from(caBundle, 'base64').toString('utf8') : undefined;
  const timeoutMs = timeoutSeconds * 1000;
  const answer = await post(withTimeout(url, timeoutMs), printJson(body), {
    timeoutMs,
    maxBytes,
    ...(caPem !== undefined && { caPem }),
  });
  if (answer.status < 200 || answer.status > 299) throw new Error(whyFailed(answer));
  const value = parseJson(answer.body);
  if (!isMap(value)) throw new Error('it answered something else than a JSON object');
  // What was parsed is JSON.
  return value as JsonMap;
};

/** What the Status in an answer says, or else its code. */
const whyFailed = ({ status, body }: Awaited<ReturnType<Post>>): string => {
  const unsaid = `an error on the server (code ${status}) has prevented the request from succeeding`;
  try {
    const value = parseJson(body);
    return isMap(value) && typeof value.message === 'string' && value.message !== '' ? value.message : unsaid;
  } catch {
    return unsaid;
  }
};

const review = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' };
/** As much as a request may carry, and its base64. */
const maxBytes = 8 * 1024 * 1024;

const withTimeout = (text: string, ms: number): string => {
  const url = new URL(text);
  url.searchParams.set('timeout', `${ms / 1000}s`);
  return url.toString();
};

const toAnswer = ({ response, apiVersion, kind }: JsonMap, uid: string, isMutating: boolean): Answer => {
  if (!isMap(response)) throw unusable('webhook response was absent');
  if (response.uid !== uid)
    throw unusable(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`);
  if (kind !== review.kind || apiVersion !== review.apiVersion) {
    const got = `${apiVersion ?? '/'}, Kind=${kind ?? ''}`;
    throw unusable(`expected webhook response of ${review.apiVersion}, Kind=${review.kind}, got ${got}`);
  }
  const { allowed = false } = response;
  if (typeof allowed !== 'boolean') throw unusable('response.allowed must be true or false');
  return {
    allowed,
    // A map of parsed JSON.
    status: isMap(response.status) ? (response.status as JsonMap) : {},
    patch: toPatch(response, isMutating),
    warnings: Array.isArray(response.warnings) ? response.warnings.filter(text => typeof text === 'string') : [],
    auditAnnotations: isMap(response.auditAnnotations) ? response.auditAnnotations : {},
  };
};

const toPatch = ({ patch, patchType }: { [field: string]: unknown }, isMutating: boolean): unknown => {
  const hasPatch = patch !== undefined && patch !== null && patch !== '';
  const hasType = patchType !== undefined && patchType !== null;
  if (!isMutating) {
    if (hasPatch) throw unusable('validating webhook may not return response.patch');
    if (hasType) throw unusable('validating webhook may not return response.patchType');
    return undefined;
  }
  if (hasPatch && !hasType) throw unusable('webhook returned response.patch but not response.patchType');
  if (hasType && !hasPatch) throw unusable('webhook returned response.patchType but not response.patch');
  if (!hasPatch) return undefined;
  if (patchType !== 'JSONPatch') throw unusable(`unsupported patch type ${JSON.stringify(patchType)}`);
  if (typeof patch !== 'string') throw unusable('response.patch is not base64 text');
  try {
    return parseJson(Buffer.from(patch, 'base64'));
  } catch (error) {
    throw new Error(`received undecodable patch in webhook response: ${String(error)}`, { cause: error });
  }
};

const unusable = (why: string): Error => new Error(`received invalid webhook response: ${why}`);
