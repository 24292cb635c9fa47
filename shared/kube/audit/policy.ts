import { Fault } from '../../base/fault.ts';
import { isMap } from '../../base/own.ts';
import { urlCovers } from '../access/rules.ts';
import type { User } from '../access/user.ts';
import type { RequestInfo, ResourceInfo } from '../request.ts';
import { type Level, levels, type Stage, stages } from './event.ts';

/** What is to be recorded of one request. */
export interface Wanted {
  readonly level: Level;
  readonly omitStages: readonly Stage[];
  readonly omitManagedFields: boolean;
}

/** Decides what is recorded. `user` is who called, before any impersonation. */
export type AuditPolicy = (user: User | undefined, info: RequestInfo) => Wanted;

interface Rule {
  readonly level: Level;
  readonly users: readonly string[];
  readonly userGroups: readonly string[];
  readonly verbs: readonly string[];
  readonly resources: readonly GroupResources[];
  readonly namespaces: readonly string[];
  readonly nonResourceURLs: readonly string[];
  readonly omitStages: readonly Stage[];
  readonly omitManagedFields: boolean | undefined;
}

interface GroupResources {
  readonly group: string;
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
}

/**
 * A `Policy` of audit.k8s.io/v1: the first rule that matches a request says what is recorded of it; nothing is recorded of
 * a request that no rule matches. Throws BadRequest, naming the field, for anything else.
 */
export const toAuditPolicy = (value: unknown): AuditPolicy => {
  if (!isMap(value) || value.apiVersion !== 'audit.k8s.io/v1' || value.kind !== 'Policy')
    throw bad('', 'must be of kind Policy, apiVersion audit.k8s.io/v1');
  only(value, '', ['apiVersion', 'kind', 'metadata', 'rules', 'omitStages', 'omitManagedFields']);
  if (!Array.isArray(value.rules) || value.rules.length === 0)
    throw bad('rules', 'must be a list with a rule at least');
  const rules = value.rules.map((rule: unknown, index) => toRule(rule, `rules[${index}]`));
  const omitStages = toStages(value, '');
  const omitManagedFields = toFlag(value, 'omitManagedFields', '') ?? false;
  return (user, info) => {
    const rule = rules.find(candidate => matches(candidate, user, info));
    return {
      level: rule?.level ?? 'None',
      omitStages: rule ? [...omitStages, ...rule.omitStages] : omitStages,
      omitManagedFields: rule?.omitManagedFields ?? omitManagedFields,
    };
  };
};

/** Everything, without bodies. */
export const metadataPolicy: AuditPolicy = () => ({
  level: 'Metadata',
  omitStages: ['RequestReceived'],
  omitManagedFields: true,
});

const matches = (rule: Rule, user: User | undefined, { verb, path, resource }: RequestInfo): boolean => {
  if (rule.users.length > 0 && !rule.users.includes(user?.name ?? '')) return false;
  if (rule.userGroups.length > 0 && !rule.userGroups.some(group => user?.groups.includes(group))) return false;
  if (rule.verbs.length > 0 && !rule.verbs.includes(verb)) return false;
  if (rule.resources.length > 0 || rule.namespaces.length > 0)
    return resource !== undefined && inResources(rule, resource);
  if (rule.nonResourceURLs.length > 0)
    return resource === undefined && rule.nonResourceURLs.some(url => urlCovers(url, path));
  return true;
};

const inResources = ({ namespaces, resources }: Rule, asked: ResourceInfo): boolean =>
  (namespaces.length === 0 || namespaces.includes(asked.namespace ?? '')) &&
  (resources.length === 0 || resources.some(entry => inGroup(entry, asked)));

const inGroup = ({ group, resources, resourceNames }: GroupResources, asked: ResourceInfo): boolean => {
  if (group !== asked.group) return false;
  if (resourceNames.length > 0 && !resourceNames.includes(asked.name ?? '')) return false;
  if (resources.length === 0) return true;
  const { plural, subresource } = asked;
  const whole = subresource === undefined ? plural : `${plural}/${subresource}`;
  return resources.some(
    one =>
      one === '*' ||
      one === whole ||
      (subresource !== undefined && (one === `*/${subresource}` || one === `${plural}/*`)),
  );
};

