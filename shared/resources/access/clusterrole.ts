import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import type { Guards } from '../../kube/access/escalate.ts';
import { checkLabelSelector, type LabelSelectorObject } from '../../kube/select/labels.ts';
import { defineResource, type Resource } from '../define.ts';
import { labelSelector } from '../selector.ts';
import { checkRules, createdAt, rbac, rules } from './rule.ts';

export const clusterRole = (guards: Guards): Resource =>
  defineResource(
    {
      ...rbac,
      kind: 'ClusterRole',
      plural: 'clusterroles',
      scope: 'Cluster',
      native: true,
      description:
        'A set of permissions. A ClusterRoleBinding gives it in the whole cluster, a RoleBinding in one namespace.',
      fields: () => ({
        rules: rules(),
        aggregationRule: z
          .object({
            clusterRoleSelectors: z
              .array(labelSelector('Chooses ClusterRoles by their labels.'))
              .meta({
                description: 'ClusterRoles that any of these selects are gathered.',
                'x-kubernetes-list-type': 'atomic',
              })
              .optional(),
          })
          .meta({
            description: "Makes the rules the union of other ClusterRoles' rules; rules written here are replaced.",
          }),
      }),
    },
    {
      columns: [createdAt],
      allowCreateOnUpdate: true,
      nameRule: 'path',
      admit: (draft, old, context) => guards.admitRole('clusterroles', draft, old, context),
      validate: object => [...checkRules(object, false), ...checkAggregation(object)],
    },
  );

const checkAggregation = (object: ApiObject): Cause[] => {
  // The shape was checked by the schema before any hook sees the object.
  const rule = (object.aggregationRule ?? undefined) as { clusterRoleSelectors?: LabelSelectorObject[] } | undefined;
  if (!rule) return [];
  const path = ['aggregationRule', 'clusterRoleSelectors'];
  const selectors = rule.clusterRoleSelectors ?? [];
  if (selectors.length === 0)
    return [cause.required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return selectors.flatMap((selector, index) => {
    const causes = checkLabelSelector(selector, [...path, index]);
    return causes.length === 0 ? [] : [...causes, cause.invalid([...path, index], null, 'invalid label selector.')];
  });
};
