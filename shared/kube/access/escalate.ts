import type { ApiObject } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import { forbidden, notFound } from '../faults.ts';
import type { AdmitContext } from '../resource.ts';
import { compact, printRule, printStrings, uncovered } from './covers.ts';
import { isMaster, type RoleRef, rbacGroup } from './policy.ts';
import { everything, type PolicyRule } from './rules.ts';
import type { Authorizer, User } from './user.ts';

type RolePlural = 'roles' | 'clusterroles';
type BindingPlural = 'rolebindings' | 'clusterrolebindings';

/** All rules that a user holds in a namespace ('' for the cluster alone), and what could not be found out. */
export interface RuleSet {
  readonly rules: readonly PolicyRule[];
  readonly errors: readonly string[];
}

export interface Evaluator extends Authorizer {
  rulesFor(user: User, namespace: string): Promise<RuleSet>;
  /** Rules of one role as seen from a namespace; undefined when there is no such role. */
  rulesOf(ref: RoleRef, namespace: string): Promise<readonly PolicyRule[] | undefined>;
}

export interface Guards {
  /** Throws Forbidden when writing this role would grant what the writer does not hold. */
  admitRole(plural: RolePlural, draft: ApiObject, old: ApiObject | undefined, context: AdmitContext): Promise<void>;
  /** The same for a binding. Throws NotFound when the writer may not bind freely and the role does not exist. */
  admitBinding(
    plural: BindingPlural,
    draft: ApiObject,
    old: ApiObject | undefined,
    context: AdmitContext,
  ): Promise<void>;
}

/** Who writes a role or a binding must hold what it grants, or may `escalate` or `bind` (kubernetes-api reference §3.5). */
export const createEscalation = (rbac: Evaluator): Guards => ({
  async admitRole(plural, draft, old, context) {
    const { user } = context;
    if (isMaster(user) || (old && grantsTheSame(draft, old))) return;
    const namespace = plural === 'roles' ? (draft.metadata.namespace ?? '') : '';
    // An aggregated role may come to grant anything.
    const wanted = draft.aggregationRule ? everything : toRules(draft.rules);
    if (await mayOn(rbac, user, 'escalate', plural, namespace, draft.metadata.name)) return;
    await confirm(rbac, user, namespace, wanted, plural, draft.metadata.name);
  },

  async admitBinding(plural, draft, old, context) {
    const { user } = context;
    if (isMaster(user) || (old && bindsTheSame(draft, old))) return;
    const namespace = plural === 'rolebindings' ? (draft.metadata.namespace ?? '') : '';
    const ref = toRoleRef(draft.roleRef);
    // What is malformed is refused by validation, which runs after this.
    if (!ref) return;
    const roles = ref.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
    if (await mayOn(rbac, user, 'bind', roles, namespace, ref.name)) return;
    const wanted = await rbac.rulesOf(ref, namespace);
    if (!wanted) throw notFound({ group: rbacGroup, plural: roles }, ref.name);
    await confirm(rbac, user, namespace, wanted, plural, draft.metadata.name);
  },
});

/** Labels count for a role: through them it may be gathered into another one. */
const grantsTheSame = (draft: ApiObject, old: ApiObject): boolean =>
  same(draft.rules ?? [], old.rules ?? []) &&
  same(draft.aggregationRule, old.aggregationRule) &&
  same(draft.metadata.labels ?? {}, old.metadata.labels ?? {});

const bindsTheSame = (draft: ApiObject, old: ApiObject): boolean =>
  same(draft.subjects ?? [], old.subjects ?? []) && same(draft.roleRef, old.roleRef);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const mayOn = async (
  rbac: Evaluator,
  user: User,
  verb: string,
  resource: RolePlural,
  namespace: string,
  name: string,
): Promise<boolean> => {
  const place = { group: rbacGroup, version: 'v1', resource, namespace, name };
  return (await rbac.authorize({ user, verb, resource: place })).allowed;
};

const confirm = async (
  rbac: Evaluator,
  user: User,
  namespace: string,
  wanted: readonly PolicyRule[],
  plural: RolePlural | BindingPlural,
  name: string,
): Promise<void> => {
  const held = await rbac.rulesFor(user, namespace);
  const missing = uncovered(held.rules, wanted);
  if (missing.length === 0) return;
  const rules = compact(missing).map(printRule).sort().join('\n');
  const unresolved = held.errors.length === 0 ? '' : `; resolution errors: ${printStrings(held.errors)}`;
  const who = `user ${JSON.stringify(user.name)} (groups=${printStrings(user.groups)})`;
  throw forbidden(
    { group: rbacGroup, plural },
    name,
    `${who} is attempting to grant RBAC permissions not currently held:\n${rules}${unresolved}`,
  );
};

/** Reads rules out of a draft that is not validated yet: what is not a list of strings grants nothing. */
const toRules = (rules: unknown): PolicyRule[] => {
  if (!Array.isArray(rules)) return [];
  return rules.filter(isMap).map(rule => ({
    verbs: strings(rule.verbs),
    apiGroups: strings(rule.apiGroups),
    resources: strings(rule.resources),
    resourceNames: strings(rule.resourceNames),
    nonResourceURLs: strings(rule.nonResourceURLs),
  }));
};

const toRoleRef = (ref: unknown): RoleRef | undefined =>
  isMap(ref) && typeof ref.kind === 'string' && typeof ref.name === 'string'
    ? { kind: ref.kind, name: ref.name }
    : undefined;

const strings = (list: unknown): string[] => (Array.isArray(list) ? list.filter(item => typeof item === 'string') : []);
