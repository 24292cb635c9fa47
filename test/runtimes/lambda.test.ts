import { expect, it } from 'vitest';
import { openDynoxideServers } from '../support/cloudservers.ts';
import { findDynoxide } from '../support/dynoxide.ts';
import { openLambdaStack } from '../support/lambdastack.ts';
import { scenario } from './scenario.ts';

const dynoxide = findDynoxide();

it.skipIf(dynoxide === undefined)(
  'goes all the way through the functions, a table and its stream (needs dynoxide: Linux x64)',
  { timeout: 180_000 },
  async () => {
    const servers = await openDynoxideServers(dynoxide ?? '');
    const site = await openLambdaStack({ servers, gateway: 'REST API' });
    try {
      await scenario(site);
      expect(site.deadLetters).toEqual([]);
    } finally {
      await site.close();
    }
  },
);
