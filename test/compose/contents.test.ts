import { afterEach, beforeEach, expect, test } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { encode } from '../../shared/base/protobuf.ts';
import { createContents } from '../../shared/compose/contents.ts';
import type { ZInfoContentTree } from '../../shared/eve/generated/info.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { fromMs } from '../../shared/eve/timestamp.ts';
import { controllerUser } from '../../shared/kube/access/user.ts';
import { contentUuid } from '../../shared/resources/eve/roles.ts';
import { type Reporter, startReporter } from './reporter.ts';

let reporter: Reporter;
beforeEach(async () => {
  reporter = await startReporter();
});
afterEach(() => reporter.stop());

const imageType = 'objects/eve.lfedge.org/images';

const contentOf = async (): Promise<string> =>
  contentUuid((await reporter.kit.get('images', 'web')).metadata.uid ?? '');

const revision = async (): Promise<number> => (await reporter.kit.store.get(imageType, 'lab/web'))?.revision ?? 0;

const status = async () => (await reporter.kit.get('images', 'web')).status;

test('devices that download one Image at a time do not each write it', async () => {
  const { kit, telemetry } = reporter;
  const content = await contentOf();
  const names = Array.from({ length: 60 }, (_, n) => `box-${n}`);
  const uuids: string[] = [];
  for (const name of names) {
    await kit.create({ apiVersion: 'eve.lfedge.org/v1beta1', kind: 'Device', metadata: { name, namespace: 'lab' } });
    uuids.push(String((await kit.get('devices', name)).status?.['uuid']));
  }
  const before = await revision();
  for (const progress of [10, 50, 90]) {
    kit.ports.clock.advance(1_000);
    const at = kit.ports.clock.now();
    const cinfo = { uuid: content, state: 2, progressPercentage: progress };
    const body = encode(eve, 'info.ZInfoMsg', { ztype: 8, atTimeStamp: fromMs(at), cinfo });
    for (const device of uuids) await telemetry.append('info', [{ device, at, body }]);
  }
  await reporter.settle();
  const writes = (await revision()) - before;
  expect(writes).toBeGreaterThan(0);
  expect(writes, '180 reports').toBeLessThanOrEqual(12);
  const devices = (await status())?.['devices'] as { name: string; progress: number }[];
  expect(devices).toHaveLength(32);
  expect(devices.every(({ progress }) => progress === 90)).toBe(true);
});

test('an error is told, also of a device that is not shown', async () => {
  const { kit } = reporter;
  const contents = contentsOf(() => {});
  const uuid = await contentOf();
  const say = (name: string, info: Partial<ZInfoContentTree>) =>
    contents.note({ namespace: 'lab', name }, { uuid, state: 2, ...info });
  say('bad', { err: { description: 'disk full' } });
  for (let n = 0; n < 500; n += 1) say(`box-${n}`, { sha256: 'AB' });
  await contents.flush();
  expect(kit.events).toContainEqual(
    expect.objectContaining({ reason: 'DownloadError', message: expect.stringContaining('disk full') }),
  );
  expect(await status()).toMatchObject({
    sha256: 'ab',
    devices: expect.arrayContaining([{ name: 'box-499', state: 'DOWNLOAD_STARTED' }]),
  });
});

test('what could not be written is written by the next call, unless there is something newer', async () => {
  let fails = true;
  const contents = contentsOf(() => {
    if (fails) throw new Error('the table is too busy');
  });
  const uuid = await contentOf();
  const say = (progressPercentage: number) =>
    contents.note({ namespace: 'lab', name: 'nuc' }, { uuid, state: 2, progressPercentage });
  say(10);
  await expect(contents.flush()).rejects.toThrow('too busy');
  fails = false;
  say(20);
  await contents.flush();
  expect(await status()).toMatchObject({ devices: [{ name: 'nuc', progress: 20 }] });
  await contents.flush();
});

test('what may not be written holds up nothing', async () => {
  const { ports } = reporter.kit;
  let isRefused = true;
  const contents = contentsOf(() => {
    if (isRefused) throw new Fault('Forbidden', 'a policy says no');
  });
  const uuid = await contentOf();
  contents.note({ namespace: 'lab', name: 'nuc' }, { uuid, state: 2, progressPercentage: 10 });
  await contents.flush();
  expect(ports.complaints.splice(0)).toMatchObject([
    { message: 'reports: a report was not taken up', fields: { error: 'a policy says no' } },
  ]);
  isRefused = false;
  await contents.flush();
  expect((await status())?.['devices']).toBeUndefined();
});

test('an Image of another namespace is nobody else’s', async () => {
  const contents = contentsOf(() => {});
  contents.note({ namespace: 'default', name: 'nuc' }, { uuid: await contentOf(), state: 2 });
  await contents.flush();
  expect((await status())?.['devices']).toBeUndefined();
});

/** Over the same objects, of which Images are written as `onWrite` lets it. */
const contentsOf = (onWrite: () => void) => {
  const { registry, ports, events } = reporter.kit;
  return createContents({
    registry: {
      ...registry,
      async update(...args) {
        onWrite();
        return registry.update(...args);
      },
    },
    user: controllerUser,
    recorder: { record: async (object, happening) => void events.push({ object, ...happening }) },
    log: ports.log,
  });
};
