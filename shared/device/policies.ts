import type { Policy } from './room.ts';

/** Several operators' rules as one: all must be pleased. The first that is not speaks, else the first that has an opinion. */
export const allOf = (policies: readonly Policy[]): Policy => ({
  async judge(member, attested) {
    const found = await Promise.all(policies.flatMap(one => one.judge?.(member, attested) ?? []));
    return (
      found.find(one => !one.accepted) ??
      found.find(one => one.policy !== undefined) ??
      found[0] ?? { accepted: true, reason: 'Verified', message: 'nothing is demanded' }
    );
  },
  requiresToken: async member => {
    for (const one of policies) if (await one.requiresToken?.(member)) return true;
    return false;
  },
  pinsCertificates: async member => {
    for (const one of policies) {
      const pinned = await one.pinsCertificates?.(member);
      if (pinned !== undefined) return pinned;
    }
    return undefined;
  },
});
