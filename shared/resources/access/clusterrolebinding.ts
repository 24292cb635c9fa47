import type { Guards } from '../../kube/access/escalate.ts';
import { defineResource, type Resource } from '../define.ts';
import { bindingColumns, checkBinding, checkBindingUpdate, completeBinding, roleRef, subjects } from './binding.ts';
import { rbac } from './rule.ts';

export const clusterRoleBinding = (guards: Guards): Resource =>
  defineResource(
    {
      ...rbac,
      kind: 'ClusterRoleBinding',
      plural: 'clusterrolebindings',
      scope: 'Cluster',
      native: true,
      description: 'Gives a ClusterRole to users, groups or service accounts in the whole cluster.',
      fields: () => ({ subjects: subjects(), roleRef: roleRef() }),
      required: ['roleRef'],
    },
    {
      columns: [...bindingColumns],
      allowCreateOnUpdate: true,
      nameRule: 'path',
      prepareCreate: completeBinding,
      prepareUpdate: completeBinding,
      admit: (draft, old, context) => guards.admitBinding('clusterrolebindings', draft, old, context),
      validate: object => checkBinding(object, false),
      validateUpdate: checkBindingUpdate,
    },
  );
