import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toKey } from '../../../shared/base/object.ts';
import { createRbac } from '../../../shared/kube/access/rbac.ts';
import type { PolicyRule } from '../../../shared/kube/access/rules.ts';
import type { Attributes, User } from '../../../shared/kube/access/user.ts';
import { createMemoryStore } from '../../../shared/store/drivers/memory.ts';
import { createTestPorts } from '../../support/ports.ts';

interface Role {
  readonly namespace?: string;
  readonly name: string;
  readonly rules: readonly PolicyRule[];
}

interface Binding {
  readonly namespace?: string;
  readonly name: string;
  readonly roleRef: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

interface World {
  readonly roles: readonly Role[];
  readonly bindings: readonly Binding[];
}

const plural = (object: Role | Binding): string =>
  `${object.namespace === undefined ? 'cluster' : ''}${'rules' in object ? 'roles' : 'rolebindings'}`;

const startWorld = async ({ roles, bindings }: World) => {
  const store = createMemoryStore({ clock: createTestPorts().clock });
  const write = async (object: Role | Binding, gone = false) => {
    const type = `objects/rbac.authorization.k8s.io/${plural(object)}`;
    const key = toKey(object);
    const expected = (await store.get(type, key))?.revision ?? 0;
    const value = new TextEncoder().encode(JSON.stringify(object));
    await store.commit(type, gone ? { key, expected, delete: true } : { key, expected, value });
  };
  for (const object of [...roles, ...bindings]) await write(object);
  return { write, store, rbac: createRbac({ store }) };
};

const user = (name: string, ...groups: string[]): User => ({ name, groups });
const ask = (who: User, verb: string, resource: Partial<NonNullable<Attributes['resource']>> = {}): Attributes => ({
  user: who,
  verb,
  resource: { group: '', version: 'v1', resource: 'configmaps', ...resource },
});

const world: World = {
  roles: [
    { name: 'reader', rules: [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['configmaps'] }] },
    { name: 'logs', rules: [{ verbs: ['get'], apiGroups: ['g'], resources: ['*/log', 'x/status'] }] },
    { name: 'named', rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: ['one'] }] },
    { name: 'urls', rules: [{ verbs: ['get'], nonResourceURLs: ['/healthz*', '/apis/*', '/version'] }] },
    { namespace: 'a', name: 'reader', rules: [{ verbs: ['delete'], apiGroups: [''], resources: ['secrets'] }] },
  ],
  bindings: [
    {
      name: 'all-readers',
      roleRef: { kind: 'ClusterRole', name: 'reader' },
      subjects: [{ kind: 'Group', name: 'readers' }],
    },
    { name: 'broken', roleRef: { kind: 'ClusterRole', name: 'gone' }, subjects: [{ kind: 'User', name: 'lost' }] },
    { name: 'probe', roleRef: { kind: 'ClusterRole', name: 'urls' }, subjects: [{ kind: 'User', name: 'probe' }] },
    {
      namespace: 'a',
      name: 'local',
      roleRef: { kind: 'ClusterRole', name: 'reader' },
      subjects: [
        { kind: 'User', name: 'ann' },
        { kind: 'ServiceAccount', name: 'robot' },
        { kind: 'ServiceAccount', name: 'guest', namespace: 'b' },
      ],
    },
    {
      namespace: 'a',
      name: 'deleters',
      roleRef: { kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'User', name: 'ann' }],
    },
    {
      namespace: 'a',
      name: 'logs',
      roleRef: { kind: 'ClusterRole', name: 'logs' },
      subjects: [{ kind: 'User', name: 'ann' }],
    },
    {
      namespace: 'a',
      name: 'urls',
      roleRef: { kind: 'ClusterRole', name: 'urls' },
      subjects: [{ kind: 'User', name: 'ann' }],
    },
    {
      namespace: 'a',
      name: 'named',
      roleRef: { kind: 'ClusterRole', name: 'named' },
      subjects: [{ kind: 'User', name: 'nina' }],
    },
  ],
};

const no = { allowed: false, reason: '' };
const yes = (reason: string) => ({ allowed: true, reason: `RBAC: allowed by ${reason}` });
const ann = user('ann', 'system:authenticated');

