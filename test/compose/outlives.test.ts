import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { kinds } from '../../shared/compose/kinds.ts';
import { until } from '../support/until.ts';
import { type Kit, startComposer } from './setup.ts';

const device = (name: string) =>
  `apiVersion: eve.lfedge.org/v1beta1\nkind: Device\nmetadata: {name: ${name}}\nspec: {}\n`;

let kit: Kit;
beforeEach(async () => {
  kit = await startComposer();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await kit.stop();
});

/** Lets devices be followed for the first time without seeing anything, until what comes back is called: then it breaks. */
const deafen = (error: Fault): (() => void) => {
  const tail = kit.store.tail.bind(kit.store);
  let fail = (): void => {};
  const broken = new Promise<never>((_, reject) => {
    fail = () => reject(error);
  });
  let isFirst = true;
  vi.spyOn(kit.store, 'tail').mockImplementation(async function* (type, ...rest) {
    const isDeaf = type === kinds.device && isFirst;
    if (isDeaf) isFirst = false;
    if (isDeaf) await broken;
    yield* tail(type, ...rest);
  });
  return fail;
};

const away = () => new Fault('InternalError', 'the store is away');
const isServed = (name: string) => until(async () => expect(await kit.served(name)).toBeDefined());

describe('a composer', () => {
  test('begins when its store is back', async () => {
    vi.spyOn(kit.store, 'head').mockRejectedValueOnce(away());
    await kit.apply(device('edge'));
    kit.run();
    await isServed('edge');
  });

  test('goes on after a break, also when it cannot begin anew at once', async () => {
    const fail = deafen(away());
    kit.run();
    await kit.composer.idle();
    await kit.apply(device('edge'));
    vi.spyOn(kit.store, 'head').mockRejectedValueOnce(away());
    fail();
    await isServed('edge');
  });

  test('serves nothing to a device that went away while it fell behind', async () => {
    const fail = deafen(new Fault('Expired', 'too long ago'));
    await kit.apply(device('edge'));
    kit.run();
    await kit.composer.idle();
    const { uid } = (await kit.get('devices', 'edge')).metadata;
    expect(await kit.store.get('configs', String(uid))).toBeDefined();
    await kit.remove('devices', 'edge');
    fail();
    await until(async () => expect(await kit.store.get('configs', String(uid))).toBeUndefined());
  });
});
