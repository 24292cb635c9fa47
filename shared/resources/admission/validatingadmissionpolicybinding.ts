import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import type { BindingSpec, ParamRef } from '../../kube/admission/policy.ts';
import { ageColumn, defineResource } from '../define.ts';
import { labelSelector } from '../selector.ts';
import { text } from '../text.ts';
import { admission, checkMatch, matchResources, oneOf } from './match.ts';

/** Where a ValidatingAdmissionPolicy holds, with which parameters, and what follows. */
export const validatingAdmissionPolicyBinding = defineResource(
  {
    ...admission,
    kind: 'ValidatingAdmissionPolicyBinding',
    plural: 'validatingadmissionpolicybindings',
    scope: 'Cluster',
    native: true,
    description:
      'Says where a ValidatingAdmissionPolicy holds, with which parameters, and what follows when it is not met.',
    spec: z
      .object({
        policyName: text('The policy.'),
        paramRef: z
          .object({
            name: text('The object with the parameters.'),
            namespace: text('Its namespace; that of the request when absent.'),
            selector: labelSelector('Objects with parameters, by their labels; each is applied.'),
            parameterNotFoundAction: text('What follows when there are none: Allow or Deny.'),
          })
          .partial()
          .meta({ description: 'Which objects have the parameters.', 'x-kubernetes-map-type': 'atomic' }),
        matchResources: matchResources('Which of the requests that the policy is about are meant. Absent: all.'),
        validationActions: z
          .array(z.string())
          .meta({ description: 'What follows: Deny, Warn, Audit.', 'x-kubernetes-list-type': 'set' }),
      })
      .partial(),
  },
  {
    columns: [
      { name: 'PolicyName', type: 'string', description: 'The policy', jsonPath: '.spec.policyName' },
      {
        name: 'ParamRef',
        type: 'string',
        description: 'The parameters',
        value: object => {
          const { paramRef } = specOf(object);
          if (!paramRef) return '<unset>';
          return paramRef.name ? `${paramRef.namespace ? `${paramRef.namespace}/` : ''}${paramRef.name}` : '<selector>';
        },
      },
      ageColumn,
    ],
    validate: object => checkBinding(specOf(object)),
  },
);

// What is validated was shaped by the schema.
const specOf = (object: ApiObject): BindingSpec => (object.spec ?? {}) as BindingSpec;

const checkBinding = ({
  policyName = '',
  paramRef,
  matchResources: match,
  validationActions = [],
}: BindingSpec): Cause[] => {
  const at = ['spec', 'validationActions'];
  const causes = policyName === '' ? [cause.required(['spec', 'policyName'])] : [];
  if (paramRef) causes.push(...checkParamRef(paramRef));
  if (match) causes.push(...checkMatch(match, ['spec', 'matchResources']));
  if (validationActions.length === 0) causes.push(cause.required(at, 'at least one validation action is required'));
  for (const [i, action] of validationActions.entries())
    causes.push(...oneOf([...at, i], action, ['Audit', 'Deny', 'Warn']));
  if (validationActions.includes('Deny') && validationActions.includes('Warn')) {
    causes.push(
      cause.invalid(
        at,
        validationActions,
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ),
    );
  }
  return causes;
};

const checkParamRef = ({ name, selector, parameterNotFoundAction }: ParamRef): Cause[] => {
  const at = ['spec', 'paramRef'];
  const causes: Cause[] = [];
  if (name && selector) causes.push(cause.forbidden([...at, 'name'], 'name and selector are mutually exclusive'));
  if (!name && !selector) causes.push(cause.required(at, 'one of name or selector must be specified'));
  if (!parameterNotFoundAction) causes.push(cause.required([...at, 'parameterNotFoundAction']));
  else causes.push(...oneOf([...at, 'parameterNotFoundAction'], parameterNotFoundAction, ['Allow', 'Deny']));
  return causes;
};
