import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';

/** A claim's volume is made anew, and empty or from its source again, when this annotation rises. */
const generationAnnotation = 'kubeve.io/volume-generation';

/** A claim with this annotation "true" has its volume outside of the device's encrypted vault. */
const clearTextAnnotation = 'kubeve.io/clear-text-volume';

type Annotated = Pick<ApiObject, 'metadata'>;

export const generationOf = ({ metadata }: Annotated): number => {
  const text = metadata.annotations?.[generationAnnotation] ?? '0';
  return generationForm.test(text) ? Number(text) : 0;
};

export const isClearText = ({ metadata }: Annotated): boolean => metadata.annotations?.[clearTextAnnotation] === 'true';

const generationForm = /^\d{1,9}$/;
const at = (key: string): Path => ['metadata', 'annotations', { key }];

/** What is wrong with what a claim says of its volume on a device. */
export const checkVolume = ({ metadata }: Annotated): Cause[] => {
  const generation = metadata.annotations?.[generationAnnotation];
  const clear = metadata.annotations?.[clearTextAnnotation];
  return [
    ...(generation === undefined || generationForm.test(generation)
      ? []
      : [cause.invalid(at(generationAnnotation), generation, 'must be a whole number')]),
    ...(clear === undefined || clear === 'true' || clear === 'false'
      ? []
      : [cause.notSupported(at(clearTextAnnotation), clear, ['true', 'false'])]),
  ];
};

/** A volume of a former generation is gone; one that exists stays where it is. */
export const checkVolumeUpdate = (now: ApiObject, old: ApiObject): Cause[] => {
  const [next, former] = [generationOf(now), generationOf(old)];
  if (next < former)
    return [cause.invalid(at(generationAnnotation), String(next), `must not go down: it was ${former}`)];
  const isBound = old.status?.['phase'] === 'Bound';
  return isBound && next === former && isClearText(now) !== isClearText(old)
    ? [
        cause.forbidden(
          at(clearTextAnnotation),
          `the volume exists; raise ${generationAnnotation} to have it made anew`,
        ),
      ]
    : [];
};
