import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDynoxide } from '../support/dynoxide.ts';
import { openWorkerStack, type WorkerSite } from '../support/workerstack.ts';
import { scenario } from './scenario.ts';

const dynoxide = findDynoxide();

describe.skipIf(dynoxide === undefined)('a worker over a table and a bucket (needs dynoxide: Linux x64)', () => {
  let site: WorkerSite;
  beforeAll(async () => {
    site = await openWorkerStack(dynoxide ?? '');
  }, 60_000);
  afterAll(() => site?.close(), 30_000);

  it('goes all the way', { timeout: 180_000 }, async () => {
    await scenario(site);
    expect(site.complaints).toEqual([]);
  });
});
