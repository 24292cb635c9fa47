import { expect, it } from 'vitest';
import { isFault } from '../../shared/base/fault.ts';
import type { ApiObject } from '../../shared/base/object.ts';
import { createTokens } from '../../shared/controllers/tokens.ts';
import { startKinds } from '../resources/setup.ts';
import { until } from '../support/until.ts';

const account: ApiObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'robot', namespace: 'default' },
};
const nameKey = 'kubernetes.io/service-account.name';
const uidKey = 'kubernetes.io/service-account.uid';
const secret = (name: string, annotations: Record<string, string> = { [nameKey]: 'robot' }): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'kubernetes.io/service-account-token',
  metadata: { name, namespace: 'default', annotations },
});
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const start = async () => {
  const kinds = await startKinds();
  const issued: string[] = [];
  const accounts = {
    issueLegacy: async ({ secretName }: { secretName: string }) => {
      issued.push(secretName);
      return `token of ${secretName}`;
    },
  };
  const stop = new AbortController();
  const controller = createTokens({ ...kinds, accounts, rootCertificate: 'root' });
  const done = controller.run(stop.signal);
  const end = async () => {
    stop.abort();
    await done;
  };
  const isGone = async (object: ApiObject): Promise<boolean> => {
    try {
      await kinds.get(object);
      return false;
    } catch (error) {
      return isFault(error, 'NotFound');
    }
  };
  return { ...kinds, issued, end, isGone };
};

it('fills a token Secret once, and puts back what is taken out of it', async () => {
  const { create, get, change, issued, end } = await start();
  const { metadata } = await create(account);
  const made = await create(secret('one'));
  const whole = { token: base64('token of one'), 'ca.crt': base64('root'), namespace: base64('default') };
  await until(async () => expect((await get(made)).data).toEqual(whole));
  expect((await get(made)).metadata.annotations).toEqual({ [nameKey]: 'robot', [uidKey]: metadata.uid });
  await change(made, { data: { token: whole.token, mine: base64('x') } });
  await until(async () => expect((await get(made)).data).toEqual({ ...whole, mine: base64('x') }));
  expect(issued).toEqual(['one']);
  await end();
});

it('clears away token Secrets of accounts that are gone, or were made anew', async () => {
  const { create, remove, get, isGone, end } = await start();
  await create(account);
  const kept = await create(secret('kept'));
  const stale = await create(secret('stale', { [nameKey]: 'robot', [uidKey]: 'of another' }));
  const orphan = await create(secret('orphan', { [nameKey]: 'nobody' }));
  const other = await create({ ...secret('other'), type: 'Opaque' });
  await until(async () => expect([await isGone(stale), await isGone(orphan)]).toEqual([true, true]));
  await until(async () => expect((await get(kept)).data).toBeDefined());
  await remove(account);
  await until(async () => expect(await isGone(kept)).toBe(true));
  expect((await get(other)).data).toBeUndefined();
  await end();
});
