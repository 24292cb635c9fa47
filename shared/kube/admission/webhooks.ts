import { cloneJson } from '../../base/clone.ts';
import { isFault } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import type { Log } from '../../base/ports.ts';
import { limits } from '../cel/price.ts';
import { badRequest, forbidden, internalError } from '../faults.ts';
import { applyJsonPatch } from '../patch/json.ts';
import type { ResourceType } from '../resource.ts';
import { compileCondition, meets } from './conditions.ts';
import type { DecidePorts } from './decide.ts';
import { denied } from './denied.ts';
import { findMatch } from './match.ts';
import type { Mutator } from './mutate.ts';
import { type Patched, toPatched } from './patched.ts';
import { type Attempt, viewAs } from './request.ts';
import { toVariables } from './variables.ts';
import { type Answer, type CallPorts, callWebhook, type Webhook, type WebhookConfiguration } from './webhook.ts';

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
    if (as) await ask(webhook, attempt, as, ports, false);
  });
  const outcomes = await Promise.allSettled(asked);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
};

/** The mutating webhooks, as what may change objects. */
export const webhookMutators = (configurations: Configurations, ports: WebhookPorts): Mutator[] =>
  webhooksOf(configurations).map(webhook => ({
    isRepeated: webhook.reinvocationPolicy === 'IfNeeded',
    async mutate(attempt) {
      const as = await wants(webhook, attempt, ports);
      return as && patchBy(webhook, attempt, as, await ask(webhook, attempt, as, ports, true));
    },
  }));

/** In the order of the configurations' names. */
const webhooksOf = (configurations: Configurations): Webhook[] =>
  [...configurations].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, { webhooks = [] }]) => [...webhooks]);

const wants = async (webhook: Webhook, attempt: Attempt, ports: WebhookPorts): Promise<ResourceType | undefined> => {
  const as = await findMatch({ ...webhook, resourceRules: webhook.rules ?? [] }, attempt, ports);
  const { matchConditions = [] } = webhook;
  if (as === undefined || matchConditions.length === 0) return as;
  const variables = toVariables(attempt, as, ports.authorizer, undefined);
  const conditions = matchConditions.map(condition => compileCondition(condition, false));
  const verdict = await meets(conditions, variables, { left: limits.matchConditions });
  if (verdict === 'match') return as;
  if (verdict === 'skip' || webhook.failurePolicy === 'Ignore') return undefined;
  throw forbidden(attempt.type, attempt.name, verdict.error);
};

/** Undefined when it could not be asked and that does not matter. Throws when it said no. */
const ask = async (
  webhook: Webhook,
  attempt: Attempt,
  as: ResourceType,
  ports: WebhookPorts,
  isMutating: boolean,
): Promise<Answer | undefined> => {
  const { context } = attempt;
  if (context.dryRun && webhook.sideEffects !== 'None' && webhook.sideEffects !== 'NoneOnDryRun') {
    throw badRequest(`admission webhook ${JSON.stringify(webhook.name)} does not support dry run`);
  }
  let answer: Answer;
  try {
    answer = await callWebhook(webhook, attempt, as, ports, isMutating);
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
  throw internalError(`failed calling webhook ${JSON.stringify(webhook.name)}: ${why}`, error);
};

/** What a webhook made of the object. */
const patchBy = (
  webhook: Webhook,
  attempt: Attempt,
  as: ResourceType,
  answer: Answer | undefined,
): ApiObject | undefined => {
  const { object } = attempt;
  if (answer?.patch === undefined || object === undefined) return object;
  const refuse = (why: string) =>
    internalError(
      `failed calling webhook ${JSON.stringify(webhook.name)}: webhook returned a patch that cannot be applied: ${why}`,
    );
  let patched: Patched;
  try {
    patched = toPatched(attempt, applyJsonPatch(cloneJson(viewAs(attempt, object, as)), answer.patch), as);
  } catch (error) {
    if (isFault(error)) throw refuse(error.causes[0]?.message ?? error.message);
    throw error;
  }
  if ('wrong' in patched) throw refuse(patched.wrong);
  return patched.object;
};
