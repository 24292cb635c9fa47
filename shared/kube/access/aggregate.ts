import { isEqual } from '../../base/equal.ts';
import type { ApiObject } from '../../base/object.ts';
import type { Registry } from '../registry/registry.ts';
import { fromLabelSelector, type LabelSelectorObject, matchesLabels } from '../select/labels.ts';
import { rbacGroup } from './policy.ts';
import { controllerUser } from './user.ts';

/**
 * Makes every aggregated ClusterRole grant what the ClusterRoles that it selects grant (kubernetes-api reference §3.5).
 * Looks at all of them and writes only those that differ: running it twice changes nothing.
 */
export const aggregate = async (registry: Registry): Promise<void> => {
  const type = registry.catalog.get(rbacGroup, 'clusterroles');
  // A role may select another aggregated one: each round settles one more step of such a chain.
  for (let round = 0; round < maxRounds; round += 1) {
    const { items } = await registry.list(type);
    const stale = items.filter(role => selectorsOf(role) && !isEqual(role.rules ?? [], rulesFor(role, items)));
    if (stale.length === 0) return;
    for (const role of stale) {
      await registry.update(
        type,
        { name: role.metadata.name },
        current => (selectorsOf(current) ? { ...current, rules: rulesFor(current, items) } : current),
        { user: controllerUser },
      );
    }
  }
};

/** Longest chain of aggregated roles that is followed to its end in one go. */
const maxRounds = 10;

/** The union of the selected roles' rules, by name, each rule once. */
const rulesFor = (role: ApiObject, all: readonly ApiObject[]): unknown[] => {
  const selectors = (selectorsOf(role) ?? []).map(fromLabelSelector);
  const rules: unknown[] = [];
  for (const other of all) {
    if (other.metadata.name === role.metadata.name) continue;
    if (!selectors.some(selector => matchesLabels(selector, other.metadata.labels ?? {}))) continue;
    // A stored ClusterRole was validated: its rules are a list.
    for (const rule of (other.rules ?? []) as unknown[]) {
      if (!rules.some(known => isEqual(known, rule))) rules.push(rule);
    }
  }
  return rules;
};

const selectorsOf = (role: ApiObject): readonly LabelSelectorObject[] | undefined => {
  // A stored ClusterRole was validated: its aggregation rule has this shape.
  const rule = role.aggregationRule as { clusterRoleSelectors?: LabelSelectorObject[] } | undefined;
  return rule?.clusterRoleSelectors;
};
