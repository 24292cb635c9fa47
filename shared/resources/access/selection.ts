import * as z from 'zod';
import { type Cause, isFault } from '../../base/fault.ts';
import { cause, type Path } from '../../base/path.ts';
import { labelValueErrors, qualifiedNameErrors } from '../../kube/names.ts';
import { parseFieldSelector } from '../../kube/select/fields.ts';
import { parseLabelSelector } from '../../kube/select/labels.ts';
import { text, texts } from '../text.ts';

/** To which objects an access review narrows its question: a selector, as text or taken apart. */
export interface Selection {
  readonly rawSelector?: string;
  readonly requirements?: readonly Requirement[];
}

interface Requirement {
  readonly key?: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

export interface Selections {
  readonly fieldSelector?: Selection;
  readonly labelSelector?: Selection;
}

/** The field of a review that holds a selection. */
export const selection = (description: string) =>
  z
    .object({
      rawSelector: text('The selector as text.').optional(),
      requirements: z
        .array(
          z.object({
            key: text('What is compared.').optional(),
            operator: text('How.').optional(),
            values: texts('With what.').optional(),
          }),
        )
        .meta({ description: 'The selector, taken apart; all must hold.', 'x-kubernetes-list-type': 'atomic' })
        .optional(),
    })
    .meta({ description });

/** What is wrong with the selections of `spec.resourceAttributes`, with upstream's texts. */
export const checkSelections = ({ fieldSelector, labelSelector }: Selections): Cause[] => [
  ...checkSelection(fieldSelector, [...attributes, 'fieldSelector'], false),
  ...checkSelection(labelSelector, [...attributes, 'labelSelector'], true),
];

/**
 * What is said beside the answer of selections that cannot be read: that they were ignored, wholly or in part. Roles do not
 * look at selections, so the answer is the same; operators of later versions are no error.
 */
export const unreadSelections = ({ fieldSelector, labelSelector }: Selections): string =>
  [
    toldOf('fieldSelector', fieldSelector, parseFieldSelector, isFieldRequirement),
    toldOf('labelSelector', labelSelector, parseLabelSelector, isLabelRequirement),
  ]
    .filter(told => told !== '')
    .join('; ');

const attributes: Path = ['spec', 'resourceAttributes'];

const checkSelection = (selection: Selection | undefined, path: Path, isOfLabels: boolean): Cause[] => {
  if (!selection) return [];
  const { rawSelector = '', requirements = [] } = selection;
  if (rawSelector === '' && requirements.length === 0) {
    const why = `when ${path.join('.')} is specified, requirements or rawSelector is required`;
    return [cause.required([...path, 'requirements'], why)];
  }
  if (rawSelector !== '' && requirements.length > 0)
    return [cause.invalid([...path, 'rawSelector'], rawSelector, 'may not specified at the same time as requirements')];
  const check = isOfLabels ? checkLabelRequirement : checkFieldRequirement;
  return requirements.flatMap((requirement, index) => check(requirement, [...path, 'requirements', index]));
};

const checkFieldRequirement = ({ key = '', ...requirement }: Requirement, path: Path): Cause[] => [
  ...(key === '' ? [cause.required([...path, 'key'], 'must be specified')] : []),
  ...checkValues(requirement, path),
];

const checkLabelRequirement = ({ key = '', ...requirement }: Requirement, path: Path): Cause[] => [
  ...checkValues(requirement, path),
  ...qualifiedNameErrors(key).map(error => cause.invalid([...path, 'key'], key, error)),
  ...(requirement.values ?? []).flatMap((value, index) =>
    labelValueErrors(value).map(error => cause.invalid([...path, 'values', index], value, error)),
  ),
];

const checkValues = ({ operator = '', values = [] }: Requirement, path: Path): Cause[] => {
  const at = [...path, 'values'];
  if (ofSets.has(operator) && values.length === 0)
    return [cause.required(at, "must be specified when `operator` is 'In' or 'NotIn'")];
  if (ofPresence.has(operator) && values.length > 0)
    return [cause.forbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
  return [];
};

const ofSets: ReadonlySet<string> = new Set(['In', 'NotIn']);
const ofPresence: ReadonlySet<string> = new Set(['Exists', 'DoesNotExist']);

const toldOf = (
  name: string,
  selection: Selection | undefined,
  parse: (raw: string) => unknown,
  isRead: (requirement: Requirement) => boolean,
): string => {
  const { rawSelector = '', requirements = [] } = selection ?? {};
  const unread = requirements.filter(requirement => !isRead(requirement)).length;
  if (unread === 0 && isParsed(rawSelector, parse)) return '';
  const part = unread < requirements.length ? 'partially ' : '';
  return `${attributes.join('.')}.${name} ${part}ignored due to parse error`;
};

const isParsed = (raw: string, parse: (raw: string) => unknown): boolean => {
  try {
    parse(raw);
    return true;
  } catch (error) {
    if (isFault(error, 'BadRequest')) return false;
    throw error;
  }
};

/** Fields are equal to one value or are not. */
const isFieldRequirement = ({ operator = '', values = [] }: Requirement): boolean =>
  ofSets.has(operator) && values.length === 1;

const isLabelRequirement = ({ operator = '' }: Requirement): boolean =>
  ofSets.has(operator) || ofPresence.has(operator);
