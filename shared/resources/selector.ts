import * as z from 'zod';
import type { Cause } from '../base/fault.ts';
import { cause, type Path } from '../base/path.ts';
import { labelValueErrors, qualifiedNameErrors } from '../kube/names.ts';
import { text, textMap, texts } from './text.ts';

/** Kubernetes' LabelSelector. */
export const labelSelector = (description: string) =>
  z
    .object({
      matchLabels: textMap('Labels that must be there with exactly these values.').optional(),
      matchExpressions: z
        .array(
          z.object({
            key: text('The label looked at.'),
            operator: text('How it is compared: In, NotIn, Exists or DoesNotExist.'),
            values: texts('What it is compared with; empty for Exists and DoesNotExist.').optional(),
          }),
        )
        .meta({ description: 'Requirements on labels; all must hold.', 'x-kubernetes-list-type': 'atomic' })
        .optional(),
    })
    .meta({ description, 'x-kubernetes-map-type': 'atomic' });

export interface LabelSelectorField {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
}

/** What is wrong with a selector beyond its structure. */
export const checkLabelSelector = (selector: LabelSelectorField, path: Path): Cause[] => [
  ...Object.entries(selector.matchLabels ?? {}).flatMap(([key, value]) => [
    ...qualifiedNameErrors(key).map(message => cause.invalid([...path, 'matchLabels'], key, message)),
    ...labelValueErrors(value).map(message => cause.invalid([...path, 'matchLabels'], value, message)),
  ]),
  ...(selector.matchExpressions ?? []).flatMap((requirement, index) =>
    checkRequirement(requirement, [...path, 'matchExpressions', index]),
  ),
];

const checkRequirement = (
  { key, operator, values = [] }: { key: string; operator: string; values?: readonly string[] },
  path: Path,
): Cause[] => {
  const causes: Cause[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      causes.push(cause.required([...path, 'values'], "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      causes.push(
        cause.forbidden([...path, 'values'], "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
      );
  } else causes.push(cause.invalid([...path, 'operator'], operator, 'not a valid selector operator'));
  causes.push(...qualifiedNameErrors(key).map(message => cause.invalid([...path, 'key'], key, message)));
  values.forEach((value, index) => {
    causes.push(...labelValueErrors(value).map(message => cause.invalid([...path, 'values', index], value, message)));
  });
  return causes;
};
