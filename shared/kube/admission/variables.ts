import type { ApiObject } from '../../base/object.ts';
import type { Authorizer } from '../access/user.ts';
import type { Program } from '../cel/compile.ts';
import type { Account, Variables } from '../cel/evaluate.ts';
import { AuthorizerValue, Questions } from '../cel/library/authorizer.ts';
import { lift } from '../cel/lift.ts';
import { dyn } from '../cel/type.ts';
import { CelError, Dictionary, type Value } from '../cel/value.ts';
import type { ResourceType } from '../resource.ts';
import { type Attempt, requestType, toRequest } from './request.ts';

/** What expressions of admission see of an attempt in the form of a type. */
export const toVariables = (
  attempt: Attempt,
  as: ResourceType,
  authorizer: Authorizer,
  namespace: ApiObject | undefined,
): Variables => {
  const { object, oldObject, ...request } = toRequest(attempt, '', as);
  const known = new Map<string, Value>([
    ['object', lift(object, dyn)],
    ['oldObject', lift(oldObject, dyn)],
    ['request', lift(request, requestType)],
    ['namespaceObject', attempt.namespace === '' ? null : lift(namespace ?? null, dyn)],
    ['authorizer', toAuthorizer(attempt, as, authorizer)],
  ]);
  return name => known.get(name);
};

const toAuthorizer = (attempt: Attempt, as: ResourceType, authorizer: Authorizer): AuthorizerValue => {
  const { namespace, name, subresource } = attempt;
  return new AuthorizerValue(attempt.context.user, new Questions(authorizer), {
    group: as.group,
    version: as.version,
    resource: as.plural,
    ...(subresource !== '' && { subresource }),
    ...(namespace !== '' && { namespace }),
    ...(name !== '' && { name }),
  });
};

/** The same with the parameters of a binding, and with the policy's variables, each worked out when it is looked at. */
export const withParams = (
  base: Variables,
  params: ApiObject | null,
  programs: ReadonlyMap<string, Program>,
  account: Account,
): Variables => {
  const lifted = lift(params, dyn);
  const all: Variables = name => (name === 'params' ? lifted : name === 'variables' ? variables : base(name));
  const variables = new LazyVariables(programs, program => program.run(all, account));
  return all;
};

class LazyVariables extends Dictionary {
  readonly #programs: ReadonlyMap<string, Program>;
  readonly #run: (program: Program) => Value;
  readonly #values = new Map<string, Value | CelError>();

  constructor(programs: ReadonlyMap<string, Program>, run: (program: Program) => Value) {
    super();
    this.#programs = programs;
    this.#run = run;
  }
  get size(): number {
    return this.#programs.size;
  }
  get(key: Value): Value | undefined {
    const program = typeof key === 'string' ? this.#programs.get(key) : undefined;
    if (typeof key !== 'string' || program === undefined) return undefined;
    const known = this.#values.get(key) ?? this.#compute(key, program);
    if (known instanceof CelError) throw known;
    return known;
  }
  keys(): readonly Value[] {
    return [...this.#programs.keys()];
  }
  /** What fails once fails again, and is not tried again. */
  #compute(name: string, program: Program): Value | CelError {
    let outcome: Value | CelError;
    try {
      outcome = this.#run(program);
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      outcome = new CelError(`composited variable ${JSON.stringify(name)} fails to evaluate: ${error.message}`);
    }
    this.#values.set(name, outcome);
    return outcome;
  }
}
