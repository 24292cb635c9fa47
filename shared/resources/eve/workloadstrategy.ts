import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { getOwn, isMap } from '../../base/own.ts';
import { cause, type Path } from '../../base/path.ts';

/** What is wrong with how an ApplicationDeployment replaces its Applications, with upstream's texts. */
export const checkDeploymentStrategy = (object: ApiObject): Cause[] => {
  const spec = object.spec ?? {};
  const { path, type, rolling } = strategyOf(spec, 'strategy');
  const { minReadySeconds = 0, progressDeadlineSeconds } = spec;
  const causes = checkNumbers(spec);
  if (typeof progressDeadlineSeconds === 'number' && progressDeadlineSeconds <= Number(minReadySeconds))
    causes.push(
      cause.invalid('spec.progressDeadlineSeconds', progressDeadlineSeconds, 'must be greater than minReadySeconds'),
    );
  if (type === 'Recreate' && rolling)
    causes.push(cause.forbidden(path, "may not be specified when strategy `type` is 'Recreate'"));
  else if (rolling) {
    causes.push(...checkShares(rolling, path));
    if (causes.length === 0 && isNothing(rolling['maxUnavailable']) && isNothing(rolling['maxSurge']))
      causes.push(
        cause.invalid([...path, 'maxUnavailable'], rolling['maxUnavailable'], 'may not be 0 when `maxSurge` is 0'),
      );
  }
  return causes;
};

/** The same of an ApplicationDaemonSet. */
export const checkDaemonStrategy = (object: ApiObject): Cause[] => {
  const spec = object.spec ?? {};
  const { path, rolling } = strategyOf(spec, 'updateStrategy');
  const causes = checkNumbers(spec);
  if (!rolling) return causes;
  causes.push(...checkShares(rolling, path));
  const { maxSurge, maxUnavailable } = rolling;
  if (causes.length > 0) return causes;
  if (isSomething(maxSurge) && isSomething(maxUnavailable))
    return [cause.invalid([...path, 'maxSurge'], maxSurge, 'may not be set when maxUnavailable is non-zero')];
  if (isNothing(maxUnavailable) && !isSomething(maxSurge))
    return [cause.required([...path, 'maxUnavailable'], 'cannot be 0 when maxSurge is 0')];
  return [];
};

/** The same of an ApplicationStatefulSet. */
export const checkStatefulStrategy = (object: ApiObject): Cause[] => {
  const spec = object.spec ?? {};
  const { path, type, rolling } = strategyOf(spec, 'updateStrategy');
  const causes = checkNumbers(spec);
  if (!rolling) return causes;
  if (type === 'OnDelete')
    return [...causes, cause.invalid(path, rolling, "only allowed for updateStrategy 'RollingUpdate'")];
  const { partition, maxUnavailable } = rolling;
  causes.push(...notNegative(partition, [...path, 'partition']));
  causes.push(...checkShare(maxUnavailable, [...path, 'maxUnavailable']));
  if (isNothing(maxUnavailable)) causes.push(cause.invalid([...path, 'maxUnavailable'], maxUnavailable, 'cannot be 0'));
  return causes;
};

const strategyOf = (spec: Record<string, unknown>, field: string) => {
  const strategy = getOwn(spec, field);
  const rolling = isMap(strategy) ? getOwn(strategy, 'rollingUpdate') : undefined;
  const path: Path = ['spec', field, 'rollingUpdate'];
  return {
    path,
    type: isMap(strategy) ? getOwn(strategy, 'type') : undefined,
    rolling: isMap(rolling) ? rolling : undefined,
  };
};

const checkNumbers = ({ minReadySeconds }: Record<string, unknown>): Cause[] =>
  notNegative(minReadySeconds, ['spec', 'minReadySeconds']);

const notNegative = (value: unknown, path: Path): Cause[] =>
  typeof value === 'number' && value < 0 ? [cause.invalid(path, value, 'must be greater than or equal to 0')] : [];

const checkShares = (rolling: Record<string, unknown>, path: Path): Cause[] =>
  ['maxUnavailable', 'maxSurge'].flatMap(field => checkShare(rolling[field], [...path, field]));

const checkShare = (value: unknown, path: Path): Cause[] => {
  if (typeof value !== 'string') return notNegative(value, path);
  if (!/^\d+%$/.test(value))
    return [
      cause.invalid(
        path,
        value,
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      ),
    ];
  const isTooMuch = path.at(-1) === 'maxUnavailable' && Number(value.slice(0, -1)) > 100;
  return isTooMuch ? [cause.invalid(path, value, 'must not be greater than 100%')] : [];
};

/** Zero, said out loud. */
const isNothing = (value: unknown): boolean => value === 0 || (typeof value === 'string' && /^0+%$/.test(value));
const isSomething = (value: unknown): boolean => value !== undefined && !isNothing(value);
