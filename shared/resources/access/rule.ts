import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';
import type { Column } from '../../kube/resource.ts';
import { texts } from '../text.ts';

/** Where the four RBAC kinds are served. */
export const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' } as const;

/** What roles grant (kubernetes-api reference §3.5). */
export const rules = () =>
  z
    .array(
      z.object({
        verbs: texts(
          'What may be done: get, list, watch, create, update, patch, delete, deletecollection, … or `*`.',
        ).optional(),
        apiGroups: texts('API groups of the resources; an empty text is the core group, `*` is all.').optional(),
        resources: texts('Resources, or parts of them such as `devices/log`; `*` is all.').optional(),
        resourceNames: texts('Only objects with these names; empty for all.').optional(),
        nonResourceURLs: texts(
          'URL paths that are no resources; a trailing `*` stands for whatever follows. Cluster roles only.',
        ).optional(),
      }),
    )
    .meta({ description: 'What the role grants.', 'x-kubernetes-list-type': 'atomic' });

export const createdAt: Column = {
  name: 'Created At',
  type: 'string',
  description: 'When the object was created',
  jsonPath: '.metadata.creationTimestamp',
};

export const checkRules = (object: ApiObject, isNamespaced: boolean): Cause[] =>
  rulesOf(object).flatMap((rule, index) => checkRule(rule, isNamespaced, ['rules', index]));

interface PolicyRuleField {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

// The shape was checked by the schema before any hook sees the object; values were not.
const rulesOf = (object: ApiObject) => (object.rules ?? []) as readonly PolicyRuleField[];
const checkRule = (rule: PolicyRuleField, isNamespaced: boolean, path: Path): Cause[] => {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const causes: Cause[] = [];
  if (verbs.length === 0) causes.push(cause.required([...path, 'verbs'], 'verbs must contain at least one value'));
  if (nonResourceURLs.length > 0) {
    const at = [...path, 'nonResourceURLs'];
    if (isNamespaced)
      causes.push(cause.invalid(at, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (apiGroups.length + resources.length + resourceNames.length > 0)
      causes.push(
        cause.invalid(at, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'),
      );
    return causes;
  }
  if (apiGroups.length === 0)
    causes.push(cause.required([...path, 'apiGroups'], 'resource rules must supply at least one api group'));
  if (resources.length === 0)
    causes.push(cause.required([...path, 'resources'], 'resource rules must supply at least one resource'));
  return causes;
};
