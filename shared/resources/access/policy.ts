import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';
import { pathErrors, subdomainErrors } from '../../kube/names.ts';
import type { Column } from '../../kube/resource.ts';
import { text, texts } from '../text.ts';

/** Fields that the four RBAC kinds share (kubernetes-api reference §3.5). */
export const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' } as const;

export interface PolicyRuleField {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface SubjectField {
  readonly kind?: string;
  readonly apiGroup?: string;
  readonly name?: string;
  readonly namespace?: string;
}

export interface RoleRefField {
  readonly apiGroup?: string;
  readonly kind?: string;
  readonly name?: string;
}

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

export const subjects = () =>
  z
    .array(
      z
        .object({
          kind: text('User, Group or ServiceAccount.'),
          apiGroup: text(
            'rbac.authorization.k8s.io for User and Group, empty for ServiceAccount; filled in when absent.',
          ).optional(),
          name: text('Who is meant.'),
          namespace: text('Namespace of a ServiceAccount.').optional(),
        })
        .meta({ 'x-kubernetes-map-type': 'atomic' }),
    )
    .meta({ description: 'To whom the role is given.', 'x-kubernetes-list-type': 'atomic' });

export const roleRef = () =>
  z
    .object({
      apiGroup: text('rbac.authorization.k8s.io; filled in when absent.').optional(),
      kind: text('Role or ClusterRole.'),
      name: text('Name of the role.'),
    })
    .meta({ description: 'The role that is given. Never changes.', 'x-kubernetes-map-type': 'atomic' });

export const createdAt: Column = {
  name: 'Created At',
  type: 'string',
  description: 'When the object was created',
  jsonPath: '.metadata.creationTimestamp',
};

/** Fills in the API groups that a binding may leave out. */
export const completeBinding = (draft: ApiObject): void => {
  const ref = draft.roleRef as RoleRefField | undefined;
  if (ref && !ref.apiGroup) draft.roleRef = { ...ref, apiGroup: rbac.group };
  const subjects = subjectsOf(draft)?.map(subject =>
    subject.apiGroup || (subject.kind !== 'User' && subject.kind !== 'Group')
      ? subject
      : { ...subject, apiGroup: rbac.group },
  );
  if (subjects) draft.subjects = subjects;
};

// Shapes were checked by the schema before any hook sees the object; values were not.
export const rulesOf = (object: ApiObject) => (object.rules ?? []) as readonly PolicyRuleField[];
const subjectsOf = (object: ApiObject) => (object.subjects ?? undefined) as readonly SubjectField[] | undefined;

export const checkRules = (object: ApiObject, isNamespaced: boolean): Cause[] =>
  rulesOf(object).flatMap((rule, index) => checkRule(rule, isNamespaced, ['rules', index]));

export const checkBinding = (object: ApiObject, isNamespaced: boolean): Cause[] => [
  ...checkRoleRef((object.roleRef ?? {}) as RoleRefField, isNamespaced),
  ...(subjectsOf(object) ?? []).flatMap((subject, index) => checkSubject(subject, isNamespaced, ['subjects', index])),
];

export const checkBindingUpdate = (now: ApiObject, old: ApiObject): Cause[] => {
  const [ref, former] = [now.roleRef, old.roleRef] as [RoleRefField | undefined, RoleRefField | undefined];
  const isSame = ref?.apiGroup === former?.apiGroup && ref?.kind === former?.kind && ref?.name === former?.name;
  return isSame ? [] : [cause.invalid('roleRef', ref ?? {}, 'cannot change roleRef')];
};

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

const checkRoleRef = (ref: RoleRefField, isNamespaced: boolean): Cause[] => {
  const causes: Cause[] = [];
  const kinds = isNamespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (ref.apiGroup !== rbac.group)
    causes.push(cause.notSupported('roleRef.apiGroup', ref.apiGroup ?? '', [rbac.group]));
  if (!kinds.includes(ref.kind ?? '')) causes.push(cause.notSupported('roleRef.kind', ref.kind ?? '', kinds));
  if (!ref.name) causes.push(cause.required('roleRef.name'));
  else causes.push(...pathErrors(ref.name).map(message => cause.invalid('roleRef.name', ref.name, message)));
  return causes;
};

const checkSubject = (subject: SubjectField, isNamespaced: boolean, path: Path): Cause[] => {
  const { kind = '', name = '', apiGroup = '', namespace = '' } = subject;
  const causes: Cause[] = name === '' ? [cause.required([...path, 'name'])] : [];
  if (kind === 'ServiceAccount') {
    if (name !== '')
      causes.push(...subdomainErrors(name).map(message => cause.invalid([...path, 'name'], name, message)));
    if (apiGroup !== '') causes.push(cause.notSupported([...path, 'apiGroup'], apiGroup, ['']));
    if (!isNamespaced && namespace === '') causes.push(cause.required([...path, 'namespace']));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== rbac.group) causes.push(cause.notSupported([...path, 'apiGroup'], apiGroup, [rbac.group]));
  } else causes.push(cause.notSupported([...path, 'kind'], kind, ['ServiceAccount', 'User', 'Group']));
  return causes;
};

/** What `kubectl get` shows of a binding. */
export const bindingColumns: readonly Column[] = [
  {
    name: 'Role',
    type: 'string',
    description: 'The role that is given',
    value(object) {
      const ref = object.roleRef as RoleRefField | undefined;
      return `${ref?.kind ?? ''}/${ref?.name ?? ''}`;
    },
  },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  { name: 'Users', type: 'string', description: 'Users in the binding', priority: 1, value: names('User') },
  { name: 'Groups', type: 'string', description: 'Groups in the binding', priority: 1, value: names('Group') },
  {
    name: 'ServiceAccounts',
    type: 'string',
    description: 'ServiceAccounts in the binding',
    priority: 1,
    value: names('ServiceAccount'),
  },
];

function names(kind: string): (object: ApiObject) => string {
  return object =>
    (subjectsOf(object) ?? [])
      .filter(subject => subject.kind === kind)
      .map(subject => (kind === 'ServiceAccount' ? `${subject.namespace ?? ''}/${subject.name}` : subject.name))
      .join(', ');
}
