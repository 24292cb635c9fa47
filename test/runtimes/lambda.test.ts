import { expect, it } from 'vitest';
import { findDynoxide } from '../support/dynoxide.ts';
import { openLambdaStack } from '../support/lambdastack.ts';
import { scenario } from './scenario.ts';

const dynoxide = findDynoxide();

it.skipIf(dynoxide === undefined)(
  'goes all the way through the functions, a table and its stream (needs dynoxide: Linux x64)',
  { timeout: 180_000 },
  async () => {
    expect(dynoxide).toBeDefined();
    const site = await openLambdaStack(dynoxide ?? '');
    try {
      await scenario(site);
    } finally {
      await site.close();
    }
  },
);