test.each<[string, Attributes, { allowed: boolean; reason: string }]>([
  ['masters may do anything', ask(user('root', 'system:masters'), 'burn'), { allowed: true, reason: '' }],
  ['nobody may do anything', ask(user('nobody'), 'get'), no],
  [
    'a cluster binding holds everywhere',
    ask(user('x', 'readers'), 'get', { namespace: 'b' }),
    yes('ClusterRoleBinding "all-readers" of ClusterRole "reader" to Group "readers"'),
  ],
  [
    'and for all namespaces at once',
    ask(user('x', 'readers'), 'list'),
    yes('ClusterRoleBinding "all-readers" of ClusterRole "reader" to Group "readers"'),
  ],
  ['a verb that is not listed', ask(user('x', 'readers'), 'watch'), no],
  ['a group that is not listed', ask(user('x', 'readers'), 'get', { group: 'apps' }), no],
  [
    'a role binding holds in its namespace',
    ask(ann, 'get', { namespace: 'a' }),
    yes('RoleBinding "local/a" of ClusterRole "reader" to User "ann"'),
  ],
  ['and nowhere else', ask(ann, 'get', { namespace: 'b' }), no],
  ['nor in all namespaces at once', ask(ann, 'get'), no],
  [
    'a Role is the one of the namespace',
    ask(ann, 'delete', { namespace: 'a', resource: 'secrets' }),
    yes('RoleBinding "deleters/a" of Role "reader" to User "ann"'),
  ],
  [
    "a service account of the binding's namespace",
    ask(user('system:serviceaccount:a:robot'), 'get', { namespace: 'a' }),
    yes('RoleBinding "local/a" of ClusterRole "reader" to ServiceAccount "robot/a"'),
  ],
  [
    'a service account of another namespace',
    ask(user('system:serviceaccount:b:guest'), 'get', { namespace: 'a' }),
    yes('RoleBinding "local/a" of ClusterRole "reader" to ServiceAccount "guest/b"'),
  ],
  ['a namesake elsewhere', ask(user('system:serviceaccount:b:robot'), 'get', { namespace: 'a' }), no],
  ['a group that is called like a user', ask(user('x', 'ann'), 'get', { namespace: 'a' }), no],
  ['a resource does not cover its parts', ask(ann, 'get', { namespace: 'a', subresource: 'status' }), no],
  [
    'a part of anything',
    ask(ann, 'get', { namespace: 'a', group: 'g', resource: 'y', subresource: 'log' }),
    yes('RoleBinding "logs/a" of ClusterRole "logs" to User "ann"'),
  ],
  [
    'a part of one thing',
    ask(ann, 'get', { namespace: 'a', group: 'g', resource: 'x', subresource: 'status' }),
    yes('RoleBinding "logs/a" of ClusterRole "logs" to User "ann"'),
  ],
  ['a part does not cover the whole', ask(ann, 'get', { namespace: 'a', group: 'g', resource: 'x' }), no],
  [
    'a name that is listed',
    ask(user('nina'), 'delete', { namespace: 'a', name: 'one' }),
    yes('RoleBinding "named/a" of ClusterRole "named" to User "nina"'),
  ],
  ['a name that is not', ask(user('nina'), 'delete', { namespace: 'a', name: 'two' }), no],
  ['no name matches no list of names', ask(user('nina'), 'create', { namespace: 'a' }), no],
  [
    'a URL by its beginning',
    { user: user('probe'), verb: 'get', path: '/apis/a/b' },
    yes('ClusterRoleBinding "probe" of ClusterRole "urls" to User "probe"'),
  ],
  ['a URL that is longer than the rule', { user: user('probe'), verb: 'get', path: '/version/x' }, no],
  ['URLs are not granted by namespace', { user: ann, verb: 'get', path: '/version' }, no],
  [
    'a role that is missing is told',
    ask(user('lost'), 'get'),
    { allowed: false, reason: 'RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found' },
  ],
])('%s', async (_case, attributes, decision) => {
  const { rbac } = await startWorld(world);
  expect(await rbac.authorize(attributes)).toEqual(decision);
});

test('what was written before the question counts, and what was deleted no longer', async () => {
  const { rbac, write } = await startWorld({ roles: [], bindings: [] });
  const question = ask(ann, 'get', { namespace: 'a' });
  const role: Role = { namespace: 'a', name: 'r', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['*'] }] };
  const binding: Binding = {
    namespace: 'a',
    name: 'b',
    roleRef: { kind: 'Role', name: 'r' },
    subjects: [{ kind: 'User', name: 'ann' }],
  };
  const isAllowed = async () => (await rbac.authorize(question)).allowed;
  expect(await isAllowed()).toBe(false);
  await write(binding);
  expect(await isAllowed()).toBe(false);
  await write(role);
  expect(await isAllowed()).toBe(true);
  await write({ ...binding, subjects: [{ kind: 'User', name: 'bob' }] });
  expect(await Promise.all([isAllowed(), isAllowed()])).toEqual([false, false]);
  await write(binding);
  expect(await isAllowed()).toBe(true);
  await write({ ...role, rules: [] });
  expect(await isAllowed()).toBe(false);
  await write(role);
  await write(binding, true);
  expect(await isAllowed()).toBe(false);
});

