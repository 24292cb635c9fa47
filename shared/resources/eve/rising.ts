import type { Cause } from '../../base/fault.ts';
import type { ApiObject, Json } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import { cause } from '../../base/path.ts';

/**
 * Commands by counter that went down, or away: the device compares them for difference, and a former value would make it do
 * again what nobody asked for. `paths`: where the counters are, below spec.
 */
export const checkRising = (now: ApiObject, old: ApiObject, paths: readonly (readonly string[])[]): Cause[] =>
  paths.flatMap(path => {
    const [next, former] = [counterAt(now, path), counterAt(old, path)];
    return next >= former
      ? []
      : [cause.invalid(['spec', ...path, 'counter'], next, `must not go down: it was ${former}`)];
  });

const counterAt = (object: ApiObject, path: readonly string[]): number => {
  let value: Json | undefined = object.spec;
  for (const step of [...path, 'counter']) value = isMap(value) ? (value[step] as Json | undefined) : undefined; // of JSON
  return typeof value === 'number' ? value : 0;
};
