import type { Guards } from '../../kube/access/escalate.ts';
import { defineResource, type Resource } from '../define.ts';
import { checkRules, createdAt, rbac, rules } from './rule.ts';

export const role = (guards: Guards): Resource =>
  defineResource(
    {
      ...rbac,
      kind: 'Role',
      plural: 'roles',
      scope: 'Namespaced',
      native: true,
      description: 'A set of permissions within one namespace. A RoleBinding gives it to somebody.',
      fields: () => ({ rules: rules() }),
    },
    {
      columns: [createdAt],
      allowCreateOnUpdate: true,
      nameRule: 'path',
      admit: (draft, old, context) => guards.admitRole('roles', draft, old, context),
      validate: object => checkRules(object, true),
    },
  );
