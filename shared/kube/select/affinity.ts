import { getOwn } from '../../base/own.ts';
import { type LabelRequirement, matchesLabels } from './labels.ts';

/** What is selected by node selectors and node affinity: a name and labels. */
export interface Candidate {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

export interface NodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?:
    | { readonly nodeSelectorTerms?: readonly NodeSelectorTerm[] | undefined }
    | undefined;
  readonly preferredDuringSchedulingIgnoredDuringExecution?:
    | readonly { readonly weight: number; readonly preference: NodeSelectorTerm }[]
    | undefined;
}

export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly NodeRequirement[] | undefined;
  readonly matchFields?: readonly NodeRequirement[] | undefined;
}

export interface NodeRequirement {
  readonly key: string;
  readonly operator: LabelRequirement['operator'];
  readonly values?: readonly string[] | undefined;
}

export type NodeSelector = Readonly<Record<string, string>>;

/**
 * Whether a candidate may be chosen: all entries of `nodeSelector` hold, and one of the required terms of `nodeAffinity`. What is
 * absent asks for nothing; a term without requirements matches nothing, as in Kubernetes. The key `name` means the candidate's
 * metadata.name.
 */
export const matchesNodeAffinity = (
  affinity: NodeAffinity | undefined,
  nodeSelector: NodeSelector | undefined,
  candidate: Candidate,
): boolean => {
  if (nodeSelector && !Object.entries(nodeSelector).every(([key, value]) => labelOf(candidate, key) === value))
    return false;
  const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || (required.nodeSelectorTerms ?? []).some(term => matchesTerm(term, candidate));
};

/** Sum of the weights of the preferred terms that a candidate matches. */
export const scoreNodeAffinity = (affinity: NodeAffinity | undefined, candidate: Candidate): number =>
  (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
    .filter(({ preference }) => isEmpty(preference) || matchesTerm(preference, candidate))
    .reduce((sum, { weight }) => sum + weight, 0);

/**
 * The names that a choice is limited to, when it is limited to names: lets a caller read a few objects instead of all.
 * Undefined when any name may match.
 */
export const namesOf = (
  affinity: NodeAffinity | undefined,
  nodeSelector: NodeSelector | undefined,
): readonly string[] | undefined => {
  const name = nodeSelector && getOwn(nodeSelector, 'name');
  if (name !== undefined) return [name];
  const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required) return undefined;
  const named = (required.nodeSelectorTerms ?? []).map(
    term => requirementsOf(term).find(({ key, operator }) => key === 'name' && operator === 'In')?.values,
  );
  return named.every(values => values !== undefined) ? [...new Set(named.flat())] : undefined;
};

const isEmpty = (term: NodeSelectorTerm): boolean => requirementsOf(term).length === 0;

const matchesTerm = (term: NodeSelectorTerm, candidate: Candidate): boolean => {
  const requirements = requirementsOf(term);
  return requirements.length > 0 && requirements.every(requirement => matchesRequirement(requirement, candidate));
};

/** Both kinds of requirement as one: `matchFields` knows the field `metadata.name` only. */
const requirementsOf = ({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): NodeRequirement[] => [
  ...matchExpressions,
  ...matchFields.map(({ key, ...rest }) => ({ ...rest, key: key === 'metadata.name' ? 'name' : key })),
];

const matchesRequirement = ({ key, operator, values = [] }: NodeRequirement, candidate: Candidate): boolean => {
  const value = labelOf(candidate, key);
  return matchesLabels([{ key, operator, values }], value === undefined ? {} : { [key]: value });
};

const labelOf = ({ metadata }: Candidate, key: string): string | undefined =>
  key === 'name' ? metadata.name : metadata.labels && getOwn(metadata.labels, key);
