import { Fault } from '../../base/fault.ts';
import { type PolicyRule, urlCovers } from './rules.ts';

/** How many (group, resource, verb, name) combinations one role may spell out before its grant is refused unchecked. */
const maxAtoms = 50_000;

/**
 * The part of `wanted` that `held` does not grant, in small rules (kubernetes-api reference §3.5, covering test). Empty:
 * everything is covered. Throws RequestEntityTooLarge when the rules multiply out beyond any sane role.
 */
export const uncovered = (held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] => {
  // A rule that one held rule covers whole needs no splitting: the usual case, and the cheap one.
  const open = wanted.filter(rule => !held.some(owner => ruleCovers(owner, rule)));
  const count = open.reduce((sum, rule) => sum + atomCount(rule), 0);
  if (count > maxAtoms) {
    throw new Fault(
      'RequestEntityTooLarge',
      `the rules grant ${count} combinations, more than ${maxAtoms} cannot be checked`,
    );
  }
  return open.flatMap(toAtoms).filter(atom => !held.some(owner => ruleCovers(owner, atom)));
};

/** Joins rules about one resource into one with all verbs, as they are printed for people. */
export const compact = (rules: readonly PolicyRule[]): PolicyRule[] => {
  const simple = new Map<string, PolicyRule>();
  const rest: PolicyRule[] = [];
  for (const rule of rules) {
    if (!isSimple(rule)) {
      rest.push(rule);
      continue;
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames ?? []]);
    const former = simple.get(key);
    simple.set(key, former ? { ...former, verbs: [...new Set([...former.verbs, ...rule.verbs])] } : rule);
  }
  return [...rest, ...simple.values()];
};

/** `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get"]}` */
export const printRule = (rule: PolicyRule): string => {
  const parts = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ] as const;
  const shown = parts.filter(([, list]) => list !== undefined && list.length > 0);
  return `{${shown.map(([name, list]) => `${name}:${printStrings(list ?? [])}`).join(', ')}}`;
};

/** A list of strings as Go prints it with %q: `["a" "b"]`. */
export const printStrings = (list: readonly string[]): string =>
  `[${list.map(text => JSON.stringify(text)).join(' ')}]`;

const ruleCovers = (owner: PolicyRule, rule: PolicyRule): boolean =>
  coversAll(owner.verbs, rule.verbs) &&
  coversAll(owner.apiGroups, rule.apiGroups) &&
  (rule.resources ?? []).every(resource => resourceCovered(owner.resources ?? [], resource)) &&
  (rule.nonResourceURLs ?? []).every(url => (owner.nonResourceURLs ?? []).some(held => urlCovers(held, url))) &&
  namesCovered(owner.resourceNames ?? [], rule.resourceNames ?? []);

const coversAll = (owner: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  owner.includes('*') || wanted.every(item => owner.includes(item));

const resourceCovered = (held: readonly string[], resource: string): boolean => {
  if (held.includes('*') || held.includes(resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && held.includes(`*${resource.slice(slash)}`);
};

/** No names means all names: only an owner without names covers that. */
const namesCovered = (held: readonly string[], wanted: readonly string[]): boolean =>
  held.length === 0 || (wanted.length > 0 && wanted.every(name => held.includes(name)));

const atomCount = (rule: PolicyRule): number => {
  const resources =
    (rule.apiGroups?.length ?? 0) * (rule.resources?.length ?? 0) * Math.max(1, rule.resourceNames?.length ?? 0);
  return rule.verbs.length * (resources + (rule.nonResourceURLs?.length ?? 0));
};

const toAtoms = (rule: PolicyRule): PolicyRule[] => {
  const atoms: PolicyRule[] = [];
  const names = rule.resourceNames?.length ? rule.resourceNames.map(name => ({ resourceNames: [name] })) : [{}];
  for (const group of rule.apiGroups ?? []) {
    for (const resource of rule.resources ?? []) {
      for (const verb of rule.verbs) {
        for (const name of names) atoms.push({ apiGroups: [group], resources: [resource], verbs: [verb], ...name });
      }
    }
  }
  for (const url of rule.nonResourceURLs ?? []) {
    for (const verb of rule.verbs) atoms.push({ nonResourceURLs: [url], verbs: [verb] });
  }
  return atoms;
};

const isSimple = (rule: PolicyRule): boolean =>
  rule.apiGroups?.length === 1 &&
  rule.resources?.length === 1 &&
  (rule.resourceNames?.length ?? 0) <= 1 &&
  (rule.nonResourceURLs?.length ?? 0) === 0;