const toRule = (value: unknown, path: string): Rule => {
  if (!isMap(value)) throw bad(path, 'must be a rule');
  only(value, `${path}.`, ruleFields);
  const level = levels.find(known => known === value.level);
  if (!level) throw bad(`${path}.level`, `must be one of ${levels.join(', ')}`);
  const rule: Rule = {
    level,
    users: toTexts(value, 'users', path),
    userGroups: toTexts(value, 'userGroups', path),
    verbs: toTexts(value, 'verbs', path),
    namespaces: toTexts(value, 'namespaces', path),
    nonResourceURLs: toTexts(value, 'nonResourceURLs', path),
    resources: toList(value, 'resources', path).map((entry, index) => toGroup(entry, `${path}.resources[${index}]`)),
    omitStages: toStages(value, `${path}.`),
    omitManagedFields: toFlag(value, 'omitManagedFields', `${path}.`),
  };
  const isOfResources = rule.resources.length > 0 || rule.namespaces.length > 0;
  if (rule.nonResourceURLs.length > 0 && isOfResources)
    throw bad(`${path}.nonResourceURLs`, 'rules cannot apply to both regular resources and non-resource URLs');
  const url = rule.nonResourceURLs.find(one => one !== '*' && (!one.startsWith('/') || one.slice(0, -1).includes('*')));
  if (url !== undefined)
    throw bad(`${path}.nonResourceURLs`, `${url} must begin with a slash and may have a * at its end only`);
  return rule;
};

const ruleFields = [
  'level',
  'users',
  'userGroups',
  'verbs',
  'resources',
  'namespaces',
  'nonResourceURLs',
  'omitStages',
  'omitManagedFields',
];

const toGroup = (value: unknown, path: string): GroupResources => {
  if (!isMap(value)) throw bad(path, 'must name a group and resources');
  only(value, `${path}.`, ['group', 'resources', 'resourceNames']);
  if (value.group !== undefined && typeof value.group !== 'string') throw bad(`${path}.group`, 'must be a text');
  const group = {
    group: value.group ?? '',
    resources: toTexts(value, 'resources', path),
    resourceNames: toTexts(value, 'resourceNames', path),
  };
  if (group.group.includes('/')) throw bad(`${path}.group`, 'must be a group without a version');
  if (group.resourceNames.length > 0 && group.resources.length === 0)
    throw bad(`${path}.resourceNames`, 'using resourceNames requires at least one resource');
  return group;
};

const toStages = (value: Record<string, unknown>, prefix: string): Stage[] =>
  toTexts(value, 'omitStages', prefix.replace(/\.$/, '')).map(text => {
    const stage = stages.find(known => known === text);
    if (!stage) throw bad(`${prefix}omitStages`, `must be among ${stages.join(', ')}`);
    return stage;
  });

const toTexts = (value: Record<string, unknown>, field: string, path: string): string[] =>
  toList(value, field, path).map(item => {
    if (typeof item !== 'string') throw bad(`${path}.${field}`, 'must be a list of texts');
    return item;
  });

const toList = (value: Record<string, unknown>, field: string, path: string): unknown[] => {
  const list = value[field] ?? [];
  if (!Array.isArray(list)) throw bad(`${path}.${field}`, 'must be a list');
  return list;
};

const toFlag = (value: Record<string, unknown>, field: string, prefix: string): boolean | undefined => {
  const flag = value[field] ?? undefined;
  if (flag !== undefined && typeof flag !== 'boolean') throw bad(prefix + field, 'must be true or false');
  return flag;
};

const only = (value: Record<string, unknown>, prefix: string, fields: readonly string[]): void => {
  const unknown = Object.keys(value).find(field => !fields.includes(field));
  if (unknown !== undefined) throw bad(prefix + unknown, 'is not known');
};

const bad = (path: string, detail: string): Fault =>
  new Fault('BadRequest', `audit policy: ${path === '' ? '' : `${path.replace(/^\./, '')}: `}${detail}`);
