import { cloneJson } from '../../base/clone.ts';
import { isEqual } from '../../base/equal.ts';
import { isFault } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import type { Log } from '../../base/ports.ts';
import { limits } from '../cel/price.ts';
import { badRequest, internalError } from '../faults.ts';
import { applyJsonPatch } from '../patch/json.ts';
import type { ResourceType } from '../resource.ts';
import { applyDefaults } from '../schema/defaults.ts';
import { findMistyped } from '../schema/mistyped.ts';
import { prune } from '../schema/prune.ts';
import { compileCondition, meets } from './conditions.ts';
import type { DecidePorts } from './decide.ts';
import { findMatch } from './match.ts';
import type { Attempt } from './request.ts';
import { toVariables } from './variables.ts';
import {
  type Answer,
  type CallPorts,
  callWebhook,
  denied,
  type Webhook,
  type WebhookConfiguration,
} from './webhook.ts';

export interface WebhookPorts extends DecidePorts, CallPorts {
  readonly log: Log;
}

type Configurations = ReadonlyMap<string, WebhookConfiguration>;

/** Asks all validating webhooks that want to be asked, at once. Throws the first refusal. */
export const validateByWebhooks = async (
  configurations: Configurations,
  attempt: Attempt,
  ports: WebhookPorts,
): Promise<void> => {
  const asked = webhooksOf(configurations).map(async webhook => {
    const as = await wants(webhook, attempt, ports);
    if (as) await ask(webhook, attempt, as, ports);
  });
  const outcomes = await Promise.allSettled(asked);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
};

/**
 * Lets the mutating webhooks change the object, one after the other, by name. Those that ask for it are called once more
 * when a later one changed something. Answers what the object has become.
 */
export const mutateByWebhooks = async (
  configurations: Configurations,
  attempt: Attempt,
  ports: WebhookPorts,
): Promise<ApiObject | undefined> => {
  const webhooks = webhooksOf(configurations);
  let current = attempt.object;
  const seen = new Map<Webhook, ApiObject | undefined>();
  for (const round of [webhooks, webhooks.filter(({ reinvocationPolicy }) => reinvocationPolicy === 'IfNeeded')]) {
    const isSecond = round !== webhooks;
    for (const webhook of round) {
      // Who saw what is there now has nothing new to say.
      if (isSecond && (!seen.has(webhook) || isEqual(seen.get(webhook), current))) continue;
      const now: Attempt = { ...attempt, object: current };
      const as = await wants(webhook, now, ports);
      if (!as) continue;
      const answer = await ask(webhook, now, as, ports);
      current = patchBy(webhook, now, answer);
      seen.set(webhook, current);
    }
  }
  return current;
};

/** In the order of the configurations' names. */
const webhooksOf = (configurations: Configurations): Webhook[] =>
  [...configurations].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, { webhooks = [] }]) => [...webhooks]);

const wants = async (webhook: Webhook, attempt: Attempt, ports: WebhookPorts): Promise<ResourceType | undefined> => {
  const as = await findMatch({ ...webhook, resourceRules: webhook.rules ?? [] }, attempt, ports);
  const { matchConditions = [] } = webhook;
  if (as === undefined || matchConditions.length === 0) return as;
  const variables = toVariables(attempt, as, ports.authorizer, undefined);
  const conditions = matchConditions.map(condition => ({
    name: condition.name,
    program: compileCondition(condition, false),
  }));
  const verdict = await meets(conditions, variables, { left: limits.matchConditions });
  if (verdict === 'match') return as;
  if (verdict === 'skip' || webhook.failurePolicy === 'Ignore') return undefined;
  throw internalError(`failed calling webhook ${JSON.stringify(webhook.name)}: ${verdict.error}`);
};

/** Undefined when it could not be asked and that does not matter. Throws when it said no. */
const ask = async (
  webhook: Webhook,
  attempt: Attempt,
  as: ResourceType,
  ports: WebhookPorts,
): Promise<Answer | undefined> => {
  const { context } = attempt;
  if (context.dryRun && webhook.sideEffects !== 'None' && webhook.sideEffects !== 'NoneOnDryRun') {
    throw badRequest(`admission webhook ${JSON.stringify(webhook.name)} does not support dry run`);
  }
  let answer: Answer;
  try {
    answer = await callWebhook(webhook, attempt, as, ports);
  } catch (error) {
    return unanswered(webhook, error, ports);
  }
  for (const warning of answer.warnings.slice(0, maxWarnings)) context.warn(warning.slice(0, maxWarning));
  for (const [key, value] of Object.entries(answer.auditAnnotations))
    context.annotate?.(`${webhook.name}/${key}`, String(value));
  if (!answer.allowed) throw denied(webhook.name, answer.status);
  return answer;
};

const maxWarnings = 16;
const maxWarning = 256;

const unanswered = (webhook: Webhook, error: unknown, { log }: WebhookPorts): undefined => {
  const why = error instanceof Error ? error.message : String(error);
  log.warn('failed calling webhook', { webhook: webhook.name, why, ignored: webhook.failurePolicy === 'Ignore' });
  if (webhook.failurePolicy === 'Ignore') return undefined;
  throw internalError(`failed calling webhook ${JSON.stringify(webhook.name)}: failed to call webhook: ${why}`, error);
};

/** What a webhook made of the object: still an object of its type, without what the type does not know. */
const patchBy = (webhook: Webhook, { type, object }: Attempt, answer: Answer | undefined): ApiObject | undefined => {
  if (answer?.patch === undefined || object === undefined) return object;
  const refuse = (why: string) =>
    internalError(
      `failed calling webhook ${JSON.stringify(webhook.name)}: webhook returned a patch that cannot be applied: ${why}`,
    );
  let patched: ApiObject;
  try {
    patched = applyJsonPatch(cloneJson(object), answer.patch);
  } catch (error) {
    if (isFault(error)) throw refuse(error.message);
    throw error;
  }
  if (!isMap(patched) || !isMap(patched.metadata)) throw refuse('it is no object any more');
  const mistyped = findMistyped(patched, type);
  if (mistyped !== undefined) throw refuse(mistyped);
  if (patched.metadata.name !== object.metadata.name || patched.metadata.namespace !== object.metadata.namespace) {
    throw refuse('metadata.name and metadata.namespace must not change');
  }
  return applyDefaults(prune(patched, type.schema).object, type.schema);
};
