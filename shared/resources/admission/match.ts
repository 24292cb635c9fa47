import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import { cause, type Path } from '../../base/path.ts';
import type { Match, MatchRule } from '../../kube/admission/match.ts';
import { checkLabelSelector } from '../../kube/select/labels.ts';
import { labelSelector } from '../selector.ts';
import { text, texts } from '../text.ts';

/** Where the kinds that decide on writes are served. */
export const admission = { group: 'admissionregistration.k8s.io', version: 'v1' } as const;

/** Operations on resources. `named`: names of objects can be given too. */
export const matchRule = (named: boolean) =>
  z
    .object({
      operations: texts('CREATE, UPDATE, DELETE, CONNECT, or `*`.'),
      apiGroups: texts('API groups; an empty text is the core group, `*` is all.'),
      apiVersions: texts('API versions; `*` is all.'),
      resources: texts('Resources, or parts of them such as `devices/status`; `*` is all, without their parts.'),
      ...(named && { resourceNames: texts('Only objects with these names; empty for all.') }),
      scope: text('Cluster, Namespaced, or `*` for both.').meta({ default: '*' }),
    })
    .partial();

export const failurePolicy = () =>
  text('What counts when it cannot be decided: Fail (no) or Ignore (yes).').meta({ default: 'Fail' });

export const matchPolicy = () =>
  text('Exact: only the versions that rules name; Equivalent: others of the same objects too.').meta({
    default: 'Equivalent',
  });

export const matchConditions = () =>
  z
    .array(
      z.object({
        name: text('Name of the condition.'),
        expression: text('A CEL expression that gives true or false.'),
      }),
    )
    .meta({
      description: 'All must hold for a request to be looked at.',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'name',
    });

/** Which requests are meant. */
export const matchResources = (description: string) =>
  z
    .object({
      resourceRules: z
        .array(matchRule(true))
        .meta({ description: 'What is meant.', 'x-kubernetes-list-type': 'atomic' }),
      excludeResourceRules: z
        .array(matchRule(true))
        .meta({ description: 'What is not meant after all.', 'x-kubernetes-list-type': 'atomic' }),
      namespaceSelector: labelSelector('Only requests in namespaces with such labels.'),
      objectSelector: labelSelector('Only objects with such labels.'),
      matchPolicy: matchPolicy(),
    })
    .partial()
    .meta({ description, 'x-kubernetes-map-type': 'atomic' });

/** All that is wrong with which requests are meant. */
export const checkMatch = (match: Match, path: Path): Cause[] => [
  ...(match.resourceRules ?? []).flatMap((rule, i) => checkRule(rule, [...path, 'resourceRules', i])),
  ...(match.excludeResourceRules ?? []).flatMap((rule, i) => checkRule(rule, [...path, 'excludeResourceRules', i])),
  ...checkSelectors(match, path),
];

/** The parts that webhooks share. */
export const checkSelectors = (match: Match, path: Path): Cause[] => [
  ...oneOf([...path, 'matchPolicy'], match.matchPolicy, ['Equivalent', 'Exact']),
  ...(match.namespaceSelector ? checkLabelSelector(match.namespaceSelector, [...path, 'namespaceSelector']) : []),
  ...(match.objectSelector ? checkLabelSelector(match.objectSelector, [...path, 'objectSelector']) : []),
];

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

export const checkRule = (rule: MatchRule, path: Path): Cause[] => [
  ...checkWild(rule.operations, [...path, 'operations']),
  ...(rule.operations ?? []).flatMap((name, i) => oneOf([...path, 'operations', i], name, operations)),
  ...checkWild(rule.apiGroups, [...path, 'apiGroups']),
  ...checkWild(rule.apiVersions, [...path, 'apiVersions']),
  ...((rule.resources ?? []).length === 0 ? [cause.required([...path, 'resources'])] : []),
  ...oneOf([...path, 'scope'], rule.scope, ['*', 'Cluster', 'Namespaced']),
];

const checkWild = (list: readonly string[] = [], path: Path): Cause[] => {
  if (list.length === 0) return [cause.required(path)];
  const isMixed = list.length > 1 && list.includes('*');
  return isMixed ? [cause.invalid(path, list, "if '*' is present, must not specify other values")] : [];
};

export const oneOf = (path: Path, value: string | undefined, supported: readonly string[]): Cause[] =>
  value === undefined || supported.includes(value) ? [] : [cause.notSupported(path, value, supported)];
