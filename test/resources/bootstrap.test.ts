import { expect, test } from 'vitest';
import type { ApiObject } from '../../shared/base/object.ts';
import { aggregate } from '../../shared/kube/access/aggregate.ts';
import { controllerUser } from '../../shared/kube/access/user.ts';
import { bootstrap, bootstrapOnce } from '../../shared/resources/bootstrap.ts';
import { startKinds } from './setup.ts';

const start = async () => {
  const kinds = await startKinds();
  await bootstrap(kinds.registry);
  const find = (group: string, plural: string, name: string, namespace?: string) =>
    kinds.registry.find(kinds.catalog.get(group, plural), { name, namespace });
  return { ...kinds, find, role: (name: string) => find('rbac.authorization.k8s.io', 'clusterroles', name) };
};
const clusterRole = (name: string, fields: object = {}): ApiObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name },
  ...fields,
});
const getWidgets = { verbs: ['get'], apiGroups: ['x'], resources: ['widgets'] };

test('a second start changes nothing', async () => {
  const { registry, store, find } = await start();
  const types = ['namespaces', 'services'].map(plural => `objects/core/${plural}`);
  types.push(...['clusterroles', 'clusterrolebindings'].map(plural => `objects/rbac.authorization.k8s.io/${plural}`));
  types.push('objects/storage.k8s.io/storageclasses');
  const heads = () => Promise.all(types.map(type => store.head(type)));
  const before = await heads();
  await bootstrap(registry);
  expect(await heads()).toEqual(before);
  expect(before.every(head => head > 0)).toBe(true);
  expect(await find('', 'services', 'kubernetes', 'default')).toBeDefined();
  expect(await find('', 'namespaces', 'kube-node-lease')).toBeDefined();
});

test('a claim that names no class gets the blank one', async () => {
  const { create } = await start();
  const claim = await create({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  expect(claim.spec?.storageClassName).toBe('eve-blank');
});

test.each([
  ['view', 'get', 'devices', true],
  ['view', 'get', 'devices/log', true],
  ['view', 'get', 'deviceconfigs', false],
  ['view', 'update', 'devices', false],
  ['edit', 'get', 'deviceconfigs', true],
  ['edit', 'create', 'devices', true],
  ['edit', 'update', 'devices/status', false],
  ['edit', 'patch', 'applicationdeployments/scale', true],
  ['admin', 'delete', 'applications', true],
  ['admin', 'update', 'devices/status', false],
])('%s: %s %s is %s', async (role, verb, path, allowed) => {
  const { create, rbac } = await start();
  await create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'b', namespace: 'default' },
    roleRef: { kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'User', name: 'ann' }],
  });
  const [resource = '', subresource] = path.split('/');
  const asked = { group: 'eve.lfedge.org', version: 'v1beta1', resource, namespace: 'default', name: 'd' };
  const decision = await rbac.authorize({
    user: { name: 'ann', groups: [] },
    verb,
    resource: { ...asked, ...(subresource === undefined ? {} : { subresource }) },
  });
  expect(decision.allowed).toBe(allowed);
});

test('what was taken away comes back, what was added stays, and autoupdate: false is obeyed', async () => {
  const { registry, change, role } = await start();
  const rules = (await role('system:basic-user'))?.rules as object[];
  await change(clusterRole('system:basic-user'), { rules: [rules[0], getWidgets] });
  await change(clusterRole('system:discovery'), {
    rules: [],
    metadata: { annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' } },
  });
  await bootstrap(registry);
  expect((await role('system:basic-user'))?.rules).toEqual([rules[0], getWidgets, rules[1]]);
  expect((await role('system:discovery'))?.rules).toEqual([]);
});

test('a role with the label joins the aggregated ones, along the whole chain, and leaves again', async () => {
  const { registry, create, remove, role } = await start();
  const has = async (name: string) => JSON.stringify((await role(name))?.rules).includes('widgets');
  const mine = await create(
    clusterRole('mine', {
      metadata: { name: 'mine', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
      rules: [getWidgets],
    }),
  );
  await aggregate(registry);
  expect(await Promise.all(['view', 'edit', 'admin'].map(has))).toEqual([true, true, true]);
  await remove(mine);
  await aggregate(registry);
  expect(await Promise.all(['view', 'edit', 'admin'].map(has))).toEqual([false, false, false]);
});

test('a start of a process that starts often reads one entry when all is made', async () => {
  const { registry, store: own, catalog } = await startKinds();
  const reads: string[] = [];
  let now = 0;
  const store: typeof own = {
    ...own,
    get(type, key) {
      reads.push(`get ${type}`);
      return own.get(type, key);
    },
    commit(type, write, options) {
      reads.push(`commit ${type}`);
      return own.commit(type, write, options);
    },
  };
  const parts = { registry, store, clock: { now: () => now } };
  await bootstrapOnce(parts);
  expect(await registry.find(catalog.get('', 'namespaces'), { name: 'kube-system' })).toBeDefined();
  expect(reads).toEqual(['get installation', 'commit installation']);
  const { revision } = await own.list('objects/rbac.authorization.k8s.io/clusterroles');
  reads.length = 0;
  await bootstrapOnce(parts);
  expect(reads).toEqual(['get installation']);
  // What users took away comes back when it is time to look again.
  await registry.delete(
    catalog.get('storage.k8s.io', 'storageclasses'),
    { name: 'eve-blank' },
    { user: controllerUser },
  );
  now = 2000;
  await bootstrapOnce(parts, 3000);
  expect(await registry.find(catalog.get('storage.k8s.io', 'storageclasses'), { name: 'eve-blank' })).toBeUndefined();
  await bootstrapOnce(parts, 1000);
  expect(await registry.find(catalog.get('storage.k8s.io', 'storageclasses'), { name: 'eve-blank' })).toBeDefined();
  expect((await own.list('objects/rbac.authorization.k8s.io/clusterroles')).revision).toBe(revision);
});
