import { isEqual } from '../../base/equal.ts';
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
    if (isMaster(user) || (old && holdsOnly(draft, old))) return;
    const { name, namespace: own = '' } = draft.metadata;
    const namespace = plural === 'roles' ? own : '';
    if (await mayOn(rbac, user, 'escalate', plural, namespace, name)) return;
    const held = await rbac.rulesFor(user, namespace);
    confirm(held, user, toRules(draft.rules), plural, name);
    // An aggregated role may come to grant anything, or may have.
    if (!draft.aggregationRule && !old?.aggregationRule) return;
    if (uncovered(held.rules, everything).length > 0) throw forbidden({ group: rbacGroup, plural }, name, unaggregated);
  },

  async admitBinding(plural, draft, old, context) {
    const { user } = context;
    if (isMaster(user) || (old && holdsOnly(draft, old))) return;
    const namespace = plural === 'rolebindings' ? (draft.metadata.namespace ?? '') : '';
    const ref = toRoleRef(draft.roleRef);
    // What is malformed is refused by validation, which runs after this.
    if (!ref) return;
    const roles = ref.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
    if (await mayOn(rbac, user, 'bind', roles, namespace, ref.name)) return;
    const wanted = await rbac.rulesOf(ref, namespace);
    if (!wanted) throw notFound({ group: rbacGroup, plural: roles }, ref.name);
    confirm(await rbac.rulesFor(user, namespace), user, wanted, plural, draft.metadata.name);
  },
});

const unaggregated = 'must have cluster-admin privileges to use the aggregationRule';

/** Whether only that changed by which objects hold each other in existence: who collects them need hold nothing else. */
const holdsOnly = (draft: ApiObject, old: ApiObject): boolean => isEqual(unheld(draft), unheld(old));

const unheld = ({ metadata, ...rest }: ApiObject) => {
  const { ownerReferences: _, finalizers: __, managedFields: ___, ...own } = metadata;
  return { ...rest, metadata: own };
};

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

const confirm = (
  held: RuleSet,
  user: User,
  wanted: readonly PolicyRule[],
  plural: RolePlural | BindingPlural,
  name: string,
): void => {
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
