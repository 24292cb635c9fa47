import { it } from 'vitest';
import { startServer } from '../support/server.ts';
import { scenario } from './scenario.ts';

it('goes all the way on one process with an embedded store', async () => {
  const site = await startServer();
  try {
    await scenario(site);
  } finally {
    await site.close();
  }
});
