import { fromUtf8, sha256, toHex, toUtf8 } from '../base/bytes.ts';
import { isEqual } from '../base/equal.ts';
import { isFault } from '../base/fault.ts';
import type { ApiObject, JsonMap, ObjectRef } from '../base/object.ts';
import type { Clock } from '../base/ports.ts';
import { aggregate } from '../kube/access/aggregate.ts';
import { uncovered } from '../kube/access/covers.ts';
import type { PolicyRule } from '../kube/access/rules.ts';
import { controllerUser } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { ResourceType } from '../kube/resource.ts';
import type { Store } from '../store/store.ts';
import { type BootstrapBinding, type BootstrapRole, bootstrapBindings, bootstrapRoles } from './access/roles.ts';
import { rbac } from './access/rule.ts';

/**
 * Makes what exists from the first start: the first namespaces, the standard roles and bindings, the class for blank
 * volumes, the Service that stands for the API server. Idempotent. Roles and bindings that exist get back what they miss,
 * unless their annotation `rbac.authorization.kubernetes.io/autoupdate` says `false`; nothing is taken away.
 */
export const bootstrap = async (registry: Registry): Promise<void> => {
  for (const name of firstNamespaces) await ensure(registry, '', 'namespaces', { name }, {});
  for (const role of rolesOf(registry)) await ensureRole(registry, role);
  for (const binding of bootstrapBindings) await ensureBinding(registry, binding);
  await aggregate(registry);
  await ensure(registry, 'storage.k8s.io', 'storageclasses', { name: 'eve-blank' }, blankClass);
  await ensure(registry, '', 'services', { namespace: 'default', name: 'kubernetes' }, apiService);
};

/**
 * The same, for processes that start often: reads one entry of the store when all of this was made before by a program that
 * makes the same, and not longer ago than `maxAgeMs` (default: whenever).
 */
export const bootstrapOnce = async (
  { registry, store, clock }: { readonly registry: Registry; readonly store: Store; readonly clock: Clock },
  maxAgeMs = Number.POSITIVE_INFINITY,
): Promise<void> => {
  const contents = [firstNamespaces, rolesOf(registry), bootstrapBindings, blankClass, apiService];
  const fingerprint = toHex(sha256(fromUtf8(JSON.stringify(contents))));
  const done = await store.get(installation, 'bootstrap');
  const [made, at] = done ? toUtf8(done.value).split(' ') : [];
  if (made === fingerprint && clock.now() - Number(at) <= maxAgeMs) return;
  await bootstrap(registry);
  const value = fromUtf8(`${fingerprint} ${clock.now()}`);
  // Whoever is faster says the same.
  await store.commit(installation, { key: 'bootstrap', value, expected: done?.revision ?? 0 });
};

/** Store type of what is known of the installation as a whole. */
const installation = 'installation';

const rolesOf = ({ catalog }: Registry): readonly BootstrapRole[] => {
  const kinds = catalog.all().filter(type => type.group === 'eve.lfedge.org');
  return bootstrapRoles(kinds.map(toPlural), kinds.filter(type => type.scale).map(toPlural));
};

const firstNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

const toPlural = (type: ResourceType): string => type.plural;

/** The default class: a claim that says nothing about where its content comes from gets a blank volume. */
const blankClass: Fields = {
  metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'eve',
  parameters: { type: 'blank' },
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
};

