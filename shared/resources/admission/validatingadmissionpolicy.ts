import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';
import { conditionCauses, expressionCauses, toEnvironment, toVariablesType } from '../../kube/admission/conditions.ts';
import type { PolicySpec } from '../../kube/admission/policy.ts';
import { compile } from '../../kube/cel/compile.ts';
import { bool, dyn, type Field, nullType, string } from '../../kube/cel/type.ts';
import { CelError } from '../../kube/cel/value.ts';
import { qualifiedNameErrors } from '../../kube/names.ts';
import { ageColumn, defineResource } from '../define.ts';
import { anyObject } from '../schema.ts';
import { text } from '../text.ts';
import { admission, checkMatch, failurePolicy, matchConditions, matchResources, oneOf } from './match.ts';
import { warningsOf } from './warnings.ts';

const atomic = { 'x-kubernetes-list-type': 'atomic' } as const;

const spec = z
  .object({
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
    validations: z
      .array(
        z.object({
          expression: text('A CEL expression that is true for what is allowed.'),
          message: text('What is said when it is not.').optional(),
          messageExpression: text('A CEL expression for what is said; wins over the message.').optional(),
          reason: text('Unauthorized, Forbidden, Invalid or RequestEntityTooLarge. Default: Invalid.').optional(),
        }),
      )
      .meta({ description: 'What must hold.', ...atomic }),
    auditAnnotations: z
      .array(
        z.object({
          key: text('Name of the annotation.'),
          valueExpression: text('A CEL expression for its text; null for none.'),
        }),
      )
      .meta({ description: 'Annotations of audit events.', ...atomic }),
    failurePolicy: failurePolicy(),
  })
  .partial();

const status = z
  .object({
    observedGeneration: z.int().meta({ format: 'int64', description: 'The generation that was checked.' }),
    typeChecking: z
      .object({
        expressionWarnings: z
          .array(z.object({ fieldRef: text('Where the expression stands.'), warning: text('What is wrong with it.') }))
          .meta(atomic)
          .optional(),
      })
      .meta({ description: 'What the schemas of the resources that are meant say about the expressions.' }),
    conditions: z.array(anyObject()).meta({
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    }),
  })
  .partial();

/** A policy in CEL about writes; ValidatingAdmissionPolicyBindings say where it holds and what follows. */
export const validatingAdmissionPolicy = defineResource(
  {
    ...admission,
    kind: 'ValidatingAdmissionPolicy',
    plural: 'validatingadmissionpolicies',
    scope: 'Cluster',
    native: true,
    description: 'A policy in CEL that writes must follow. Bindings say where it holds and what follows from it.',
    spec,
    status,
  },
  {
    columns: [
      {
        name: 'Validations',
        type: 'integer',
        description: 'How many validations',
        value: object => specOf(object).validations?.length ?? 0,
      },
      {
        name: 'ParamKind',
        type: 'string',
        description: 'Kind of the parameters',
        value: ({ spec }) => {
          const { paramKind } = (spec ?? {}) as PolicySpec;
          return paramKind ? `${paramKind.apiVersion}/${paramKind.kind}` : '<unset>';
        },
      },
      ageColumn,
    ],
    prepareCreate(draft, { registry }) {
      draft.status = toStatus(draft, registry.catalog);
    },
    prepareUpdate(draft, _, { registry, subresource }) {
      if (subresource !== 'status') draft.status = { ...draft.status, ...toStatus(draft, registry.catalog) };
    },
    validate: object => checkPolicy(specOf(object)),
  },
);

// What is stored was validated by the schema, and what is validated was shaped by it.
const specOf = (object: ApiObject): PolicySpec => (object.spec ?? {}) as PolicySpec;

const toStatus = (draft: ApiObject, catalog: Parameters<typeof warningsOf>[1]) => {
  const expressionWarnings = warningsOf(specOf(draft), catalog);
  return {
    observedGeneration: draft.metadata.generation ?? 1,
    typeChecking: expressionWarnings.length > 0 ? { expressionWarnings } : {},
  };
};

const checkPolicy = (policy: PolicySpec): Cause[] => {
  const { validations = [], auditAnnotations = [], matchConstraints } = policy;
  const at = ['spec'];
  const causes: Cause[] = [];
  if (validations.length === 0 && auditAnnotations.length === 0)
    causes.push(cause.required([...at, 'validations'], 'validations or auditAnnotations must be specified'));
  causes.push(...oneOf([...at, 'failurePolicy'], policy.failurePolicy, ['Fail', 'Ignore']));
  if (policy.paramKind) causes.push(...checkParamKind(policy.paramKind, [...at, 'paramKind']));
  if ((matchConstraints?.resourceRules ?? []).length === 0)
    causes.push(cause.required([...at, 'matchConstraints', 'resourceRules']));
  if (matchConstraints) causes.push(...checkMatch(matchConstraints, [...at, 'matchConstraints']));
  causes.push(...conditionCauses(policy.matchConditions, [...at, 'matchConditions'], policy.paramKind !== undefined));
  return [...causes, ...checkExpressions(policy)];
};

const checkParamKind = ({ apiVersion = '', kind = '' }: NonNullable<PolicySpec['paramKind']>, path: Path): Cause[] => [
  ...(apiVersion === '' ? [cause.required([...path, 'apiVersion'])] : []),
  ...(kind === '' ? [cause.required([...path, 'kind'])] : []),
];

const reasons = ['Unauthorized', 'Forbidden', 'Invalid', 'RequestEntityTooLarge'];

const checkExpressions = ({ variables = [], validations = [], auditAnnotations = [] }: PolicySpec): Cause[] => {
  const causes: Cause[] = [];
  const fields = new Map<string, Field>();
  for (const [i, { name, expression }] of variables.entries()) {
    const at = ['spec', 'variables', i];
    const environment = toEnvironment({ params: true, variables: toVariablesType(new Map(fields)) });
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      causes.push(cause.invalid([...at, 'name'], name, 'name is not a valid CEL identifier'));
    if (fields.has(name)) causes.push(cause.duplicate([...at, 'name'], name));
    const found = expressionCauses([...at, 'expression'], expression, environment);
    causes.push(...found);
    fields.set(name, { name, type: found.length === 0 ? typeOf(expression, environment) : dyn });
  }
  const environment = toEnvironment({ params: true, variables: toVariablesType(fields) });
  for (const [i, validation] of validations.entries()) {
    const at = ['spec', 'validations', i];
    causes.push(...expressionCauses([...at, 'expression'], validation.expression, environment, bool));
    if (validation.messageExpression !== undefined)
      causes.push(...expressionCauses([...at, 'messageExpression'], validation.messageExpression, environment, string));
    if (validation.message?.includes('\n'))
      causes.push(cause.invalid([...at, 'message'], validation.message, 'message must not contain line breaks'));
    causes.push(...oneOf([...at, 'reason'], validation.reason, reasons));
  }
  for (const [i, { key, valueExpression }] of auditAnnotations.entries()) {
    const at = ['spec', 'auditAnnotations', i];
    causes.push(...qualifiedNameErrors(`a/${key}`).map(error => cause.invalid([...at, 'key'], key, error)));
    causes.push(...expressionCauses([...at, 'valueExpression'], valueExpression, environment, string, nullType));
  }
  return causes;
};

const typeOf = (expression: string, environment: Parameters<typeof compile>[1]) => {
  try {
    return compile(expression, environment).type;
  } catch (error) {
    if (error instanceof CelError) return dyn;
    throw error;
  }
};
