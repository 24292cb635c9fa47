import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import { cause, type Path } from '../../base/path.ts';
import { qualifiedNameErrors } from '../../kube/names.ts';
import { checkLabelSelector } from '../../kube/select/labels.ts';

const requirement = () =>
  z.object({
    key: z.string().min(1).describe('A label of the Device, or `name` for its metadata.name.'),
    operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']).describe('How the label is compared.'),
    values: z
      .array(z.string())
      .optional()
      .describe('What it is compared with: one number for Gt and Lt, nothing for Exists and DoesNotExist.'),
  });

const term = () =>
  z.object({
    matchExpressions: z.array(requirement()).optional().describe('Requirements on labels; all must hold.'),
    matchFields: z.array(requirement()).optional().describe('Only the field metadata.name.'),
  });

const weight = () => z.int().min(1).max(100).describe('How much it counts, 1 to 100.');

/** Kubernetes' NodeAffinity; the nodes are Devices. */
export const nodeAffinity = () =>
  z.object({
    requiredDuringSchedulingIgnoredDuringExecution: z
      .object({ nodeSelectorTerms: z.array(term()).min(1).describe('One of them must match.') })
      .optional()
      .describe('Devices that come into question.'),
    preferredDuringSchedulingIgnoredDuringExecution: z
      .array(z.object({ weight: weight(), preference: term().describe('What the Device should match.') }))
      .optional()
      .describe('Devices that are better than others.'),
  });

export const labelSelector = () =>
  z.object({
    matchLabels: z
      .record(z.string(), z.string())
      .optional()
      .describe('Labels that must be there with exactly these values.'),
    matchExpressions: z
      .array(
        z.object({
          key: z.string().min(1).describe('The label looked at.'),
          operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']).describe('How the label is compared.'),
          values: z
            .array(z.string())
            .optional()
            .describe('What it is compared with; nothing for Exists and DoesNotExist.'),
        }),
      )
      .optional()
      .describe('Requirements on labels; all must hold.'),
  });

const podTerm = () =>
  z.object({
    labelSelector: labelSelector().optional().describe('Which Applications of the namespace are meant.'),
    topologyKey: z.string().min(1).describe('Devices with the same value of this label count as one place.'),
  });

const podRules = () =>
  z.object({
    requiredDuringSchedulingIgnoredDuringExecution: z.array(podTerm()).optional().describe('Rules that must hold.'),
    preferredDuringSchedulingIgnoredDuringExecution: z
      .array(z.object({ weight: weight(), podAffinityTerm: podTerm().describe('The rule.') }))
      .optional()
      .describe('Rules that had better hold.'),
  });

/** Affinity of an Application: to Devices by label, to and from other Applications by topology. */
export const affinity = () =>
  z.object({
    nodeAffinity: nodeAffinity().optional().describe('By labels of Devices.'),
    podAffinity: podRules().optional().describe('Where other Applications are.'),
    podAntiAffinity: podRules().optional().describe('Where other Applications are not.'),
  });

export type Affinity = z.infer<ReturnType<typeof affinity>>;
type Requirement = z.infer<ReturnType<typeof requirement>>;
type Term = z.infer<ReturnType<typeof term>>;
type PodTerm = z.infer<ReturnType<typeof podTerm>>;

/** What is wrong with affinity beyond its schema: operators and the values they need, names of labels. */
export const checkAffinity = (affinity: Affinity | undefined, path: Path): Cause[] => {
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
    ...checkPodRules(affinity?.podAffinity, [...path, 'podAffinity']),
    ...checkPodRules(affinity?.podAntiAffinity, [...path, 'podAntiAffinity']),
  ];
};

const checkPodRules = (rules: Affinity['podAffinity'], path: Path): Cause[] => [
  ...(rules?.requiredDuringSchedulingIgnoredDuringExecution ?? []).flatMap((one, n) =>
    checkPodTerm(one, [...path, 'requiredDuringSchedulingIgnoredDuringExecution', n]),
  ),
  ...(rules?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ podAffinityTerm }, n) =>
    checkPodTerm(podAffinityTerm, [...path, 'preferredDuringSchedulingIgnoredDuringExecution', n, 'podAffinityTerm']),
  ),
];

const checkPodTerm = ({ labelSelector: selector, topologyKey }: PodTerm, path: Path): Cause[] => [
  ...(selector ? checkLabelSelector(selector, [...path, 'labelSelector']) : []),
  ...qualifiedNameErrors(topologyKey).map(error => cause.invalid([...path, 'topologyKey'], topologyKey, error)),
];

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
