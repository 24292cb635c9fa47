import { openBundle } from '../../functions/identity/bundle.ts';
import { openStore } from '../../functions/node/openstore.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import type { Cloud } from '../../infra/deploy/cloud.ts';
import { readAuthority, retireIdentities, rotateIdentities } from '../../infra/deploy/identities.ts';
import { findInstallation } from '../../infra/deploy/installation.ts';
import type { Place } from '../certs.ts';

/** The certificates of a stack in AWS, or of one of its tenants. Throws an Error that says what is missing. */
export const readStack = async (cloud: Cloud, stack: string, tenant?: string): Promise<Place> => {
  const ports = systemPorts('warn');
  const { secrets, ...where } = await findInstallation(cloud, stack, tenant);
  const { text } = await readAuthority(cloud, secrets);
  return {
    vault: openBundle(text),
    async rotate(what) {
      await rotateIdentities(cloud, secrets, what, ports);
      return `the secrets of ${secrets}. What runs takes it over within five minutes.`;
    },
    async retire() {
      const { store, close } = await openStore({ data: '', ...where, region: cloud.region }, ports);
      try {
        const count = await retireIdentities(cloud, secrets, store, ports.clock.now());
        return count === 0
          ? 'No former certificate can go yet: one is in use, or the last change was less than a day ago.\n'
          : `Former certificates that are gone: ${count}\n`;
      } finally {
        await close();
      }
    },
  };
};
