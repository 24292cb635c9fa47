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
import { type BindingSpec, type CompiledPolicy, compilePolicy, type PolicySpec } from './policy.ts';
import type { Attempt } from './request.ts';
import type { Sources } from './sources.ts';
import { toVariables, withParams } from './variables.ts';

export interface DecidePorts extends MatchPorts {
  readonly authorizer: Authorizer;
}

/**
 * Lets all ValidatingAdmissionPolicies that are bound decide on a write, also when one denied it already; warns and annotates as
 * bindings say. Throws the Fault of the first denial.
 */
export const decidePolicies = async (
  { policies, bindings }: Sources,
  attempt: Attempt,
  ports: DecidePorts,
): Promise<void> => {
  const account = { left: limits.perObject };
  const denials: Fault[] = [];
  for (const pair of toPairs(policies, bindings)) {
    const as = await findBound(pair, attempt, ports);
    if (as) await decide({ ...pair, as, attempt, ports, account, denials });
  }
  const [first] = denials;
  if (first) throw first;
};

interface Case extends Pair<PolicySpec, BindingSpec> {
  readonly as: ResourceType;
  readonly attempt: Attempt;
  readonly ports: DecidePorts;
  readonly account: Account;
  readonly denials: Fault[];
}

const decide = async (one: Case): Promise<void> => {
  const { policy, binding, as, attempt, ports, account } = one;
  const compiled = toCompiled(policy);
  if (compiled instanceof CelError) return fail(one, compiled.message);
  const params = await findParams(policy.spec?.paramKind, binding.spec?.paramRef, attempt);
  // A binding that cannot be used does not say what is to be done about it either.
  if ('problem' in params) {
    if (doesFail(one)) deny(one, `failed to configure binding: ${params.problem}`);
    return;
  }
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
  for (const [at, { declared, program, message }] of compiled.validations.entries()) {
    try {
      if ((await runAsking(program, variables, one.account)) === true) continue;
    } catch (error) {
      fail(one, `expression '${declared.expression.trim()}' resulted in error: ${explain(error)}`, at);
      continue;
    }
    const text = message ? await say(message, variables, one.account) : undefined;
    const said = text ?? (declared.message?.trim() || `failed expression: ${declared.expression.trim()}`);
    act(one, said, at, declared.reason);
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
const fail = (one: Case, problem: string, expressionIndex = 0): void => {
  if (doesFail(one)) act(one, problem, expressionIndex);
};

const doesFail = ({ policy }: Case): boolean => policy.spec?.failurePolicy !== 'Ignore';

const act = (one: Case, text: string, expressionIndex: number, reason?: string): void => {
  const { context } = one.attempt;
  const actions = one.binding.spec?.validationActions ?? [];
  if (actions.includes('Warn')) context.warn(`Validation failed for ${print(one)}: ${text}`);
  if (actions.includes('Audit')) {
    const failure = {
      message: text,
      policy: one.policy.metadata.name,
      binding: one.binding.metadata.name,
      expressionIndex,
      validationActions: actions,
    };
    context.annotate?.('validation.policy.admission.k8s.io/validation_failure', JSON.stringify([failure]));
  }
  if (actions.includes('Deny')) deny(one, text, reason);
};

const print = ({ policy, binding }: Case): string =>
  `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;

const deny = (one: Case, text: string, reason?: string): void => {
  const message = `${print(one)} denied request: ${text}`;
  const { message: whole, details } = forbidden(one.attempt.type, one.attempt.name, message);
  one.denials.push(new Fault(toReason(reason), whole, { ...details, causes: [{ reason: '', message }] }));
};

const toReason = (reason: string | undefined) => {
  if (reason === 'Unauthorized' || reason === 'Forbidden' || reason === 'RequestEntityTooLarge') return reason;
  return 'Invalid';
};

const toCompiled = compiledOnce(compilePolicy);