const few = (...texts: string[]) => fc.subarray(texts, { minLength: 1 });
const rule = fc.oneof(
  fc.record({
    verbs: few('get', 'list', '*'),
    apiGroups: few('', 'g', '*'),
    resources: few('r', 'r/s', '*/s', '*'),
    resourceNames: fc.subarray(['n', 'm']),
  }),
  fc.record({ verbs: few('get', 'post'), nonResourceURLs: few('/a', '/a*', '/b/*', '*') }),
);
const role = fc.record({
  name: fc.constantFrom('x', 'y'),
  namespace: fc.constantFrom(undefined, 'a', 'b'),
  rules: fc.array(rule, { maxLength: 3 }),
});
const subject = fc.oneof(
  fc.record({ kind: fc.constantFrom('User', 'Group'), name: fc.constantFrom('p', 'q', 'system:serviceaccount:a:s') }),
  fc.record({ kind: fc.constant('ServiceAccount'), name: fc.constant('s'), namespace: fc.constantFrom('a', 'b') }),
);
const binding = fc
  .record({
    name: fc.constantFrom('k', 'l', 'm'),
    namespace: fc.constantFrom(undefined, 'a', 'b'),
    roleRef: fc.record({
      kind: fc.constantFrom('Role' as const, 'ClusterRole' as const),
      name: fc.constantFrom('x', 'y', 'z'),
    }),
    subjects: fc.array(subject, { maxLength: 3 }),
  })
  .map(
    ({ namespace, roleRef, ...rest }): Binding => ({
      ...rest,
      ...(namespace === undefined ? {} : { namespace }),
      roleRef: namespace === undefined ? { ...roleRef, kind: 'ClusterRole' } : roleRef,
    }),
  );
const unique = {
  selector: (object: { name: string; namespace?: string | undefined }) => `${object.namespace}/${object.name}`,
};
const worlds = fc.record({
  roles: fc.uniqueArray(
    role.map(({ namespace, ...rest }): Role => ({ ...rest, ...(namespace === undefined ? {} : { namespace }) })),
    unique,
  ),
  bindings: fc.uniqueArray(binding, unique),
});
const users = fc.record({
  name: fc.constantFrom('p', 'q', 'system:serviceaccount:a:s', 'system:serviceaccount:b:s'),
  groups: fc.subarray(['p', 'q', 'r']),
});
const questions = fc.oneof(
  fc.record({
    user: users,
    verb: fc.constantFrom('get', 'list', 'watch'),
    resource: fc.record({
      group: fc.constantFrom('', 'g', 'h'),
      version: fc.constant('v1'),
      resource: fc.constantFrom('r', 'q'),
      subresource: fc.constantFrom('', 's', 't'),
      namespace: fc.constantFrom('', 'a', 'b'),
      name: fc.constantFrom('', 'n', 'o'),
    }),
  }),
  fc.record({
    user: users,
    verb: fc.constantFrom('get', 'put'),
    path: fc.constantFrom('/a', '/ab', '/b', '/b/c', '/'),
  }),
);

/** The definition, spelled out: some binding in reach names the caller, and some rule of its role says all that is asked. */
const isAllowedByDefinition = ({ roles, bindings }: World, { user: who, verb, resource, path }: Attributes): boolean =>
  bindings.some(
    ({ namespace, subjects, roleRef }) =>
      (namespace === undefined || (namespace === resource?.namespace && namespace !== '')) &&
      subjects.some(one =>
        one.kind === 'Group'
          ? who.groups.includes(one.name)
          : who.name === (one.kind === 'User' ? one.name : `system:serviceaccount:${one.namespace}:${one.name}`),
      ) &&
      roles
        .filter(one => one.name === roleRef.name && one.namespace === (roleRef.kind === 'Role' ? namespace : undefined))
        .flatMap(one => one.rules)
        .filter(({ verbs }) => verbs.includes(verb) || verbs.includes('*'))
        .some(({ apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }) =>
          resource
            ? [resource.group, '*'].some(group => apiGroups.includes(group)) &&
              (resource.subresource
                ? ['*', `*/${resource.subresource}`, `${resource.resource}/${resource.subresource}`]
                : ['*', resource.resource]
              ).some(name => resources.includes(name)) &&
              (resourceNames.length === 0 || resourceNames.includes(resource.name ?? ''))
            : nonResourceURLs.some(url => (url.endsWith('*') ? path?.startsWith(url.slice(0, -1)) : url === path)),
        ),
  );

test('it decides as the definition does, also while roles and bindings change', async () => {
  await fc.assert(
    fc.asyncProperty(
      worlds,
      worlds,
      fc.array(questions, { minLength: 1, maxLength: 8 }),
      async (before, after, asked) => {
        const { rbac, write } = await startWorld(before);
        const check = async (now: World) => {
          for (const question of asked) {
            const { allowed } = await rbac.authorize(question);
            expect(allowed).toBe(isAllowedByDefinition(now, question));
          }
        };
        await check(before);
        for (const object of [...before.roles, ...before.bindings]) await write(object, true);
        for (const object of [...after.roles, ...after.bindings]) await write(object);
        await check(after);
      },
    ),
    { numRuns: 150 },
  );
});
