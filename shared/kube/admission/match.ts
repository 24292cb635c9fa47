import type { ApiObject } from '../../base/object.ts';
import type { Catalog } from '../catalog.ts';
import type { ResourceType } from '../resource.ts';
import { fromLabelSelector, type LabelSelectorObject, matchesLabels } from '../select/labels.ts';
import type { Attempt } from './request.ts';

/** Which operations on which resources (RuleWithOperations, NamedRuleWithOperations). */
export interface MatchRule {
  readonly operations?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly scope?: string;
}

/** Which requests something is about (MatchResources; webhooks say the same with `rules`). */
export interface Match {
  readonly resourceRules?: readonly MatchRule[];
  readonly excludeResourceRules?: readonly MatchRule[];
  readonly matchPolicy?: string;
  readonly namespaceSelector?: LabelSelectorObject;
  readonly objectSelector?: LabelSelectorObject;
}

/** What matching may look up. */
export interface MatchPorts {
  readonly catalog: Catalog;
  /** The Namespace that a request is in; undefined when there is none. */
  namespaceOf(attempt: Attempt): Promise<ApiObject | undefined>;
}

/**
 * The type in whose form an attempt matches; undefined when it does not. With matchPolicy Equivalent a rule for another
 * version of the same objects counts. Rules that are absent match everything (bindings), empty ones nothing.
 */
export const findMatch = async (
  match: Match,
  attempt: Attempt,
  ports: MatchPorts,
): Promise<ResourceType | undefined> => {
  const { resourceRules, excludeResourceRules = [] } = match;
  const candidates = [attempt.type, ...(match.matchPolicy === 'Exact' ? [] : equivalents(attempt.type, ports.catalog))];
  const find = (rules: readonly MatchRule[]) =>
    candidates.find(type => rules.some(rule => matchesRule(rule, type, attempt)));
  const found = resourceRules === undefined ? attempt.type : find(resourceRules);
  if (found === undefined || find(excludeResourceRules) !== undefined) return undefined;
  if (!matchesObjects(match.objectSelector, attempt)) return undefined;
  return (await matchesNamespace(match.namespaceSelector, attempt, ports)) ? found : undefined;
};

/** Types that show the same objects in another version or group. */
const equivalents = (type: ResourceType, catalog: Catalog): ResourceType[] =>
  catalog.all().filter(other => other !== type && other.storage === type.storage);

const matchesRule = (rule: MatchRule, type: ResourceType, attempt: Attempt): boolean => {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], resourceNames = [], scope = '*' } = rule;
  const isAmong = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);
  return (
    isAmong(operations, attempt.operation) &&
    isAmong(apiGroups, type.group) &&
    isAmong(apiVersions, type.version) &&
    resources.some(resource => matchesResource(resource, type.plural, attempt.subresource)) &&
    (resourceNames.length === 0 || resourceNames.includes(attempt.name)) &&
    (scope === '*' || scope === '' || scope === type.scope)
  );
};

/** `pods`, `pods/status`, `pods/*`, `*` (no subresources), or `*` with a part. */
const matchesResource = (rule: string, plural: string, subresource: string): boolean => {
  const [resource = '', part = ''] = rule.split('/');
  return (resource === '*' || resource === plural) && (part === '*' || part === subresource);
};

const isEmpty = (selector: LabelSelectorObject | undefined): boolean =>
  selector === undefined ||
  (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0);

/** Either of the two objects will do. */
const matchesObjects = (selector: LabelSelectorObject | undefined, { object, old }: Attempt): boolean => {
  if (selector === undefined || isEmpty(selector)) return true;
  const requirements = fromLabelSelector(selector);
  return [object, old].some(one => one !== undefined && matchesLabels(requirements, one.metadata.labels ?? {}));
};

/** Objects of the cluster match always; a Namespace is its own namespace. */
const matchesNamespace = async (
  selector: LabelSelectorObject | undefined,
  attempt: Attempt,
  ports: MatchPorts,
): Promise<boolean> => {
  if (selector === undefined || isEmpty(selector) || attempt.namespace === '') return true;
  const isItself = attempt.type.scope === 'Cluster';
  const namespace = isItself ? (attempt.object ?? attempt.old) : await ports.namespaceOf(attempt);
  return matchesLabels(fromLabelSelector(selector), namespace?.metadata.labels ?? {});
};
