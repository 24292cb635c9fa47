import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';
import { expressionCauses } from '../../kube/admission/conditions.ts';
import { expressionOf, type MutatingSpec, type Mutation, mutationTypes } from '../../kube/admission/mutation.ts';
import type { Environment } from '../../kube/cel/check.ts';
import { ageColumn, defineResource } from '../define.ts';
import { text } from '../text.ts';
import { admission, oneOf } from './match.ts';
import { checkCommon, checkVariables, paramKindColumn, policyFields } from './policy.ts';

const expression = (description: string, what: string) =>
  z.object({ expression: text(what).optional() }).meta({ description });

const spec = () =>
  z
    .object({
      ...policyFields(),
      mutations: z
        .array(
          z.object({
            patchType: text('ApplyConfiguration or JSONPatch.').optional(),
            applyConfiguration: expression(
              'What is merged into the object, as server-side apply merges.',
              'A CEL expression that makes an object: `Object{metadata: Object.metadata{labels: {"a": "b"}}}`.',
            ).optional(),
            jsonPatch: expression(
              'What is changed in the object, operation by operation.',
              'A CEL expression that makes a list: `[JSONPatch{op: "add", path: "/metadata/labels/a", value: "b"}]`.',
            ).optional(),
          }),
        )
        .meta({ description: 'What is changed, in this order.', 'x-kubernetes-list-type': 'atomic' }),
      reinvocationPolicy: text('Never, or IfNeeded: once more when something changed the object afterwards.'),
    })
    .partial();

const inVersion = (version: string) =>
  defineResource(
    {
      ...admission,
      version,
      kind: 'MutatingAdmissionPolicy',
      plural: 'mutatingadmissionpolicies',
      scope: 'Cluster',
      native: true,
      description: 'A policy in CEL that changes objects before they are stored. Bindings say where it holds.',
      spec,
    },
    {
      columns: [
        {
          name: 'Mutations',
          type: 'integer',
          description: 'How many mutations',
          value: object => specOf(object).mutations?.length ?? 0,
        },
        paramKindColumn,
        ageColumn,
      ],
      validate: object => checkPolicy(specOf(object)),
    },
  );

/** A policy in CEL that changes objects; MutatingAdmissionPolicyBindings say where it holds. */
export const mutatingAdmissionPolicy = inVersion('v1');
/** The same as clients before 1.36 know it. */
export const mutatingAdmissionPolicyBeta = inVersion('v1beta1');

// What is stored was validated by the schema, and what is validated was shaped by it.
const specOf = (object: ApiObject): MutatingSpec => (object.spec ?? {}) as MutatingSpec;

const checkPolicy = (policy: MutatingSpec): Cause[] => {
  const { mutations = [], reinvocationPolicy = '' } = policy;
  const at = ['spec', 'mutations'];
  const { causes, environment } = checkVariables(policy.variables, true);
  if (mutations.length === 0) causes.push(cause.required(at));
  for (const [i, mutation] of mutations.entries()) causes.push(...checkMutation(mutation, [...at, i], environment));
  const again = ['spec', 'reinvocationPolicy'];
  if (reinvocationPolicy === '') causes.push(cause.required(again));
  else causes.push(...oneOf(again, reinvocationPolicy, ['IfNeeded', 'Never']));
  return [...checkCommon(policy), ...checkOperations(policy), ...causes];
};

const checkMutation = (mutation: Mutation, path: Path, environment: Environment): Cause[] => {
  const { patchType = '' } = mutation;
  if (patchType === '') return [cause.required([...path, 'patchType'])];
  if (patchType !== 'ApplyConfiguration' && patchType !== 'JSONPatch') {
    return oneOf([...path, 'patchType'], patchType, ['ApplyConfiguration', 'JSONPatch']);
  }
  const [field, other] =
    patchType === 'JSONPatch'
      ? (['jsonPatch', 'applyConfiguration'] as const)
      : (['applyConfiguration', 'jsonPatch'] as const);
  const causes: Cause[] = [];
  if (mutation[other] !== undefined)
    causes.push(cause.forbidden([...path, other], `must not be set when patchType is ${patchType}`));
  if (mutation[field] === undefined)
    return [...causes, cause.required([...path, field], `must be set when patchType is ${patchType}`)];
  const at = [...path, field, 'expression'];
  return [...causes, ...expressionCauses(at, expressionOf(mutation), environment, mutationTypes[patchType])];
};

/** There is nothing to change in what is deleted. */
const checkOperations = ({ matchConstraints }: MutatingSpec): Cause[] =>
  (matchConstraints?.resourceRules ?? []).flatMap(({ operations = [] }, i) =>
    operations.flatMap((operation, j) => {
      if (operation !== 'CONNECT' && operation !== 'DELETE') return [];
      const at = ['spec', 'matchConstraints', 'resourceRules', i, 'operations', j];
      return [cause.notSupported(at, operation, ['*', 'CREATE', 'UPDATE'])];
    }),
  );
