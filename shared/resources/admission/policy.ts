import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import { cause, type Path } from '../../base/path.ts';
import { conditionCauses, expressionCauses, toEnvironment, toVariablesType } from '../../kube/admission/conditions.ts';
import type { CommonSpec } from '../../kube/admission/policy.ts';
import type { Environment } from '../../kube/cel/check.ts';
import { compile } from '../../kube/cel/compile.ts';
import { dyn, type Field, type Type } from '../../kube/cel/type.ts';
import { CelError } from '../../kube/cel/value.ts';
import type { Column } from '../../kube/resource.ts';
import { text } from '../text.ts';
import { checkMatch, failurePolicy, matchConditions, matchResources, oneOf } from './match.ts';

/** What policies that validate and policies that mutate say alike. */
export const policyFields = () => ({
  paramKind: z
    .object({ apiVersion: text('API version of the parameters.'), kind: text('Kind of the parameters.') })
    .partial()
    .meta({ description: 'Kind of the objects that parameterise the policy.', 'x-kubernetes-map-type': 'atomic' }),
  matchConstraints: matchResources('Which requests the policy is about. Required.'),
  matchConditions: matchConditions(),
  variables: z.array(z.object({ name: text('Name of the variable.'), expression: text('A CEL expression.') })).meta({
    description: 'Expressions that others use as `variables.name`; each sees those before it.',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-patch-merge-key': 'name',
  }),
  failurePolicy: failurePolicy(),
});

export const paramKindColumn: Column = {
  name: 'ParamKind',
  type: 'string',
  description: 'Kind of the parameters',
  value: ({ spec }) => {
    // What is stored was validated by the schema.
    const { paramKind } = (spec ?? {}) as CommonSpec;
    return paramKind ? `${paramKind.apiVersion}/${paramKind.kind}` : '<unset>';
  },
};

/** All that is wrong with what policies have in common, but for their variables. */
export const checkCommon = (policy: CommonSpec): Cause[] => {
  const { matchConstraints, paramKind } = policy;
  const at = ['spec'];
  const causes = oneOf([...at, 'failurePolicy'], policy.failurePolicy, ['Fail', 'Ignore']);
  if (paramKind) causes.push(...checkParamKind(paramKind, [...at, 'paramKind']));
  if ((matchConstraints?.resourceRules ?? []).length === 0)
    causes.push(cause.required([...at, 'matchConstraints', 'resourceRules']));
  if (matchConstraints) causes.push(...checkMatch(matchConstraints, [...at, 'matchConstraints']));
  causes.push(...conditionCauses(policy.matchConditions, [...at, 'matchConditions'], paramKind !== undefined));
  return causes;
};

const checkParamKind = ({ apiVersion = '', kind = '' }: NonNullable<CommonSpec['paramKind']>, path: Path): Cause[] => [
  ...(apiVersion === '' ? [cause.required([...path, 'apiVersion'])] : []),
  ...(kind === '' ? [cause.required([...path, 'kind'])] : []),
];

/** All that is wrong with a policy's variables, and what the expressions after them can name. */
export const checkVariables = (
  variables: CommonSpec['variables'] = [],
  patches = false,
): { readonly causes: Cause[]; readonly environment: Environment } => {
  const causes: Cause[] = [];
  const fields = new Map<string, Field>();
  const environmentOf = () => toEnvironment({ params: true, variables: toVariablesType(new Map(fields)), patches });
  // What is missing, the schema says.
  for (const [i, { name = '', expression }] of (
    variables as readonly Partial<(typeof variables)[number]>[]
  ).entries()) {
    const at = ['spec', 'variables', i];
    const environment = environmentOf();
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      causes.push(cause.invalid([...at, 'name'], name, 'name is not a valid CEL identifier'));
    if (fields.has(name)) causes.push(cause.duplicate([...at, 'name'], name));
    const found = expressionCauses([...at, 'expression'], expression, environment);
    causes.push(...found);
    fields.set(name, {
      name,
      type: expression !== undefined && found.length === 0 ? typeOf(expression, environment) : dyn,
    });
  }
  return { causes, environment: environmentOf() };
};

const typeOf = (expression: string, environment: Environment): Type => {
  try {
    return compile(expression, environment).type;
  } catch (error) {
    if (error instanceof CelError) return dyn;
    throw error;
  }
};
