import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import type { BindingSpec } from '../../kube/admission/policy.ts';
import { ageColumn, defineResource } from '../define.ts';
import { bindingColumns, bindingFields, checkCommonBinding } from './binding.ts';
import { admission, oneOf } from './match.ts';

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
    spec: () =>
      z
        .object({
          ...bindingFields(),
          validationActions: z
            .array(z.string())
            .meta({ description: 'What follows: Deny, Warn, Audit.', 'x-kubernetes-list-type': 'set' }),
        })
        .partial(),
  },
  {
    columns: [...bindingColumns, ageColumn],
    validate: object => checkBinding(specOf(object)),
  },
);

// What is validated was shaped by the schema.
const specOf = (object: ApiObject): BindingSpec => (object.spec ?? {}) as BindingSpec;

const checkBinding = (spec: BindingSpec): Cause[] => {
  const { validationActions = [] } = spec;
  const at = ['spec', 'validationActions'];
  const causes = checkCommonBinding(spec);
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
