import { Fault } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import type { Account } from '../cel/evaluate.ts';
import { limits } from '../cel/price.ts';
import { CelError } from '../cel/value.ts';
import { forbidden } from '../faults.ts';
import type { ResourceType } from '../resource.ts';
import { findBound, type Pair, toPairs } from './bound.ts';
import { compiledOnce } from './compiled.ts';
import { meets } from './conditions.ts';
import type { DecidePorts } from './decide.ts';
import type { Mutator } from './mutate.ts';
import {
  applyMutation,
  type CompiledMutations,
  compileMutations,
  type MutatingBinding,
  type MutatingSpec,
} from './mutation.ts';
import { findParams } from './params.ts';
import { toPatched } from './patched.ts';
import { type Attempt, kindAs, viewAs } from './request.ts';
import type { Sources } from './sources.ts';
import { toVariables, withParams } from './variables.ts';

/** The MutatingAdmissionPolicies that are bound, as what may change objects. All of them share one budget. */
export const policyMutators = ({ mutations }: Sources, ports: DecidePorts): Mutator[] => {
  const account = { left: limits.perObject };
  return toPairs(mutations.policies, mutations.bindings).map(pair => ({
    isRepeated: pair.policy.spec?.reinvocationPolicy === 'IfNeeded',
    async mutate(attempt) {
      if (attempt.object === undefined) return undefined;
      const as = await findBound(pair, attempt, ports);
      return as && mutate({ ...pair, as, ports, account }, attempt);
    },
  }));
};

interface Case extends Pair<MutatingSpec, MutatingBinding> {
  readonly as: ResourceType;
  readonly ports: DecidePorts;
  readonly account: Account;
}

const mutate = async (one: Case, attempt: Attempt): Promise<ApiObject | undefined> => {
  const compiled = toCompiled(one.policy);
  if (compiled instanceof CelError) return fail(one, attempt, compiled.message);
  const params = await findParams(one.policy.spec?.paramKind, one.binding.spec?.paramRef, attempt);
  if ('problem' in params) return fail(one, attempt, `failed to configure binding: ${params.problem}`, 'Forbidden');
  let made: ApiObject | undefined;
  for (const param of params.found) {
    const now = { ...attempt, object: made ?? attempt.object };
    made = (await mutateWith(one, now, compiled, param)) ?? made;
  }
  return made;
};

/** All mutations of the policy with one of its parameters. */
const mutateWith = async (
  one: Case,
  attempt: Attempt,
  compiled: CompiledMutations,
  param: ApiObject | null,
): Promise<ApiObject | undefined> => {
  const { as, ports, account } = one;
  const namespace = await ports.namespaceOf(attempt);
  const toScope = (now: Attempt) =>
    withParams(toVariables(now, as, ports.authorizer, namespace), param, compiled.variables, account);
  const verdict = await meets(compiled.conditions, toScope(attempt), { left: limits.matchConditions });
  if (verdict === 'skip') return undefined;
  if (verdict !== 'match') return fail(one, attempt, verdict.error);
  let now = attempt;
  for (const mutation of compiled.mutations) {
    if (now.object === undefined) return undefined;
    try {
      const view = viewAs(now, now.object, as);
      const result = await applyMutation(mutation, view, kindAs(now, as), toScope(now), account);
      const patched = result === view ? { object: now.object } : toPatched(now, result, as, true);
      if ('wrong' in patched) fail(one, attempt, patched.wrong);
      else now = { ...now, object: patched.object };
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      fail(one, attempt, error.message);
    }
  }
  return now.object;
};

/** What could not be done: the policy says whether the write fails with it. Whatever the reason, the code is 403. */
const fail = (
  { policy, binding }: Case,
  { type, name }: Attempt,
  problem: string,
  reason: 'Forbidden' | 'Invalid' = 'Invalid',
): undefined => {
  if (policy.spec?.failurePolicy === 'Ignore') return undefined;
  const text = `policy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${problem}`;
  const { details } = forbidden(type, name, text);
  throw new Fault(reason, text, { ...details, code: 403, causes: [{ reason: '', message: text }] });
};

const toCompiled = compiledOnce(compileMutations);
