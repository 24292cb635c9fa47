import type { ResourceType } from '../resource.ts';
import { findMatch, type MatchPorts } from './match.ts';
import type { CommonBinding, CommonSpec } from './policy.ts';
import type { Attempt } from './request.ts';
import type { Stored } from './sources.ts';

/** A policy and a binding that makes it hold. */
export interface Pair<P extends CommonSpec, B extends CommonBinding> {
  readonly policy: Stored<P>;
  readonly binding: Stored<B>;
}

/** All policies with each of their bindings, in the order of their names. */
export const toPairs = <P extends CommonSpec, B extends CommonBinding>(
  policies: ReadonlyMap<string, Stored<P>>,
  bindings: ReadonlyMap<string, Stored<B>>,
): Pair<P, B>[] =>
  [...bindings.values()]
    .flatMap(binding => {
      const policy = policies.get(binding.spec?.policyName ?? '');
      return policy ? [{ policy, binding }] : [];
    })
    .sort((a, b) => byName(a.policy, b.policy) || byName(a.binding, b.binding));

const byName = (a: Stored<unknown>, b: Stored<unknown>): number =>
  a.metadata.name < b.metadata.name ? -1 : Number(a.metadata.name > b.metadata.name);

/** The type in whose form an attempt concerns a policy with a binding; undefined when it does not. */
export const findBound = async (
  { policy, binding }: Pair<CommonSpec, CommonBinding>,
  attempt: Attempt,
  ports: MatchPorts,
): Promise<ResourceType | undefined> => {
  const as = await findMatch(policy.spec?.matchConstraints ?? { resourceRules: [] }, attempt, ports);
  const { matchResources } = binding.spec ?? {};
  if (as === undefined || matchResources === undefined) return as;
  return (await findMatch(matchResources, attempt, ports)) === undefined ? undefined : as;
};
