import * as z from 'zod';
import { text, textMap, texts } from './text.ts';

/** Kubernetes' LabelSelector as a field; `checkLabelSelector` of `kube/select` says what else is wrong with one. */
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
