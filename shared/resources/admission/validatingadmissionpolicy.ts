import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import { expressionCauses } from '../../kube/admission/conditions.ts';
import type { PolicySpec } from '../../kube/admission/policy.ts';
import { bool, nullType, string } from '../../kube/cel/type.ts';
import { qualifiedNameErrors } from '../../kube/names.ts';
import { ageColumn, defineResource } from '../define.ts';
import { anyObject } from '../schema.ts';
import { text } from '../text.ts';
import { admission, oneOf } from './match.ts';
import { checkCommon, checkVariables, paramKindColumn, policyFields } from './policy.ts';
import { warningsOf } from './warnings.ts';

const atomic = { 'x-kubernetes-list-type': 'atomic' } as const;

const spec = () =>
  z
    .object({
      ...policyFields(),
      validations: z
        .array(
          z.object({
            expression: text('A CEL expression that is true for what is allowed.'),
            message: text('What is said when it is not.').optional(),
            messageExpression: text('A CEL expression for what is said; wins over the message.').optional(),
            reason: text('Forbidden, Invalid or RequestEntityTooLarge. Default: Invalid.').optional(),
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
    })
    .partial();

const status = () =>
  z
    .object({
      observedGeneration: z.int().meta({ format: 'int64', description: 'The generation that was checked.' }),
      typeChecking: z
        .object({
          expressionWarnings: z
            .array(
              z.object({ fieldRef: text('Where the expression stands.'), warning: text('What is wrong with it.') }),
            )
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
      paramKindColumn,
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
  const { validations = [], auditAnnotations = [] } = policy;
  const causes =
    validations.length === 0 && auditAnnotations.length === 0
      ? [cause.required(['spec', 'validations'], 'validations or auditAnnotations must be specified')]
      : [];
  return [...causes, ...checkCommon(policy), ...checkExpressions(policy)];
};

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];

const checkExpressions = ({ variables, validations = [], auditAnnotations = [] }: PolicySpec): Cause[] => {
  const { causes, environment } = checkVariables(variables);
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
