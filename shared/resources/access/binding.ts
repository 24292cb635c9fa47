import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';
import { pathErrors, subdomainErrors } from '../../kube/names.ts';
import type { Column } from '../../kube/resource.ts';
import { text } from '../text.ts';
import { rbac } from './rule.ts';

/** What bindings say: who gets which role (kubernetes-api reference §3.5). */
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

/** Fills in the API groups that a binding may leave out. What else is missing is empty, and refused as such. */
export const completeBinding = (draft: ApiObject): void => {
  const ref = draft.roleRef as RoleRefField | undefined;
  draft.roleRef = { kind: '', name: '', ...ref, apiGroup: ref?.apiGroup || rbac.group };
  const subjects = subjectsOf(draft)?.map(subject => {
    const whole = { kind: '', name: '', ...subject };
    const isNamed = whole.kind === 'User' || whole.kind === 'Group';
    return isNamed && !whole.apiGroup ? { ...whole, apiGroup: rbac.group } : whole;
  });
  if (subjects) draft.subjects = subjects;
};

export const checkBinding = (object: ApiObject, isNamespaced: boolean): Cause[] => [
  ...checkRoleRef((object.roleRef ?? {}) as RoleRefField, isNamespaced),
  ...(subjectsOf(object) ?? []).flatMap((subject, index) => checkSubject(subject, isNamespaced, ['subjects', index])),
];

export const checkBindingUpdate = (now: ApiObject, old: ApiObject): Cause[] => {
  const [ref, former] = [now.roleRef, old.roleRef] as [RoleRefField | undefined, RoleRefField | undefined];
  const isSame = ref?.apiGroup === former?.apiGroup && ref?.kind === former?.kind && ref?.name === former?.name;
  if (isSame) return [];
  // Spelled as upstream's internal type prints it.
  const value = { APIGroup: ref?.apiGroup ?? '', Kind: ref?.kind ?? '', Name: ref?.name ?? '' };
  return [cause.invalid('roleRef', value, 'cannot change roleRef')];
};

interface SubjectField {
  readonly kind?: string;
  readonly apiGroup?: string;
  readonly name?: string;
  readonly namespace?: string;
}

interface RoleRefField {
  readonly apiGroup?: string;
  readonly kind?: string;
  readonly name?: string;
}

// The shape was checked by the schema before any hook sees the object; values were not.
const subjectsOf = (object: ApiObject) => (object.subjects ?? undefined) as readonly SubjectField[] | undefined;

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
