import { fromUtf8, sha256 } from '../base/bytes.ts';
import { type Cidr, isOverlapping, parseCidr, printV4 } from '../base/ip.ts';

/** Chooses subnets for networks that name none: /24 blocks out of 10.64.0.0/10. */
export interface Subnets {
  /** Marks a block as used. */
  take(subnet: string): void;
  /** The block of a network: the same for the same uid as long as nothing older is in the way. */
  choose(uid: string): string;
}

export const createSubnets = (): Subnets => {
  const used: Cidr[] = [];
  return {
    take(subnet) {
      const block = parseCidr(subnet);
      if (block) used.push(block);
    },
    choose(uid) {
      const hash = sha256(fromUtf8(uid));
      const start = ((hash[0] ?? 0) * 256 + (hash[1] ?? 0)) % count;
      for (let step = 0; step < count; step++) {
        const subnet = `${printV4(first + BigInt((start + step) % count) * 256n)}/24`;
        const block = parseCidr(subnet);
        if (block && !used.some(one => isOverlapping(one, block))) {
          used.push(block);
          return subnet;
        }
      }
      throw new Error('no subnet is left');
    },
  };
};

const count = 16384;
const first = parseCidr('10.64.0.0/10')?.first ?? 0n;
