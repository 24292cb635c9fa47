/** One rule of a Role or ClusterRole (rbac.authorization.k8s.io/v1 PolicyRule). Rules only ever grant. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  /** Empty or absent: every name. */
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** What it takes to be allowed, or to grant, anything at all. */
export const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** What a rule is asked: a request's attributes, reduced to what rules can name. */
export type Ask =
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource: string;
      readonly name: string;
    }
  | { readonly verb: string; readonly path: string };

/**
 * Whether one rule grants what is asked (kubernetes-api reference §3.5). `pods` does not cover `pods/log`; `*` covers
 * both; an empty name never matches a rule that lists names.
 */
export const ruleAllows = (rule: PolicyRule, ask: Ask): boolean => {
  if (!hasOrStar(rule.verbs, ask.verb)) return false;
  if ('path' in ask) return (rule.nonResourceURLs ?? none).some(url => urlCovers(url, ask.path));
  return (
    hasOrStar(rule.apiGroups ?? none, ask.group) &&
    (rule.resources ?? none).some(resource => resourceCovers(resource, ask.resource, ask.subresource)) &&
    nameAllowed(rule.resourceNames ?? none, ask.name)
  );
};

/** A rule's URL covers an equal URL, or with a trailing `*` all that begin with it. */
export const urlCovers = (ruleUrl: string, url: string): boolean =>
  ruleUrl === url || (ruleUrl.endsWith('*') && url.startsWith(ruleUrl.replace(/\*+$/, '')));

const resourceCovers = (ruleResource: string, resource: string, subresource: string): boolean => {
  if (ruleResource === '*') return true;
  if (subresource === '') return ruleResource === resource;
  return ruleResource === `${resource}/${subresource}` || ruleResource === `*/${subresource}`;
};

const nameAllowed = (names: readonly string[], name: string): boolean => names.length === 0 || names.includes(name);

const hasOrStar = (list: readonly string[], wanted: string): boolean => list.includes(wanted) || list.includes('*');

const none: readonly string[] = [];
