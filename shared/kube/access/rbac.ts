import type { Store } from '../../store/store.ts';
import { createEscalation, type Evaluator, type Guards, type RuleSet } from './escalate.ts';
import {
  type Binding,
  createPolicy,
  isMaster,
  isSubject,
  type Policy,
  type RoleRef,
  rbacGroup,
  type Subject,
} from './policy.ts';
import { type Ask, everything, type PolicyRule, ruleAllows } from './rules.ts';
import type { Attributes, User } from './user.ts';

/**
 * Role-based access control as Kubernetes evaluates it (kubernetes-api reference §3.5). Answers hold every write to
 * roles and bindings that was acknowledged before the question.
 */
export interface Rbac extends Evaluator, Guards {}

export const createRbac = ({ store }: { store: Store }): Rbac => {
  const source = createPolicy(store);
  const evaluator: Evaluator = {
    async authorize(attributes: Attributes) {
      if (isMaster(attributes.user)) return { allowed: true, reason: '' };
      return decide(await source.current(), attributes);
    },
    async rulesFor(user: User, namespace: string): Promise<RuleSet> {
      if (isMaster(user)) return { rules: everything, errors: [] };
      return collect(await source.current(), user, namespace);
    },
    rulesOf: async (ref: RoleRef, namespace: string) => (await source.current()).rulesOf(ref, namespace),
  };
  return { ...evaluator, ...createEscalation(evaluator) };
};

const decide = (policy: Policy, attributes: Attributes) => {
  const { user, resource } = attributes;
  const ask = toAsk(attributes);
  const errors = new Set<string>();
  for (const binding of policy.bindingsOf(user, resource?.namespace ?? '')) {
    const rules = policy.rulesOf(binding.roleRef, binding.namespace);
    if (!rules) errors.add(missing(binding.roleRef));
    else if (rules.some(rule => ruleAllows(rule, ask))) return { allowed: true, reason: describe(binding, user) };
  }
  return { allowed: false, reason: errors.size === 0 ? '' : `RBAC: ${aggregate([...errors])}` };
};

const collect = (policy: Policy, user: User, namespace: string): RuleSet => {
  const rules: PolicyRule[] = [];
  const errors = new Set<string>();
  for (const binding of policy.bindingsOf(user, namespace)) {
    const found = policy.rulesOf(binding.roleRef, binding.namespace);
    if (found) rules.push(...found);
    else errors.add(missing(binding.roleRef));
  }
  return { rules, errors: [...errors] };
};

const toAsk = ({ verb, resource, path }: Attributes): Ask =>
  resource
    ? {
        verb,
        group: resource.group,
        resource: resource.resource,
        subresource: resource.subresource ?? '',
        name: resource.name ?? '',
      }
    : { verb, path: path ?? '' };

/** `RBAC: allowed by RoleBinding "rb/ns" of Role "r" to User "u"` */
const describe = (binding: Binding, user: User): string => {
  const kind = binding.namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding';
  const name = binding.namespace === '' ? binding.name : `${binding.name}/${binding.namespace}`;
  const subject = binding.subjects.find(candidate => isSubject(candidate, binding.namespace, user));
  const { roleRef } = binding;
  return `RBAC: allowed by ${kind} ${quote(name)} of ${roleRef.kind} ${quote(roleRef.name)} to ${describeSubject(subject, binding.namespace)}`;
};

const describeSubject = (subject: Subject | undefined, bindingNamespace: string): string => {
  if (!subject) return 'nobody';
  const name =
    subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace || bindingNamespace}` : subject.name;
  return `${subject.kind} ${quote(name)}`;
};

const missing = (ref: RoleRef): string => `${ref.kind.toLowerCase()}.${rbacGroup} ${quote(ref.name)} not found`;

const aggregate = (errors: readonly string[]): string =>
  errors.length === 1 ? `${errors[0]}` : `[${errors.join(', ')}]`;

const quote = (text: string): string => JSON.stringify(text);
