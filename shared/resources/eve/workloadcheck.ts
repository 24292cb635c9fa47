import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';
import { labelErrors } from '../../kube/names.ts';
import { checkApplicationSpec } from './applicationcheck.ts';
import type { ApplicationSpec } from './applicationspec.ts';
import { checkNetworks } from './networks.ts';

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface WorkloadSpec {
  selector: Selector;
  template: {
    metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
    spec: ApplicationSpec;
  };
}

/** Of a stateful set: a claim that every Application gets for itself, mounted by the template's name. */
interface ClaimTemplates {
  volumeClaimTemplates?: { metadata?: { name?: unknown } }[];
}

/** What is wrong with a workload: its template, its selector, and a selector that does not match the template. */
export const checkWorkload = (object: ApiObject): Cause[] => {
  // The registry validates every object against the kind's schema, which has these fields.
  const spec = object.spec as unknown as WorkloadSpec & ClaimTemplates;
  const { volumeClaimTemplates = [] } = spec;
  const labels = spec.template.metadata?.labels ?? {};
  const { matchLabels = {}, matchExpressions = [] } = spec.selector;
  const causes = [
    ...checkApplicationSpec(withClaims(spec.template.spec, volumeClaimTemplates), ['spec', 'template', 'spec']),
    ...volumeClaimTemplates.flatMap(({ metadata }, at) =>
      checkClaimName(metadata?.name, ['spec', 'volumeClaimTemplates', at, 'metadata', 'name']),
    ),
  ];
  if (Object.keys(matchLabels).length + matchExpressions.length === 0)
    causes.push(cause.invalid('spec.selector', spec.selector, 'empty selector is invalid for a workload'));
  else if (
    !Object.entries(matchLabels).every(([key, value]) => labels[key] === value) ||
    !matchExpressions.every(one => holds(one, labels))
  )
    causes.push(cause.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  const annotations = spec.template.metadata?.annotations;
  return [
    ...causes,
    ...(annotations
      ? checkNetworks({ name: '', annotations }).map(one => ({ ...one, field: `spec.template.${one.field}` }))
      : []),
  ];
};

/** What a stateful set's Applications will look like: its claims take the place of volumes of the same names. */
const withClaims = (spec: ApplicationSpec, claims: NonNullable<ClaimTemplates['volumeClaimTemplates']>) => {
  const names = claims.map(({ metadata }) => String(metadata?.name ?? ''));
  const others = (spec.volumes ?? []).filter(({ name }) => !names.includes(name));
  const own = names.map(name => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...spec, volumes: [...others, ...own] };
};

const checkClaimName = (name: unknown, path: Path): Cause[] =>
  typeof name !== 'string' || name === ''
    ? [cause.required(path)]
    : labelErrors(name).map(error => cause.invalid(path, name, error));

const holds = (
  { key, operator, values = [] }: { key: string; operator: string; values?: string[] },
  labels: Record<string, string>,
) => {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  return operator === 'In'
    ? value !== undefined && values.includes(value)
    : value === undefined || !values.includes(value);
};

/** Reports fields that may not change, by their paths below spec. */
export const checkImmutable = (now: ApiObject, old: ApiObject, fields: readonly string[]): Cause[] =>
  fields
    .filter(field => JSON.stringify(now.spec?.[field]) !== JSON.stringify(old.spec?.[field]))
    .map(field => {
      const path: Path = ['spec', field];
      return cause.invalid(path, now.spec?.[field], 'field is immutable');
    });

/** Nobody has looked at a new one yet: who waits for it by its status shall not take it for one that is done. */
export const beginUnobserved = (draft: ApiObject): void => {
  draft.status = { observedGeneration: 0 };
};
