import { fromKey } from '../../base/object.ts';
import type { Store } from '../../store/store.ts';
import { createMirror } from './mirror.ts';
import type { PolicyRule } from './rules.ts';
import type { User } from './user.ts';

export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface RoleRef {
  readonly kind: string;
  readonly name: string;
}

export interface Binding {
  /** '' for a ClusterRoleBinding. */
  readonly namespace: string;
  readonly name: string;
  readonly roleRef: RoleRef;
  readonly subjects: readonly Subject[];
}

/**
 * All roles and bindings, indexed by whom they name. The store's objects are read as they are: what is stored was
 * validated when it was written.
 */
export interface Policy {
  /** Rules of a role; undefined when it does not exist. `namespace` matters for a Role only. */
  rulesOf(ref: RoleRef, namespace: string): readonly PolicyRule[] | undefined;
  /** Bindings that name the user or one of the groups: the cluster's, then, for a namespace, its own. Each once. */
  bindingsOf(user: User, namespace: string): Iterable<Binding>;
}

export const rbacGroup = 'rbac.authorization.k8s.io';

/** The policy as of now: it holds every write that was acknowledged before the call. */
export const createPolicy = (store: Store): { current(): Promise<Policy> } => {
  const roles = new Map<string, readonly PolicyRule[]>();
  const clusterRoles = new Map<string, readonly PolicyRule[]>();
  const index = createBindingIndex();
  const mirrors = [
    mirrorRules(store, 'roles', roles),
    mirrorRules(store, 'clusterroles', clusterRoles),
    mirrorBindings(store, 'rolebindings', index),
    mirrorBindings(store, 'clusterrolebindings', index),
  ];
  const policy: Policy = {
    rulesOf: (ref, namespace) =>
      ref.kind === 'ClusterRole' ? clusterRoles.get(ref.name) : roles.get(`${namespace}/${ref.name}`),
    bindingsOf: index.of,
  };
  return {
    async current() {
      await Promise.all(mirrors.map(mirror => mirror.catchUp()));
      return policy;
    },
  };
};

/** Members of `system:masters` may do anything; no role is asked. */
export const isMaster = (user: User): boolean => user.groups.includes('system:masters');

/** Whether a subject of a binding in `bindingNamespace` is the user. */
export const isSubject = (subject: Subject, bindingNamespace: string, user: User): boolean => {
  const key = subjectKey(subject, bindingNamespace);
  return key === userKey(user.name) || user.groups.some(group => key === groupKey(group));
};

const mirrorRules = (store: Store, plural: string, into: Map<string, readonly PolicyRule[]>) =>
  createMirror(
    store,
    `objects/${rbacGroup}/${plural}`,
    (key, value) => {
      if (value) into.set(key, toRules(parse(value).rules));
      else into.delete(key);
    },
    () => into.clear(),
  );

const mirrorBindings = (store: Store, plural: string, index: ReturnType<typeof createBindingIndex>) =>
  createMirror(
    store,
    `objects/${rbacGroup}/${plural}`,
    (key, value) => index.set(plural, key, value && toBinding(key, parse(value))),
    () => index.clear(plural),
  );

/** Bindings by namespace and subject: what a user is granted costs by the user's own bindings, not by all there are. */
const createBindingIndex = () => {
  const all = new Map<string, Map<string, Binding>>();
  const bySubject = new Map<string, Map<string, Binding>>();
  const place = (binding: Binding, subject: Subject) =>
    `${binding.namespace}\n${subjectKey(subject, binding.namespace)}`;

  const remove = (kind: string, key: string): void => {
    const former = all.get(kind)?.get(key);
    if (!former) return;
    all.get(kind)?.delete(key);
    for (const subject of former.subjects) {
      const at = bySubject.get(place(former, subject));
      at?.delete(key);
      if (at?.size === 0) bySubject.delete(place(former, subject));
    }
  };

  return {
    set(kind: string, key: string, binding: Binding | undefined): void {
      remove(kind, key);
      if (!binding) return;
      within(all, kind).set(key, binding);
      for (const subject of binding.subjects) within(bySubject, place(binding, subject)).set(key, binding);
    },
    clear(kind: string): void {
      for (const key of [...(all.get(kind)?.keys() ?? [])]) remove(kind, key);
    },
    *of(user: User, namespace: string): Iterable<Binding> {
      const seen = new Set<Binding>();
      const keys = [userKey(user.name), ...user.groups.map(groupKey)];
      for (const space of namespace === '' ? [''] : ['', namespace]) {
        for (const key of keys) {
          for (const binding of bySubject.get(`${space}\n${key}`)?.values() ?? []) {
            if (seen.has(binding)) continue;
            seen.add(binding);
            yield binding;
          }
        }
      }
    },
  };
};

const within = (maps: Map<string, Map<string, Binding>>, key: string): Map<string, Binding> => {
  const map = maps.get(key) ?? new Map<string, Binding>();
  maps.set(key, map);
  return map;
};

const userKey = (name: string): string => `u:${name}`;
const groupKey = (name: string): string => `g:${name}`;

/** A ServiceAccount is the user of that name; its namespace defaults to that of the binding. */
const subjectKey = (subject: Subject, bindingNamespace: string): string => {
  if (subject.kind === 'Group') return groupKey(subject.name);
  if (subject.kind === 'User') return userKey(subject.name);
  const namespace = subject.namespace || bindingNamespace;
  return userKey(`system:serviceaccount:${namespace}:${subject.name}`);
};

// The casts below read objects that were validated against their kinds' schemas before they were stored.
const parse = (value: Uint8Array) => JSON.parse(new TextDecoder().decode(value)) as Record<string, unknown>;

const toRules = (rules: unknown): readonly PolicyRule[] =>
  Array.isArray(rules) ? (rules as PolicyRule[]).map(rule => ({ ...rule, verbs: rule.verbs ?? [] })) : [];

const toBinding = (key: string, object: Record<string, unknown>): Binding => {
  const { namespace = '', name } = fromKey(key);
  return {
    namespace,
    name,
    roleRef: object.roleRef as RoleRef,
    subjects: (object.subjects as Subject[] | undefined) ?? [],
  };
};
