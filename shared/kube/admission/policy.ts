import { compile, type Program } from '../cel/compile.ts';
import { bool, type Field, nullType, string } from '../cel/type.ts';
import { compileCondition, type MatchCondition, toEnvironment, toVariablesType } from './conditions.ts';
import type { Match } from './match.ts';

/** Spec of a ValidatingAdmissionPolicy. */
export interface PolicySpec {
  readonly paramKind?: { readonly apiVersion?: string; readonly kind?: string };
  readonly matchConstraints?: Match;
  readonly validations?: readonly Validation[];
  readonly failurePolicy?: string;
  readonly auditAnnotations?: readonly { readonly key: string; readonly valueExpression: string }[];
  readonly matchConditions?: readonly MatchCondition[];
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
}

export interface Validation {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

/** Spec of a ValidatingAdmissionPolicyBinding. */
export interface BindingSpec {
  readonly policyName?: string;
  readonly paramRef?: ParamRef;
  readonly matchResources?: Match;
  readonly validationActions?: readonly string[];
}

export interface ParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly parameterNotFoundAction?: string;
}

/** A policy whose expressions are ready to run. */
export interface CompiledPolicy {
  readonly spec: PolicySpec;
  readonly conditions: readonly { readonly name: string; readonly program: Program }[];
  readonly variables: ReadonlyMap<string, Program>;
  readonly validations: readonly {
    readonly declared: Validation;
    readonly program: Program;
    readonly message?: Program;
  }[];
  readonly annotations: readonly { readonly key: string; readonly program: Program }[];
}

/** Throws CelError when an expression cannot work: policies are checked before they are stored. */
export const compilePolicy = (spec: PolicySpec): CompiledPolicy => {
  const params = spec.paramKind !== undefined;
  const fields = new Map<string, Field>();
  const variables = new Map<string, Program>();
  for (const { name, expression } of spec.variables ?? []) {
    // A variable sees those before it.
    const program = compile(expression, toEnvironment({ params: true, variables: toVariablesType(new Map(fields)) }));
    variables.set(name, program);
    fields.set(name, { name, type: program.type });
  }
  const environment = toEnvironment({ params: true, variables: toVariablesType(fields) });
  return {
    spec,
    variables,
    conditions: (spec.matchConditions ?? []).map(condition => ({
      name: condition.name,
      program: compileCondition(condition, params),
    })),
    validations: (spec.validations ?? []).map(declared => ({
      declared,
      program: compile(declared.expression, environment, bool),
      ...(declared.messageExpression !== undefined && {
        message: compile(declared.messageExpression, environment, string),
      }),
    })),
    annotations: (spec.auditAnnotations ?? []).map(({ key, valueExpression }) => ({
      key,
      program: compile(valueExpression, environment, string, nullType),
    })),
  };
};
