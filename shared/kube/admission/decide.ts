import { Fault } from '../../base/fault.ts';
import type { Authorizer } from '../access/user.ts';
import type { Account, Variables } from '../cel/evaluate.ts';
import { limits } from '../cel/price.ts';
import { CelError } from '../cel/value.ts';
import { forbidden } from '../faults.ts';
import type { ResourceType } from '../resource.ts';
import { findBound, type Pair, toPairs } from './bound.ts';
import { compiledOnce } from './compiled.ts';
import { meets, runAsking } from './conditions.ts';
import type { MatchPorts } from './match.ts';
import { findParams } from './params.ts';
import { type BindingSpec, type CompiledPolicy, compilePolicy, type PolicySpec, type Validation } from './policy.ts';
import type { Attempt } from './request.ts';
import type { Sources } from './sources.ts';
import { toVariables, withParams } from './variables.ts';

export interface DecidePorts extends MatchPorts {
  readonly authorizer: Authorizer;
}

/**
 * Lets all ValidatingAdmissionPolicies that are bound decide on a write. Throws the Fault of the first that denies it;
 * warns and annotates as bindings say.
 */
export const decidePolicies = async (
  { policies, bindings }: Sources,
  attempt: Attempt,
  ports: DecidePorts,
): Promise<void> => {
  const account = { left: limits.perObject };
  for (const pair of toPairs(policies, bindings)) {
    const as = await findBound(pair, attempt, ports);
    if (as) await decide({ ...pair, as, attempt, ports, account });
  }
};

interface Case extends Pair<PolicySpec, BindingSpec> {
  readonly as: ResourceType;
  readonly attempt: Attempt;
  readonly ports: DecidePorts;
  readonly account: Account;
}

const decide = async (one: Case): Promise<void> => {
  const { policy, binding, as, attempt, ports, account } = one;
  const compiled = toCompiled(policy);
  if (compiled instanceof CelError) return fail(one, compiled.message);
  const params = await findParams(policy.spec?.paramKind, binding.spec?.paramRef, attempt);
  if ('problem' in params) return fail(one, `failed to configure binding: ${params.problem}`);
  const base = toVariables(attempt, as, ports.authorizer, await ports.namespaceOf(attempt));
  for (const param of params.found) {
    const variables = withParams(base, param, compiled.variables, account);
    const verdict = await meets(compiled.conditions, variables, { left: limits.matchConditions });
    if (verdict === 'skip') continue;
    if (verdict !== 'match') fail(one, verdict.error);
    else await judge(one, compiled, variables);
  }
};

const judge = async (one: Case, compiled: CompiledPolicy, variables: Variables): Promise<void> => {
  for (const { declared, program, message } of compiled.validations) {
    try {
      if ((await runAsking(program, variables, one.account)) === true) continue;
    } catch (error) {
      fail(one, `expression '${declared.expression.trim()}' resulted in error: ${explain(error)}`);
      continue;
    }
    const text = message ? await say(message, variables, one.account) : undefined;
    act(one, text ?? (declared.message?.trim() || `failed expression: ${declared.expression.trim()}`), declared.reason);
  }
  await annotate(one, compiled, variables);
};

/** A message is one line of sense; anything else does not count. */
const say = async (
  program: CompiledPolicy['validations'][number]['program'],
  variables: Variables,
  account: Account,
) => {
  try {
    const text = await runAsking(program, variables, account);
    const trimmed = typeof text === 'string' ? text.trim() : '';
    return trimmed === '' || trimmed.includes('\n') || trimmed.length > maxMessage ? undefined : trimmed;
  } catch (error) {
    explain(error);
    return undefined;
  }
};

const maxMessage = 5 * 1024;
const maxAnnotation = 10 * 1024;

const annotate = async (one: Case, compiled: CompiledPolicy, variables: Variables): Promise<void> => {
  for (const { key, program } of compiled.annotations) {
    try {
      const value = await runAsking(program, variables, one.account);
      if (typeof value !== 'string' || value.trim() === '') continue;
      one.attempt.context.annotate?.(`${one.policy.metadata.name}/${key}`, value.trim().slice(0, maxAnnotation));
    } catch (error) {
      fail(one, `auditAnnotation ${JSON.stringify(key)}: ${explain(error)}`);
    }
  }
};

const explain = (error: unknown): string => {
  if (error instanceof CelError) return error.message;
  throw error;
};

/** What could not be decided: the policy says whether that counts as no. */
const fail = (one: Case, problem: string): void => {
  if (one.policy.spec?.failurePolicy !== 'Ignore') act(one, problem);
};

const act = ({ policy, binding, attempt }: Case, text: string, reason?: string): void => {
  const { context } = attempt;
  const actions = binding.spec?.validationActions ?? [];
  const who = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
  if (actions.includes('Warn')) context.warn(`Validation failed for ${who}: ${text}`);
  if (actions.includes('Audit')) {
    const failure = {
      message: text,
      policy: policy.metadata.name,
      binding: binding.metadata.name,
      validationActions: actions,
    };
    context.annotate?.('validation.policy.admission.k8s.io/validation_failure', JSON.stringify([failure]));
  }
  if (actions.includes('Deny')) throw deny(attempt, `${who} denied request: ${text}`, reason);
};

const deny = ({ type, name }: Attempt, text: string, reason: Validation['reason']): Fault => {
  const plain = forbidden(type, name, text);
  const causes = [{ reason: '', message: text }];
  return new Fault(toReason(reason), plain.message, { ...plain.details, causes });
};

const toReason = (reason: string | undefined) => {
  if (reason === 'Unauthorized' || reason === 'Forbidden' || reason === 'RequestEntityTooLarge') return reason;
  return 'Invalid';
};

const toCompiled = compiledOnce(compilePolicy);
