import type { Guards } from '../../kube/access/escalate.ts';
import { defineResource, type Resource } from '../define.ts';
import { bindingColumns, checkBinding, checkBindingUpdate, completeBinding, roleRef, subjects } from './binding.ts';
import { rbac } from './rule.ts';

export const roleBinding = (guards: Guards): Resource =>
  defineResource(
    {
      ...rbac,
      kind: 'RoleBinding',
      plural: 'rolebindings',
      scope: 'Namespaced',
      native: true,
      description: 'Gives a role to users, groups or service accounts within one namespace.',
      fields: () => ({ subjects: subjects(), roleRef: roleRef() }),
      required: ['roleRef'],
    },
    {
      columns: [...bindingColumns],
      allowCreateOnUpdate: true,
      nameRule: 'path',
      prepareCreate: completeBinding,
      prepareUpdate: completeBinding,
      admit: (draft, old, context) => guards.admitBinding('rolebindings', draft, old, context),
      validate: object => checkBinding(object, true),
      validateUpdate: checkBindingUpdate,
    },
  );
