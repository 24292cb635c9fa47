import { openBundle } from '../../functions/identity/bundle.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import type { Cloud } from '../../infra/deploy/cloud.ts';
import { readAuthority, retireIdentities, rotateIdentities } from '../../infra/deploy/identities.ts';
import type { Place } from '../certs.ts';
import { openStore } from '../store.ts';

/** The certificates of a stack in AWS. Throws an Error that says what is missing. */
export const readStack = async (cloud: Cloud, stack: string): Promise<Place> => {
  const ports = systemPorts('warn');
  const { text } = await readAuthority(cloud, stack);
  return {
    vault: openBundle(text),
    async rotate(what) {
      await rotateIdentities(cloud, stack, what, ports);
      return `the secrets of ${stack}. What runs takes it over within five minutes.`;
    },
    async retire() {
      const outputs = (await cloud.findStack(stack))?.outputs ?? {};
      const { TableName: table, BucketName: bucket, Tenant: tenant } = outputs;
      if (!table || !bucket || !tenant) throw new Error(`${cloud.region} has no whole stack ${stack}: deploy it first`);
      const { store, close } = await openStore({ data: '', table, bucket, tenant, region: cloud.region }, ports);
      try {
        const count = await retireIdentities(cloud, stack, store, ports.clock.now());
        return count === 0
          ? 'No former certificate can go yet: one is in use, or the last change was less than a day ago.\n'
          : `Former certificates that are gone: ${count}\n`;
      } finally {
        await close();
      }
    },
  };
};
