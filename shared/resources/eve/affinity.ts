import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import { cause, type Path } from '../../base/path.ts';

const requirement = () =>
  z.object({
    key: z.string().min(1).describe('A label of the Device, or `name` for its metadata.name.'),
    operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']),
    values: z.array(z.string()).optional(),
  });

const term = () =>
  z.object({
    matchExpressions: z.array(requirement()).optional(),
    matchFields: z.array(requirement()).optional().describe('Only the field metadata.name.'),
  });

/** Kubernetes' NodeAffinity; the nodes are Devices. */
export const nodeAffinity = () =>
  z.object({
    requiredDuringSchedulingIgnoredDuringExecution: z
      .object({ nodeSelectorTerms: z.array(term()).min(1).describe('One of them must match.') })
      .optional(),
    preferredDuringSchedulingIgnoredDuringExecution: z
      .array(z.object({ weight: z.int().min(1).max(100), preference: term() }))
      .optional(),
  });

export const labelSelector = () =>
  z.object({
    matchLabels: z.record(z.string(), z.string()).optional(),
    matchExpressions: z
      .array(
        z.object({
          key: z.string().min(1),
          operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
          values: z.array(z.string()).optional(),
        }),
      )
      .optional(),
  });

const podTerm = () =>
  z.object({
    labelSelector: labelSelector().optional().describe('Which Applications of the namespace are meant.'),
    topologyKey: z.string().min(1).describe('Devices with the same value of this label count as one place.'),
  });

const podRules = () =>
  z.object({
    requiredDuringSchedulingIgnoredDuringExecution: z.array(podTerm()).optional(),
    preferredDuringSchedulingIgnoredDuringExecution: z
      .array(z.object({ weight: z.int().min(1).max(100), podAffinityTerm: podTerm() }))
      .optional(),
  });

/** Affinity of an Application: to Devices by label, to and from other Applications by topology. */
export const affinity = () =>
  z.object({
    nodeAffinity: nodeAffinity().optional(),
    podAffinity: podRules().optional(),
    podAntiAffinity: podRules().optional(),
  });

export type Affinity = z.infer<ReturnType<typeof affinity>>;
type Requirement = z.infer<ReturnType<typeof requirement>>;
type Term = z.infer<ReturnType<typeof term>>;

/** What is wrong with node affinity beyond its schema: operators and the values they need. */
export const checkAffinity = (affinity: Pick<Affinity, 'nodeAffinity'> | undefined, path: Path): Cause[] => {
  const node = affinity?.nodeAffinity;
  const at: Path = [...path, 'nodeAffinity'];
  const required = node?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const preferred = node?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return [
    ...required.flatMap((one, n) =>
      checkTerm(one, [...at, 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms', n]),
    ),
    ...preferred.flatMap(({ preference }, n) =>
      checkTerm(preference, [...at, 'preferredDuringSchedulingIgnoredDuringExecution', n, 'preference']),
    ),
  ];
};

const checkTerm = (one: Term, path: Path): Cause[] => [
  ...(one.matchExpressions ?? []).flatMap((item, n) => checkRequirement(item, [...path, 'matchExpressions', n])),
  ...(one.matchFields ?? []).flatMap((item, n) => [
    ...(item.key === 'metadata.name'
      ? []
      : [cause.invalid([...path, 'matchFields', n, 'key'], item.key, 'not a valid field selector key')]),
    ...checkRequirement(item, [...path, 'matchFields', n]),
  ]),
];

const checkRequirement = ({ operator, values = [] }: Requirement, path: Path): Cause[] => {
  const at = [...path, 'values'];
  if (operator === 'In' || operator === 'NotIn')
    return values.length > 0 ? [] : [cause.required(at, "must be specified when `operator` is 'In' or 'NotIn'")];
  if (operator === 'Exists' || operator === 'DoesNotExist')
    return values.length === 0
      ? []
      : [cause.forbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
  return values.length === 1 && /^-?\d+$/.test(values[0] ?? '')
    ? []
    : [cause.required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'")];
};
