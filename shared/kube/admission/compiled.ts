import { CelError } from '../cel/value.ts';
import type { Stored } from './sources.ts';

/** Compiles what is stored once for each of its states; the error when it cannot be compiled. */
export const compiledOnce = <Spec extends object, Compiled>(
  compile: (spec: Spec) => Compiled,
): ((policy: Stored<Spec>) => Compiled | CelError) => {
  const known = new WeakMap<Stored<Spec>, Compiled | CelError>();
  return policy => {
    const found = known.get(policy) ?? attempt(compile, policy);
    known.set(policy, found);
    return found;
  };
};

const attempt = <Spec extends object, Compiled>(
  compile: (spec: Spec) => Compiled,
  { spec }: Stored<Spec>,
): Compiled | CelError => {
  if (spec === undefined) return new CelError('there is no spec');
  try {
    return compile(spec);
  } catch (error) {
    if (error instanceof CelError) return error;
    throw error;
  }
};
