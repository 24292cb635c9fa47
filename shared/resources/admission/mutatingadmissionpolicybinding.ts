import * as z from 'zod';
import type { MutatingBinding } from '../../kube/admission/mutation.ts';
import { ageColumn, defineResource } from '../define.ts';
import { bindingColumns, bindingFields, checkCommonBinding } from './binding.ts';
import { admission } from './match.ts';

const inVersion = (version: string) =>
  defineResource(
    {
      ...admission,
      version,
      kind: 'MutatingAdmissionPolicyBinding',
      plural: 'mutatingadmissionpolicybindings',
      scope: 'Cluster',
      native: true,
      description: 'Says where a MutatingAdmissionPolicy holds, and with which parameters.',
      spec: () => z.object(bindingFields()).partial(),
    },
    {
      columns: [...bindingColumns, ageColumn],
      // What is validated was shaped by the schema.
      validate: ({ spec }) => checkCommonBinding((spec ?? {}) as MutatingBinding),
    },
  );

/** Where a MutatingAdmissionPolicy holds. */
export const mutatingAdmissionPolicyBinding = inVersion('v1');
/** The same as clients before 1.36 know it. */
export const mutatingAdmissionPolicyBindingBeta = inVersion('v1beta1');
