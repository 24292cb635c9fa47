import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import { cause } from '../../base/path.ts';
import type { CommonBinding, ParamRef } from '../../kube/admission/policy.ts';
import { subdomainErrors } from '../../kube/names.ts';
import type { Column } from '../../kube/resource.ts';
import { labelSelector } from '../selector.ts';
import { text } from '../text.ts';
import { checkMatch, matchResources, oneOf } from './match.ts';

/** What bindings of all policies say. */
export const bindingFields = () => ({
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
});

export const bindingColumns: readonly Column[] = [
  { name: 'PolicyName', type: 'string', description: 'The policy', jsonPath: '.spec.policyName' },
  {
    name: 'ParamRef',
    type: 'string',
    description: 'The parameters',
    value: ({ spec }) => {
      // What is stored was validated by the schema.
      const { paramRef } = (spec ?? {}) as CommonBinding;
      if (!paramRef) return '<unset>';
      return paramRef.name ? `${paramRef.namespace ? `${paramRef.namespace}/` : ''}${paramRef.name}` : '<selector>';
    },
  },
];

/** All that is wrong with what bindings have in common. */
export const checkCommonBinding = ({ policyName = '', paramRef, matchResources: match }: CommonBinding): Cause[] => {
  const at = ['spec', 'policyName'];
  const causes =
    policyName === ''
      ? [cause.required(at)]
      : subdomainErrors(policyName).map(error => cause.invalid(at, policyName, error));
  if (paramRef) causes.push(...checkParamRef(paramRef));
  if (match) causes.push(...checkMatch(match, ['spec', 'matchResources']));
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
