import { isEqual } from '../../base/equal.ts';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';
import { labelErrors } from '../../kube/names.ts';
import { annotationCauses, labelCauses } from '../../kube/registry/metadata.ts';
import type { AdmitContext } from '../../kube/resource.ts';
import {
  checkLabelSelector,
  fromLabelSelector,
  type LabelSelectorObject,
  matchesLabels,
} from '../../kube/select/labels.ts';
import { checkApplicationSpec } from './applicationcheck.ts';
import type { ApplicationSpec } from './applicationspec.ts';
import { ineffective } from './ineffective.ts';
import { checkNetworks } from './networks.ts';

export interface WorkloadSpec {
  selector: LabelSelectorObject;
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
  const { labels = {}, annotations = {} } = spec.template.metadata ?? {};
  return [
    ...checkSelector(spec.selector, labels),
    ...labelCauses(labels, 'spec.template.metadata.labels'),
    ...annotationCauses(annotations, 'spec.template.metadata.annotations'),
    ...checkApplicationSpec(withClaims(spec.template.spec, volumeClaimTemplates), ['spec', 'template', 'spec']),
    ...volumeClaimTemplates.flatMap(({ metadata }, at) =>
      checkClaimName(metadata?.name, ['spec', 'volumeClaimTemplates', at, 'metadata', 'name']),
    ),
    ...checkNetworks({ name: '', annotations }).map(one => ({ ...one, field: `spec.template.${one.field}` })),
  ];
};

const checkSelector = (selector: LabelSelectorObject, labels: Readonly<Record<string, string>>): Cause[] => {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0)
    return [cause.invalid('spec.selector', selector, 'empty selector is invalid for a workload')];
  const causes = checkLabelSelector(selector, ['spec', 'selector']);
  if (causes.length > 0 || matchesLabels(fromLabelSelector(selector), labels)) return causes;
  return [cause.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')];
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

/** Reports fields that may not change, by their paths below spec. */
export const checkImmutable = (now: ApiObject, old: ApiObject, fields: readonly string[]): Cause[] =>
  fields
    .filter(field => !isEqual(now.spec?.[field], old.spec?.[field]))
    .map(field => {
      const path: Path = ['spec', field];
      return cause.invalid(path, now.spec?.[field], 'field is immutable');
    });

/** Nobody has looked at a new one yet: who waits for it by its status shall not take it for one that is done. */
export const beginUnobserved = (draft: ApiObject): void => {
  draft.status = { observedGeneration: 0 };
};

/** Warns of fields of the template from which nothing follows. */
export const warnOfTemplate = async (
  draft: ApiObject,
  _old: ApiObject | undefined,
  { warn, subresource }: AdmitContext,
): Promise<void> => {
  const spec = (draft.spec as Partial<WorkloadSpec> | undefined)?.template?.spec;
  // What is required may still be missing here.
  if (subresource !== undefined || !Array.isArray(spec?.containers)) return;
  for (const text of ineffective(spec, 'spec.template.spec')) warn(text);
};
