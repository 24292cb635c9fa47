import type { Cause } from '../../base/fault.ts';
import { cause, type Path } from '../../base/path.ts';
import { labelValueErrors, qualifiedNameErrors } from '../../kube/names.ts';
import type { ApplicationSpec } from './applicationspec.ts';
import type { DeviceSpec } from './devicespec.ts';

/** What is wrong with the taints of a Device, with upstream's texts. */
export const checkTaints = (taints: NonNullable<DeviceSpec['taints']>, path: Path): Cause[] => {
  const seen = new Set<string>();
  return taints.flatMap(({ key, value = '', effect }, at) => {
    const name = `${key}:${effect}`;
    const causes = [...checkKey(key, [...path, at, 'key']), ...checkValue(value, [...path, at, 'value'])];
    if (seen.has(name)) causes.push(cause.duplicate([...path, at], name));
    seen.add(name);
    return causes;
  });
};

/** What is wrong with the tolerations of an Application, with upstream's texts. */
export const checkTolerations = (tolerations: NonNullable<ApplicationSpec['tolerations']>, path: Path): Cause[] =>
  tolerations.flatMap(({ key = '', operator = 'Equal', value = '', effect, tolerationSeconds }, at) => {
    const field = [...path, at];
    const causes = key === '' ? [] : checkKey(key, [...field, 'key']);
    if (key === '' && operator !== 'Exists')
      causes.push(
        cause.invalid(
          [...field, 'operator'],
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    if (operator === 'Exists' && value !== '')
      causes.push(cause.invalid([...field, 'operator'], value, "value must be empty when `operator` is 'Exists'"));
    if (operator === 'Equal') causes.push(...checkValue(value, [...field, 'value']));
    if (tolerationSeconds !== undefined && effect !== 'NoExecute')
      causes.push(
        cause.invalid([...field, 'effect'], effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"),
      );
    return causes;
  });

const checkKey = (key: string, path: Path): Cause[] =>
  qualifiedNameErrors(key).map(error => cause.invalid(path, key, error));

const checkValue = (value: string, path: Path): Cause[] =>
  labelValueErrors(value).map(error => cause.invalid(path, value, error));
