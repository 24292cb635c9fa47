import { compile, type Program } from '../cel/compile.ts';
import { bool, type Field, nullType, string, type Type } from '../cel/type.ts';
import { type Condition, compileCondition, type MatchCondition, toEnvironment, toVariablesType } from './conditions.ts';
import type { Match } from './match.ts';

/** What policies that validate and policies that mutate say alike. */
export interface CommonSpec {
  readonly paramKind?: { readonly apiVersion?: string; readonly kind?: string };
  readonly matchConstraints?: Match;
  readonly failurePolicy?: string;
  readonly matchConditions?: readonly MatchCondition[];
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
}

/** Spec of a ValidatingAdmissionPolicy. */
export interface PolicySpec extends CommonSpec {
  readonly validations?: readonly Validation[];
  readonly auditAnnotations?: readonly { readonly key: string; readonly valueExpression: string }[];
}

export interface Validation {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

/** What bindings of all policies say. */
export interface CommonBinding {
  readonly policyName?: string;
  readonly paramRef?: ParamRef;
  readonly matchResources?: Match;
}

/** Spec of a ValidatingAdmissionPolicyBinding. */
export interface BindingSpec extends CommonBinding {
  readonly validationActions?: readonly string[];
}

export interface ParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly parameterNotFoundAction?: string;
}

/** Expressions of a policy that are ready to run. */
export interface CompiledCommon {
  readonly conditions: readonly Condition[];
  readonly variables: ReadonlyMap<string, Program>;
  /** Of `variables`, for the expressions that use them. */
  readonly variablesType: Type;
}

export interface CompiledPolicy extends CompiledCommon {
  readonly validations: readonly {
    readonly declared: Validation;
    readonly program: Program;
    readonly message?: Program;
  }[];
  readonly annotations: readonly { readonly key: string; readonly program: Program }[];
}

/** Throws CelError when an expression cannot work: policies are checked before they are stored. */
export const compilePolicy = (spec: PolicySpec): CompiledPolicy => {
  const common = compileCommon(spec);
  const environment = toEnvironment({ params: true, variables: common.variablesType });
  return {
    ...common,
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

/** Throws CelError. `patches`: objects and patches can be made. */
export const compileCommon = (spec: CommonSpec, patches = false): CompiledCommon => {
  const params = spec.paramKind !== undefined;
  const fields = new Map<string, Field>();
  const variables = new Map<string, Program>();
  for (const { name, expression } of spec.variables ?? []) {
    // A variable sees those before it.
    const before = toVariablesType(new Map(fields));
    const program = compile(expression, toEnvironment({ params: true, variables: before, patches }));
    variables.set(name, program);
    fields.set(name, { name, type: program.type });
  }
  return {
    variables,
    variablesType: toVariablesType(fields),
    conditions: (spec.matchConditions ?? []).map(condition => compileCondition(condition, params)),
  };
};
