import type { Vault } from '../../../functions/identity/vault.ts';
import type { Ports } from '../../../shared/base/ports.ts';
import type { Cloud } from '../cloud.ts';
import { ensureIdentities, type Identities } from '../identities.ts';
import type { Declared } from './declared.ts';
import { tenantSecrets } from './place.ts';

/** A tenant whose identity is there. */
export interface Deployed extends Declared {
  readonly identities: Identities;
  /** Of the secret that functions read. */
  readonly identityArn: string;
}

export interface EnsureParts {
  readonly cloud: Cloud;
  readonly stack: string;
  readonly ports: Pick<Ports, 'clock' | 'random'>;
  /** The identity of a tenant that moves here. */
  from(name: string): Vault | undefined;
  say(line: string): void;
}

/** Brings the secrets of tenants to what they should be, one after the other; those of one are made without a look at any other. */
export const ensureTenants = async (
  tenants: readonly Declared[],
  { cloud, stack, ports, from, say }: EnsureParts,
): Promise<readonly Deployed[]> => {
  const deployed: Deployed[] = [];
  for (const tenant of tenants) {
    const place = tenantSecrets(stack, tenant.name);
    const identities = await ensureIdentities(cloud, place, ports, from(tenant.name));
    say(`    ${identities.news} in the secrets ${place}/authority and ${place}/identity`);
    deployed.push({ ...tenant, identities, identityArn: identities.serving.arn });
  }
  return deployed;
};