const apiService: Fields = {
  metadata: { labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: {
    type: 'ClusterIP',
    clusterIP: 'None',
    clusterIPs: ['None'],
    ports: [{ name: 'https', protocol: 'TCP', port: 443 }],
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
  },
};

const autoupdate = 'rbac.authorization.kubernetes.io/autoupdate';

const rbacMetadata = (labels: Readonly<Record<string, string>> = {}) => ({
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
  annotations: { [autoupdate]: 'true' },
});

const ensureRole = async (registry: Registry, role: BootstrapRole): Promise<void> => {
  const aggregationRule = role.gathers && {
    clusterRoleSelectors: [{ matchLabels: { [role.gathers]: 'true' } }],
  };
  const wanted: Fields = {
    metadata: rbacMetadata(role.labels),
    // Rules of a gathered role are made by aggregation.
    ...(aggregationRule ? { aggregationRule } : { rules: role.rules }),
  };
  await reconcile(registry, 'clusterroles', role.name, wanted, current => ({
    ...current,
    ...(aggregationRule ? addSelectors(current, aggregationRule) : addRules(current, role.rules ?? [])),
  }));
};

const ensureBinding = async (registry: Registry, { name, groups }: BootstrapBinding): Promise<void> => {
  const subjects = groups.map(group => ({ kind: 'Group', apiGroup: rbac.group, name: group }));
  const roleRef = { apiGroup: rbac.group, kind: 'ClusterRole', name };
  const wanted: Fields = { metadata: rbacMetadata(), subjects, roleRef };
  await reconcile(registry, 'clusterrolebindings', name, wanted, current => ({
    ...current,
    subjects: union(current.subjects, subjects),
  }));
};

const addRules = (current: ApiObject, rules: readonly PolicyRule[]) => {
  // What is stored was validated: rules are a list of rules.
  const held = (current.rules ?? []) as PolicyRule[];
  const missing = uncovered(held, rules);
  return missing.length === 0 ? {} : { rules: [...held, ...missing] };
};

const addSelectors = (current: ApiObject, wanted: { clusterRoleSelectors: unknown[] }) => {
  // What is stored was validated: selectors are a list.
  const held = current.aggregationRule as { clusterRoleSelectors?: unknown[] } | undefined;
  return {
    aggregationRule: { ...held, clusterRoleSelectors: union(held?.clusterRoleSelectors, wanted.clusterRoleSelectors) },
  };
};

const union = (held: unknown, wanted: readonly unknown[]): unknown[] => {
  const list: unknown[] = Array.isArray(held) ? held : [];
  return [...list, ...wanted.filter(item => !list.some(known => isEqual(known, item)))];
};

/** Creates the object, or lets `complete` add to the one that is there what it misses. */
const reconcile = async (
  registry: Registry,
  plural: string,
  name: string,
  wanted: Fields,
  complete: (current: ApiObject) => ApiObject,
): Promise<void> => {
  if (await ensure(registry, rbac.group, plural, { name }, wanted)) return;
  const { labels, annotations } = wanted.metadata;
  await registry.update(
    registry.catalog.get(rbac.group, plural),
    { name },
    current => {
      const { metadata } = current;
      if (metadata.annotations?.[autoupdate] === 'false') return current;
      return complete({
        ...current,
        metadata: {
          ...metadata,
          labels: { ...labels, ...metadata.labels },
          annotations: { ...annotations, ...metadata.annotations },
        },
      });
    },
    { user: controllerUser },
  );
};

/** An object beside its apiVersion and kind. */
type Fields = {
  readonly metadata: Pick<ApiObject['metadata'], 'labels' | 'annotations'>;
  readonly spec?: JsonMap;
  readonly [field: string]: unknown;
};

/** True when the object was made, false when it exists already. */
const ensure = async (
  registry: Registry,
  group: string,
  plural: string,
  ref: ObjectRef,
  { metadata = {}, ...fields }: Partial<Fields>,
): Promise<boolean> => {
  const type = registry.catalog.get(group, plural);
  if (await registry.find(type, ref)) return false;
  const object: ApiObject = {
    apiVersion: group === '' ? type.version : `${group}/${type.version}`,
    kind: type.kind,
    ...fields,
    metadata: { ...metadata, name: ref.name, ...(ref.namespace ? { namespace: ref.namespace } : {}) },
  };
  try {
    await registry.create(type, object, { user: controllerUser });
    return true;
  } catch (error) {
    if (isFault(error, 'AlreadyExists')) return false;
    throw error;
  }
};
