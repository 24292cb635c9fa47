import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findCondition } from '../../shared/base/condition.ts';
import { Fault } from '../../shared/base/fault.ts';
import { encode } from '../../shared/base/protobuf.ts';
import type { ZInfoApp, ZInfoDevice, ZInfoMsg } from '../../shared/eve/generated/info.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { fromMs } from '../../shared/eve/timestamp.ts';
import { instanceUuid } from '../../shared/resources/eve/roles.ts';
import type { Write } from '../../shared/store/store.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { type Reporter, startReporter } from './reporter.ts';
import type { Kit } from './setup.ts';

let reporter: Reporter;
let kit: Kit;
let telemetry: Telemetry;
let uuid: string;
let send: Reporter['send'];
let settle: Reporter['settle'];

beforeEach(async () => {
  reporter = await startReporter();
  ({ kit, telemetry, uuid, send, settle } = reporter);
});

afterEach(async () => {
  await reporter.stop();
  expect(kit.ports.complaints).toEqual([]);
});

const appMessage = (info: Partial<ZInfoApp>, at = kit.ports.clock.now()): { message: ZInfoMsg } => ({
  message: { ztype: 3, devId: uuid, atTimeStamp: fromMs(at), ainfo: { AppID: appId, AppName: 'shop', ...info } },
});
const deviceMessage = (dinfo: ZInfoDevice, at = kit.ports.clock.now()): { message: ZInfoMsg } => ({
  message: { ztype: 1, devId: uuid, atTimeStamp: fromMs(at), dinfo },
});

let appId: string;
beforeEach(async () => {
  appId = instanceUuid((await kit.get('applications', 'shop')).metadata.uid ?? '', 0, 'c');
});

const status = async (plural: string, name: string) => (await kit.get(plural, name)).status ?? {};
const condition = async (plural: string, name: string, type: string) =>
  findCondition((await status(plural, name))['conditions'], type);

const old = { shortVersion: '15.0.0' };

const about: ZInfoDevice = {
  machineArch: 'x86_64',
  ncpu: 4,
  memory: 15855,
  storage: 297738,
  HostName: 'nuc.lab',
  state: 1,
  minfo: { manufacturer: 'Intel', productName: 'NUC', serialNumber: 's1', UUID: 'abcd' },
  swList: [
    { partitionLabel: 'IMGA', partitionState: 'active', activated: true, shortVersion: '15.0.0', status: 5 },
    { partitionLabel: 'IMGB', partitionState: 'unused', userStatus: 1, downloadProgress: 40 },
  ],
  systemAdapter: {
    currentIndex: 1,
    status: [
      { lastError: 'no DHCP' },
      {
        ports: [
          { name: 'eth1', ifname: 'eth1', IPAddrs: ['10.0.0.9'], up: true },
          {
            name: 'eth0',
            ifname: 'eth0',
            isMgmt: true,
            IPAddrs: ['172.19.0.3'],
            macAddr: '02:00:00:00:00:01',
            location: { UnderlayIP: '8.8.4.4' },
            up: true,
          },
        ],
      },
    ],
  },
  bootTime: { seconds: 1_700_000_000 },
  last_boot_reason: 2,
  api_capability: 99,
  attestation_info: { state: 7 },
  configItemStatus: {
    configItems: { 'a.b': { value: '1', error: 'too small' }, ok: { value: '1' } },
    unknownConfigItems: { 'x.y': {} },
  },
};

