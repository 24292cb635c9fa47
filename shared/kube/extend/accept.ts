import { setCondition } from '../../base/condition.ts';
import { approvalOf } from './check.ts';
import { type Definition, type DefinitionNames, type DefinitionStatus, hasCondition } from './definition.ts';

/** Names that others in the same group have. */
export interface Taken {
  /** Plurals, singulars and short names. */
  readonly resources: ReadonlySet<string>;
  /** Kinds and kinds of lists. */
  readonly kinds: ReadonlySet<string>;
}

/**
 * The status that a definition deserves: which of its names it gets, and whether it is served (kubernetes-api reference
 * §4). What it had once accepted it keeps as long as it asks for it.
 */
export const acceptNames = (definition: Definition, taken: Taken, now: number): DefinitionStatus => {
  const { names = {} } = definition.spec ?? {};
  const status = definition.status ?? {};
  const before = status.acceptedNames ?? {};
  const clashes = clashesOf(names, taken);
  const accepted = merge(names, before, new Set(clashes.map(({ field }) => field)));
  const [clash] = clashes.slice(-1);
  let conditions = setCondition(
    status.conditions,
    clash
      ? {
          type: 'NamesAccepted',
          status: 'False',
          reason: clash.reason,
          message: `${clash.names.map(name => JSON.stringify(name)).join(', ')} is already in use`,
        }
      : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
    now,
  );
  if (!hasCondition(definition, 'Established'))
    conditions = setCondition(conditions, clash ? notEstablished : established, now);
  const approval = approvals[approvalOf(definition) ?? ''];
  if (approval) conditions = setCondition(conditions, approval, now);
  // Conditions were made here or were decoded as such.
  return {
    ...status,
    acceptedNames: accepted,
    conditions: conditions as unknown as NonNullable<DefinitionStatus['conditions']>,
  };
};

/** What a definition takes away from others. */
export const namesTaken = (names: readonly DefinitionNames[]): Taken => ({
  resources: toSet(names.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular, ...shortNames])),
  kinds: toSet(names.flatMap(({ kind, listKind }) => [kind, listKind])),
});

const toSet = (names: readonly (string | undefined)[]): ReadonlySet<string> =>
  new Set(names.flatMap(name => (name ? [name] : [])));

const established = {
  type: 'Established',
  status: 'True',
  reason: 'InitialNamesAccepted',
  message: 'the initial names have been accepted',
} as const;

const notEstablished = {
  type: 'Established',
  status: 'False',
  reason: 'NotAccepted',
  message: 'not all names are accepted',
} as const;

const approvals: Readonly<Record<string, Parameters<typeof setCondition>[1] | undefined>> = {
  approved: {
    type: 'KubernetesAPIApprovalPolicyConformant',
    status: 'True',
    reason: 'ApprovedAnnotation',
    message: 'approved by its annotation "api-approved.kubernetes.io"',
  },
  bypassed: {
    type: 'KubernetesAPIApprovalPolicyConformant',
    status: 'False',
    reason: 'UnapprovedAnnotation',
    message: 'not approved: its annotation "api-approved.kubernetes.io" says so',
  },
};

interface Clash {
  readonly field: keyof DefinitionNames;
  readonly reason: string;
  readonly names: readonly string[];
}

const clashesOf = (names: DefinitionNames, { resources, kinds }: Taken): Clash[] => {
  const clashes: Clash[] = [];
  const look = (
    field: Clash['field'],
    reason: string,
    asked: readonly (string | undefined)[],
    taken: ReadonlySet<string>,
  ) => {
    const found = asked.flatMap(name => (name !== undefined && taken.has(name) ? [name] : []));
    if (found.length > 0) clashes.push({ field, reason, names: found });
  };
  look('plural', 'PluralConflict', [names.plural], resources);
  look('singular', 'SingularConflict', [names.singular], resources);
  look('shortNames', 'ShortNamesConflict', names.shortNames ?? [], resources);
  look('kind', 'KindConflict', [names.kind], kinds);
  look('listKind', 'ListKindConflict', [names.listKind], kinds);
  return clashes;
};

/** Every field as asked for unless it clashes; then as it was. Plural and kind are always there, if empty. */
const merge = (asked: DefinitionNames, before: DefinitionNames, clashing: ReadonlySet<string>): DefinitionNames => {
  const pick = <K extends keyof DefinitionNames>(field: K): DefinitionNames => {
    const value = (clashing.has(field) ? before : asked)[field];
    return value === undefined ? {} : { [field]: value };
  };
  return {
    plural: '',
    kind: '',
    ...pick('plural'),
    ...pick('singular'),
    ...pick('shortNames'),
    ...pick('kind'),
    ...pick('listKind'),
    ...pick('categories'),
  };
};