describe('a report of a device about itself', () => {
  test('becomes its status', async () => {
    await send(deviceMessage(about));
    expect(await status('devices', 'nuc')).toMatchObject({
      'eve-os-version': '15.0.0',
      serial: 's1',
      state: 'ONLINE',
      addresses: [
        { type: 'InternalIP', address: '172.19.0.3' },
        { type: 'InternalIP', address: '10.0.0.9' },
        { type: 'ExternalIP', address: '8.8.4.4' },
        { type: 'Hostname', address: 'nuc.lab' },
      ],
      capacity: { cpu: '4', memory: '15855Mi', 'ephemeral-storage': '297738Mi' },
      allocatable: { cpu: '4', memory: '15855Mi' },
      nodeInfo: { architecture: 'amd64', operatingSystem: 'eve', systemUUID: 'abcd' },
      hardware: { manufacturer: 'Intel', productName: 'NUC' },
      apiCapability: 99,
      portConfig: { currentIndex: 1, lastError: 'no DHCP' },
      boot: { time: '2023-11-14T22:13:20Z', reason: 'REBOOT_CMD' },
      options: { errors: { 'a.b': 'too small' }, unknown: ['x.y'] },
    });
    expect((await status('devices', 'nuc'))['baseos']).toMatchObject({
      partitions: [
        { label: 'IMGA', version: '15.0.0' },
        { updateState: 'DOWNLOADING', progress: 40 },
      ],
    });
    expect(await condition('devices', 'nuc', 'Attested')).toMatchObject({ status: 'Unknown', reason: 'NotVerified' });
    expect(await condition('devices', 'nuc', 'EVEOSUpdated')).toMatchObject({ status: 'False', reason: 'Updating' });
    expect(kit.events).toContainEqual(expect.objectContaining({ reason: 'PortConfigFallback', message: 'no DHCP' }));
  });

  test('that says the same again writes nothing', async () => {
    await send(deviceMessage(about));
    const before = await kit.get('devices', 'nuc');
    kit.ports.clock.advance(60_000);
    await send(deviceMessage(about));
    expect((await kit.get('devices', 'nuc')).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  test.each([
    ['later', -5_000, '15.0.0'],
    ['a second time', 0, '15.0.0'],
    ['in order', 5_000, '14.0.0'],
  ])('that arrives %s', async (_, shift, version) => {
    const now = kit.ports.clock.now();
    await send(
      deviceMessage(about, now),
      deviceMessage({ ...about, swList: [{ shortVersion: '14.0.0' }] }, now + shift),
    );
    expect((await status('devices', 'nuc'))['eve-os-version']).toBe(version);
  });

  test('is taken up again after a wrong clock was put right', async () => {
    const now = kit.ports.clock.now();
    await send(deviceMessage({ ...about, state: 2 }, now + 10 * 365 * 86_400_000));
    await send(deviceMessage(about, now));
    expect((await status('devices', 'nuc'))['state']).toBe('ONLINE');
  });

  test('keeps numbers that are not known', async () => {
    await send(deviceMessage({ ...about, state: 77, last_boot_reason: 16 }));
    expect(await status('devices', 'nuc')).toMatchObject({ state: '77', boot: { reason: '16' } });
  });

  test.each([
    ['the wanted version runs', { swList: [{ shortVersion: '16.0.0' }] }, 'True', 'Updated'],
    ['it is being tested', { swList: [{ shortVersion: '16.0.0', subStatus: 5 }] }, 'False', 'Testing'],
    ['its test waits', { swList: [{ shortVersion: '16.0.0', subStatus: 6 }] }, 'False', 'NeedTestConfirm'],
    ['it is downloaded', { swList: [old, { userStatus: 1, subStatus: 1 }] }, 'False', 'Downloading'],
    ['it is verified', { swList: [old, { userStatus: 1, subStatus: 2 }] }, 'False', 'Verifying'],
    ['it is there', { swList: [old, { userStatus: 2 }] }, 'False', 'Downloaded'],
    ['it is written', { swList: [old, { userStatus: 3, subStatus: 3 }] }, 'False', 'Initializing'],
    ['it is booted', { swList: [old, { userStatus: 3, subStatus: 4 }] }, 'False', 'Rebooting'],
    ['it is put off', { swList: [old, { userStatus: 3, subStatus: 7 }] }, 'False', 'Deferred'],
    ['it did not last', { swList: [old, { userStatus: 5 }] }, 'False', 'FellBack'],
    ['a step that is not known', { swList: [old, { userStatus: 3, subStatus: 99 }] }, 'False', 'Updating'],
    [
      'it failed',
      { swList: [{ shortVersion: '15.0.0' }, { userStatus: 6, swErr: { description: 'bad image' } }] },
      'False',
      'UpdateFailed',
    ],
  ])('says how far the update is: %s', async (_, info, is, reason) => {
    await send(deviceMessage({ ...about, ...info }));
    expect(await condition('devices', 'nuc', 'EVEOSUpdated')).toMatchObject({ status: is, reason });
  });

  test('of an unknown device, or that is no message at all, harms nothing', async () => {
    await send({ ...deviceMessage(about), device: '00000000-0000-4000-8000-000000000000' });
    await telemetry.append('info', [{ device: uuid, at: 1, body: new Uint8Array([255, 255, 255]) }]);
    await send(deviceMessage(about));
    expect((await status('devices', 'nuc'))['state']).toBe('ONLINE');
    expect(kit.ports.complaints.splice(0)).toMatchObject([
      { level: 'warn', message: 'reports: a report was not taken up' },
    ]);
    expect(kit.events).toContainEqual(expect.objectContaining({ type: 'Warning', reason: 'UnreadableReport' }));
  });
});

describe('a report that cannot be taken up just now', () => {
  const busy = () => new Fault('ServiceUnavailable', 'The table takes no more requests now.');
  const isStatus = (type: string, { key }: Write): boolean => type.endsWith('/devices') && key === 'lab/nuc';

  test('is taken up a moment later, in its order', async () => {
    const { commit } = kit.store;
    let refusals = 3;
    kit.store.commit = async (type, write, ...rest) => {
      if (isStatus(type, write) && refusals-- > 0) throw busy();
      return commit.call(kit.store, type, write, ...rest);
    };
    const now = kit.ports.clock.now();
    const newer = deviceMessage({ ...about, swList: [{ shortVersion: '14.0.0' }] }, now + 5_000);
    await send(deviceMessage(about, now), newer);
    expect((await status('devices', 'nuc'))['eve-os-version']).toBe('14.0.0');
    expect(refusals).toBeLessThan(0);
  });

  test('is taken up by the next process when this one dies over it', async () => {
    const { commit } = kit.store;
    const waits = new Promise<void>(reached => {
      kit.store.commit = (type, write, ...rest) => {
        if (!isStatus(type, write)) return commit.call(kit.store, type, write, ...rest);
        reached();
        return new Promise(() => {});
      };
    });
    await telemetry.append('info', [
      { device: uuid, at: kit.ports.clock.now(), body: encode(eve, 'info.ZInfoMsg', deviceMessage(about).message) },
    ]);
    await waits;
    kit.store.commit = commit;
    reporter.run();
    await settle();
    expect((await status('devices', 'nuc'))['eve-os-version']).toBe('15.0.0');
  });

  test('is taken up by whoever settles next, when the store stays away', async () => {
    await reporter.stop();
    const { commit } = kit.store;
    kit.store.commit = async (type, write, ...rest) => {
      if (isStatus(type, write)) throw busy();
      return commit.call(kit.store, type, write, ...rest);
    };
    await telemetry.append('info', [
      { device: uuid, at: kit.ports.clock.now(), body: encode(eve, 'info.ZInfoMsg', deviceMessage(about).message) },
    ]);
    await expect(reporter.create().settle()).rejects.toMatchObject({ reason: 'ServiceUnavailable' });
    kit.store.commit = commit;
    await reporter.create().settle();
    expect((await status('devices', 'nuc'))['eve-os-version']).toBe('15.0.0');
    reporter.run();
  });
});

test('two processes that take up the same reports end with the last, and so does one that comes behind', async () => {
  const others = Array.from({ length: 2 }, () => reporter.create());
  const stop = new AbortController();
  const running = others.map(other => other.run(stop.signal));
  for (let n = 1; n <= 60; n++) {
    kit.ports.clock.advance(500);
    const message = deviceMessage({ ...about, swList: [{ shortVersion: `15.0.${n}` }] }).message;
    const body = encode(eve, 'info.ZInfoMsg', message);
    await telemetry.append('info', [{ device: uuid, at: kit.ports.clock.now(), body }]);
    if (n % 7 === 0) await new Promise(resolve => setTimeout(resolve, 3));
  }
  await settle();
  await Promise.all(others.map(other => other.idle()));
  expect((await status('devices', 'nuc'))['eve-os-version']).toBe('15.0.60');
  stop.abort();
  await Promise.all(running);
  await reporter.create().settle();
  expect((await status('devices', 'nuc'))['eve-os-version']).toBe('15.0.60');
});

test.each([
  ['a device', 'lab/nuc', 'devices', (n: number) => deviceMessage({ ...about, HostName: `is-${n}` })],
  ['an application', 'lab/shop', 'applications', (n: number) => appMessage({ state: 7, appVersion: `is-${n}` })],
])('a process that falls behind another turns nothing of %s back, not for a moment', async (_, key, plural, tell) => {
  await reporter.stop();
  const { storage } = kit.catalog.get('eve.lfedge.org', plural);
  const { commit } = kit.store;
  const written: string[] = [];
  let stall = (): void => {};
  const stalls = new Promise<void>(resolve => {
    stall = resolve;
  });
  let goOn = (): void => {};
  const goesOn = new Promise<void>(resolve => {
    goOn = resolve;
  });
  kit.store.commit = async (type, write, ...rest) => {
    const [word] = /is-\d/.exec(Buffer.from('value' in write ? write.value : []).toString()) ?? [];
    const isMeant = type === storage && write.key === key && word !== undefined;
    if (isMeant && word === 'is-1' && written.length === 0) {
      stall();
      await goesOn;
    }
    const outcome = await commit.call(kit.store, type, write, ...rest);
    if (isMeant && outcome.ok) written.push(word);
    return outcome;
  };
  const say = async (n: number) => {
    kit.ports.clock.advance(1_000);
    const body = encode(eve, 'info.ZInfoMsg', tell(n).message);
    await telemetry.append('info', [{ device: uuid, at: kit.ports.clock.now(), body }]);
  };
  await say(1);
  const slow = reporter.create().settle();
  await stalls;
  await say(2);
  written.push('the other begins');
  await reporter.create().settle();
  goOn();
  await slow;
  kit.store.commit = commit;
  const after = written.slice(written.indexOf('is-2'));
  expect(after).toEqual(after.map(() => 'is-2'));
  expect(JSON.stringify(await status(plural, key.slice(4)))).toContain('is-2');
  await reporter.create().settle();
  expect(JSON.stringify(await status(plural, key.slice(4)))).toContain('is-2');
  reporter.run();
});

describe('a report about an application', () => {
  test('walks through the states by their names', async () => {
    for (const state of [1, 2, 14, 5, 6, 6, 7]) {
      kit.ports.clock.advance(1_000);
      await send(
        appMessage({
          state,
          appVersion: '1',
          network: [{ devName: 'eth0', IPAddrs: ['10.1.0.2'], macAddr: '02:00:00:00:00:02', ipv4_up: true }],
        }),
      );
    }
    const app = await status('applications', 'shop');
    expect(app['state']).toBe('RUNNING');
    expect((app['statuses'] as { state: string }[]).map(one => one.state)).toEqual([
      'INITIAL',
      'DOWNLOAD_STARTED',
      'CREATING_VOLUME',
      'INSTALLED',
      'BOOTING',
      'RUNNING',
    ]);
    expect(app).toMatchObject({
      addresses: ['10.1.0.2'],
      uuid: appId,
      interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:02', up: true }],
    });
    expect(await condition('applications', 'shop', 'Ready')).toMatchObject({ status: 'True' });
    expect(kit.events).toContainEqual(expect.objectContaining({ type: 'Normal', reason: 'Running' }));
  });

  test('keeps so many states of the past and no more', async () => {
    for (let n = 0; n < 40; n++) {
      kit.ports.clock.advance(1_000);
      await telemetry.append('info', [
        {
          device: uuid,
          at: kit.ports.clock.now(),
          body: encode(eve, 'info.ZInfoMsg', appMessage({ state: n % 2 === 0 ? 6 : 7 }).message),
        },
      ]);
    }
    await settle();
    expect((await status('applications', 'shop'))['statuses']).toHaveLength(32);
  });

  test.each([
    ['an error', { state: 21, appErr: [{ description: 'no memory' }] }, 'AppError', 'no memory'],
    [
      'an empty error',
      { state: 7, appVersion: '1', appErr: [{ description: '' }] },
      'Running',
      'the application runs as wanted',
    ],
    ['a state in between', { state: 14 }, 'CreatingVolume', 'the application is CREATING_VOLUME'],
    ['a state that is not known', { state: 99 }, 'State99', 'the application is 99'],
    ['an old version', { state: 7, appVersion: '0' }, 'Outdated', 'version 0 runs, 1 is wanted'],
  ])('with %s says whether it is ready', async (_, info, reason, message) => {
    await send(appMessage(info));
    expect(await condition('applications', 'shop', 'Ready')).toMatchObject({ reason, message });
  });

  test('of another device than it is bound to is not believed', async () => {
    await kit.apply('apiVersion: eve.lfedge.org/v1beta1\nkind: Device\nmetadata: {name: other}\n');
    const other = String((await status('devices', 'other'))['uuid']);
    await send({ ...appMessage({ state: 7 }), device: other });
    expect((await status('applications', 'shop'))['state']).toBeUndefined();
  });

  test('that it is gone turns nothing back', async () => {
    await send(appMessage({ state: 7 }));
    kit.ports.clock.advance(1_000);
    await send({ message: { ztype: 3, atTimeStamp: fromMs(kit.ports.clock.now()), ainfo: { AppID: appId } } });
    expect((await status('applications', 'shop'))['state']).toBe('RUNNING');
  });
});

describe('a report about one of several containers', () => {
  beforeEach(async () => {
    const containers = ['c', 'd', 'e'].map(name => ({ name, image: 'web' }));
    await kit.update('applications', 'shop', now => ({ ...now, spec: { ...now.spec, containers } }));
  });

  const tell = async (at: number, info: Partial<ZInfoApp>) => {
    kit.ports.clock.advance(1_000);
    const { uid = '' } = (await kit.get('applications', 'shop')).metadata;
    await send(appMessage({ appVersion: '2', ...info, AppID: instanceUuid(uid, at, ['c', 'd', 'e'][at] ?? '') }));
  };
  const ready = () => condition('applications', 'shop', 'Ready');

  test('makes the Application ready only with all others', async () => {
    await tell(0, { state: 7 });
    expect(await ready()).toMatchObject({
      status: 'False',
      reason: 'NotStarted',
      message: 'the device has not spoken of container "d" yet',
    });
    await tell(2, { state: 7 });
    await tell(1, { state: 6 });
    expect(await ready()).toMatchObject({ reason: 'Booting', message: 'container "d" is BOOTING' });
    expect((await status('applications', 'shop'))['state']).toBe('BOOTING');
    await tell(1, { state: 7 });
    expect(await ready()).toMatchObject({ status: 'True', reason: 'Running' });
    expect(await status('applications', 'shop')).toMatchObject({ state: 'RUNNING', observedGeneration: 2 });
  });

  test.each<[string, Partial<ZInfoApp>, string, string]>([
    ['an error', { state: 7, appErr: [{ description: 'no memory' }] }, 'AppError', 'd: no memory'],
    ['a halt', { state: 9 }, 'Halted', 'container "d" is HALTED'],
    ['an old version', { state: 7, appVersion: '1' }, 'Outdated', 'container "d": version 1 runs, 2 is wanted'],
  ])('that tells of %s takes that from it', async (_, info, reason, message) => {
    for (const at of [0, 1, 2]) await tell(at, { state: 7 });
    expect(await ready()).toMatchObject({ status: 'True' });
    await tell(1, info);
    expect(await ready()).toMatchObject({ status: 'False', reason, message });
    await tell(0, { state: 7 });
    expect(await ready()).toMatchObject({ status: 'False', reason, message });
    await tell(1, { state: 7 });
    expect(await ready()).toMatchObject({ status: 'True' });
  });

  test('keeps what each went through, and forgets those that are no more', async () => {
    for (const state of [5, 6, 7]) for (const at of [0, 1]) await tell(at, { state });
    const states = async () => {
      // As the schema of an Application has it.
      const list = ((await status('applications', 'shop'))['instances'] ?? []) as {
        name: string;
        statuses: { state: string }[];
      }[];
      return list.map(one => [one.name, ...one.statuses.map(({ state }) => state)]);
    };
    expect(await states()).toEqual([
      ['c', 'INSTALLED', 'BOOTING', 'RUNNING'],
      ['d', 'INSTALLED', 'BOOTING', 'RUNNING'],
    ]);
    for (let n = 0; n < 20; n++) await tell(1, { state: n % 2 === 0 ? 6 : 7 });
    expect((await states())[1]).toHaveLength(1 + 16);
    const containers = [{ name: 'c', image: 'web' }];
    await kit.update('applications', 'shop', now => ({ ...now, spec: { ...now.spec, containers } }));
    await tell(0, { state: 7, appVersion: '3' });
    expect(await states()).toEqual([]);
    expect(await ready()).toMatchObject({ status: 'True' });
  });
});

test('content and volumes are shown where they are used', async () => {
  const image = await kit.get('images', 'web');
  const { contentUuid, bootUuid } = await import('../../shared/resources/eve/roles.ts');
  const app = await kit.get('applications', 'shop');
  const at = fromMs(kit.ports.clock.now());
  await send(
    {
      message: {
        ztype: 8,
        atTimeStamp: at,
        cinfo: { uuid: contentUuid(image.metadata.uid ?? ''), state: 2, progressPercentage: 30, sha256: 'AB' },
      },
    },
    {
      message: {
        ztype: 7,
        atTimeStamp: at,
        vinfo: {
          uuid: bootUuid(app.metadata.uid ?? '', 0, 'c'),
          state: 15,
          displayName: 'x',
          resources: { curSizeBytes: 7 },
        },
      },
    },
  );
  expect(await status('images', 'web')).toMatchObject({
    sha256: 'ab',
    devices: [{ name: 'nuc', state: 'DOWNLOAD_STARTED', progress: 30 }],
  });
  expect((await status('applications', 'shop'))['volumes']).toEqual([
    expect.objectContaining({ name: 'c', state: 'CREATED_VOLUME', sizeBytes: 7 }),
  ]);
});

test('metrics say that the configuration was applied, and what memory is left', async () => {
  await kit.composer.composeDevice({ namespace: 'lab', name: 'nuc' });
  const served = await kit.served('nuc');
  const metrics = (ms: number) => ({
    device: uuid,
    at: kit.ports.clock.now(),
    body: encode(eve, 'metrics.ZMetricMsg', {
      devID: uuid,
      dm: {
        last_processed_config: fromMs(ms),
        dormant_time_in_seconds: 180,
        deviceMemory: { memoryMB: 16000, allocated_eveMB: 1000 },
      },
    }),
  });
  await telemetry.append('metrics', [metrics(1), metrics(served?.configTimestampMs ?? 0)]);
  const signal = new AbortController();
  for await (const { object } of kit.registry.watch(
    kit.catalog.get('eve.lfedge.org', 'deviceconfigs'),
    { namespace: 'lab', sendInitialEvents: true },
    signal.signal,
  ))
    if (object.status?.['appliedVersion'] === 1) signal.abort();
  expect(await status('devices', 'nuc')).toMatchObject({
    dormantSeconds: 180,
    allocatable: { memory: '15000Mi' },
    config: { appliedVersion: 1 },
  });
  expect(await condition('devices', 'nuc', 'ConfigApplied')).toMatchObject({ status: 'True' });
});

test('after a restart it goes on where it was', async () => {
  await send(deviceMessage(about));
  await reporter.stop();
  await telemetry.append('info', [
    {
      device: uuid,
      at: kit.ports.clock.now(),
      body: encode(eve, 'info.ZInfoMsg', deviceMessage({ ...about, state: 3 }, kit.ports.clock.now() + 1).message),
    },
  ]);
  reporter.run();
  await settle();
  expect((await status('devices', 'nuc'))['state']).toBe('MAINTENANCE_MODE');
});
