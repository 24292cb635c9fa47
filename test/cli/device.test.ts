import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SimulatedDevice } from '../../cli/device/device.ts';
import { openKeys } from '../../cli/device/keys.ts';
import type { AppInstanceConfig, EdgeDevConfig } from '../../shared/eve/generated/config.ts';
import { ZInfoTypes, ZSwState } from '../../shared/eve/generated/info.ts';
import { until } from '../support/until.ts';
import { openRig, type Rig, uuidOf } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

const ids = { app: uuidOf(1), store: uuidOf(2), tree: uuidOf(3), root: uuidOf(4), data: uuidOf(5), net: uuidOf(6) };

const web: AppInstanceConfig = {
  uuidandversion: { uuid: ids.app, version: '1' },
  displayname: 'web',
  fixedresources: { memory: 524_288, maxmem: 524_288, vcpus: 1, maxcpus: 1 },
  activate: true,
  interfaces: [{ name: 'eth0', networkId: ids.net, acls: [{ id: 1, matches: [{ type: 'ip', value: '0.0.0.0/0' }] }] }],
  restart: { counter: 0 },
  purge: { counter: 0 },
  volumeRefList: [{ uuid: ids.root }, { uuid: ids.data, mount_dir: '/data' }],
};

const withWeb = (app: Partial<AppInstanceConfig> = {}): EdgeDevConfig => ({
  apps: [{ ...web, ...app }],
  datastores: [{ id: ids.store, dType: 5, fqdn: 'docker://index.docker.io' }],
  contentInfo: [{ uuid: ids.tree, ds_ids_list: [ids.store], URL: 'library/nginx:1', iformat: 8, displayName: 'nginx' }],
  volumes: [
    { uuid: ids.root, origin: { type: 2, downloadContentTreeID: ids.tree }, displayName: 'root' },
    { uuid: ids.data, origin: { type: 1 }, maxsizebytes: 1_073_741_824, displayName: 'data' },
  ],
  networkInstances: [
    {
      uuidandversion: { uuid: ids.net, version: '1' },
      displayname: 'net',
      instType: 2,
      activate: true,
      port: { name: 'eth0' },
      ipType: 1,
      ip: { subnet: '10.1.0.0/24' },
    },
  ],
});

const ready = async (device: SimulatedDevice): Promise<SimulatedDevice> => {
  await device.onboard();
  await rig.serve(device.uuid, {});
  await device.boot();
  await device.poll();
  return device;
};

const settle = async (device: SimulatedDevice): Promise<void> => {
  for (let i = 0; i < 25; i++) await device.step();
};

const states = async (device: SimulatedDevice) =>
  (await rig.infos(device.uuid)).filter(info => info.ainfo?.AppID === ids.app).map(info => info.ainfo?.state);

describe('a simulated device', () => {
  it('onboards, attests and takes its config', async () => {
    const device = await ready(rig.device());
    expect(device.uuid).toBe(uuidOf(1));
    expect(device.config.id?.version).toBe('1');
    expect(await device.poll()).toBe('same');
    expect(device.complaints).toEqual([]);
    const [info] = (await rig.infos(device.uuid)).filter(one => one.ztype === ZInfoTypes.ZiDevice);
    expect(info?.dinfo?.minfo?.serialNumber).toBe('RIG-1');
    expect(await rig.count('hardwarehealth', device.uuid)).toBe(1);
  });

  it('is the same device after a second start from its folder', async () => {
    const state = `${rig.dir}/state`;
    const first = await ready(rig.device({ state }));
    const second = await ready(rig.device({ state }));
    expect(second.uuid).toBe(first.uuid);
    expect(second.facts.boots).toBe(2);
  });

  it('escrows a key with a software TPM and gets it back at the next boot', async () => {
    const device = await ready(rig.device({ tpm: true }));
    expect((await rig.known(device.uuid)).keys).toHaveLength(1);
    await device.boot();
    expect((await rig.known(device.uuid)).keys).toHaveLength(1);
    expect(device.complaints).toEqual([]);
  });

  it('walks an application through the states of EVE', async () => {
    const device = await ready(rig.device());
    await rig.serve(device.uuid, withWeb());
    await device.poll();
    await settle(device);
    const walked = await states(device);
    expect(walked.at(-1)).toBe(ZSwState.RUNNING);
    const milestones = [
      ZSwState.RESOLVING_TAG,
      ZSwState.DOWNLOAD_STARTED,
      ZSwState.INSTALLED,
      ZSwState.BOOTING,
      ZSwState.RUNNING,
    ];
    const places = milestones.map(state => walked.indexOf(state));
    expect(places.every(place => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    const last = (await rig.infos(device.uuid)).filter(info => info.ainfo).at(-1)?.ainfo;
    expect(last?.network?.[0]?.IPAddrs).toEqual(['10.1.0.2']);
    expect(device.complaints).toEqual([]);
  });

  it('sends logs of its own and of its applications, metrics and flows', async () => {
    const device = await ready(rig.device());
    await rig.serve(device.uuid, withWeb());
    await device.poll();
    await settle(device);
    await device.sendLogs();
    await device.sendMetrics();
    expect(await rig.count('log', device.uuid)).toBe(1);
    expect(await rig.count('applog', device.uuid, ids.app)).toBe(1);
    expect(await rig.count('metrics', device.uuid)).toBe(1);
    expect(await rig.count('flowlog', device.uuid)).toBe(1);
  });

  it.each([
    ['stops when deactivated', { activate: false }, [ZSwState.HALTING, ZSwState.HALTED]],
    [
      'restarts with the counter',
      { restart: { counter: 1 } },
      [ZSwState.RESTARTING, ZSwState.BOOTING, ZSwState.RUNNING],
    ],
    ['purges with the counter', { purge: { counter: 1 } }, [ZSwState.PURGING, ZSwState.BOOTING, ZSwState.RUNNING]],
  ])('%s', async (_, change, expected) => {
    const device = await ready(rig.device());
    await rig.serve(device.uuid, withWeb());
    await device.poll();
    await settle(device);
    await rig.serve(device.uuid, withWeb({ ...change, uuidandversion: { uuid: ids.app, version: '2' } }));
    await device.poll();
    await settle(device);
    expect((await states(device)).slice(-expected.length)).toEqual(expected);
  });

  it('says what needs a restart or a purge', async () => {
    const device = await ready(rig.device());
    await rig.serve(device.uuid, withWeb());
    await device.poll();
    await settle(device);
    await rig.serve(device.uuid, withWeb({ fixedresources: { ...web.fixedresources, vcpus: 2 } }));
    await device.poll();
    await settle(device);
    const last = (await rig.infos(device.uuid)).filter(info => info.ainfo).at(-1)?.ainfo;
    expect(last?.appErr?.[0]?.description).toContain('Need restart');
  });

  it('reports what is gone', async () => {
    const device = await ready(rig.device());
    await rig.serve(device.uuid, withWeb());
    await device.poll();
    await settle(device);
    await rig.serve(device.uuid, {});
    await device.poll();
    await settle(device);
    const infos = await rig.infos(device.uuid);
    expect(infos.filter(info => info.ainfo).at(-1)?.ainfo).toEqual({ AppID: ids.app });
    expect(infos.filter(info => info.cinfo).at(-1)?.cinfo).toEqual({ uuid: ids.tree });
    expect(device.world.apps.size).toBe(0);
  });

  it('opens the secrets that are meant for it', async () => {
    const device = await ready(rig.device());
    const userData = Buffer.from('TOKEN=s3cret').toString('base64');
    const { context, block } = await rig.encrypt(device.uuid, { protectedUserData: userData });
    await rig.serve(device.uuid, { ...withWeb({ cipherData: block }), cipherContexts: [context] });
    await device.poll();
    expect(device.userData.get('web')).toBe('TOKEN=s3cret');
    expect(device.complaints).toEqual([]);
  });

  it('complains of a secret that it cannot open', async () => {
    const device = await ready(rig.device());
    const { context, block } = await rig.encrypt(device.uuid, { protectedUserData: 'eA==' });
    const spoilt = { ...block, clearTextSha256: Buffer.alloc(32) };
    await rig.serve(device.uuid, { ...withWeb({ cipherData: spoilt }), cipherContexts: [context] });
    await device.poll();
    expect(device.complaints).toEqual([expect.stringContaining('DECRYPT_FAILED')]);
  });

  it('reboots once when the counter changes, and reports anew', async () => {
    const device = await ready(rig.device());
    await rig.serve(device.uuid, { reboot: { counter: 7 } });
    await device.poll();
    expect(device.facts.boots).toBe(2);
    await device.poll();
    await rig.serve(device.uuid, { reboot: { counter: 7 }, device_name: 'other' });
    await device.poll();
    expect(device.facts.boots).toBe(2);
  });

  it('updates EVE and says so', async () => {
    const device = await ready(rig.device({ eveVersion: '1.0' }));
    const update = {
      ...withWeb(),
      baseos: { content_tree_uuid: ids.tree, base_os_version: '2.0', activate: true, retry_update: {} },
    };
    await rig.serve(device.uuid, update);
    await device.poll();
    await settle(device);
    const last = (await rig.infos(device.uuid)).filter(info => info.dinfo).at(-1)?.dinfo;
    expect(last?.swList?.[0]).toMatchObject({ shortVersion: '2.0', partitionState: 'active', userStatus: 4 });
    expect(last?.swList?.[1]?.shortVersion).toBe('1.0');
  });

  it('asks for its UUID again when the controller forgot it', async () => {
    const device = await ready(rig.device());
    rig.fleet.forget(device.uuid);
    await device.poll();
    expect(device.uuid).toBe(uuidOf(1));
  });

  it.each([
    ['a time that went back', {}, 1, 'went back'],
    ['another UUID', { id: { uuid: uuidOf(99), version: '9' } }, undefined, 'is for'],
  ])('refuses a config with %s', async (_, config, seconds, complaint) => {
    const device = await ready(rig.device());
    await rig.serve(device.uuid, config, seconds);
    expect(await device.poll()).toBe('refused');
    expect(device.complaints).toEqual([expect.stringContaining(complaint)]);
    expect(await device.poll()).toBe('same');
  });

  it.each<[string, EdgeDevConfig, string]>([
    ['no management port', { systemAdapterList: [] }, 'would be lost'],
    ['no reboot counter', { reboot: undefined }, 'reboot and shutdown'],
    ['a network type that EVE refuses', { networks: [{ id: uuidOf(0xee), type: 9 }] }, 'refuses'],
    ['a volume that is not there', { ...withWeb(), volumes: [] }, 'no volume'],
    ['a network instance that is not there', { ...withWeb(), networkInstances: [] }, 'no network instance'],
    ['another generation', withWeb({ volumeRefList: [{ uuid: ids.root, generationCount: 3 }] }), 'another generation'],
    ['no resources', withWeb({ fixedresources: undefined }), 'fixedresources'],
    ['no datastore', { ...withWeb(), datastores: [] }, 'no datastore'],
    ['one id twice', { ...withWeb(), apps: [web, web] }, 'twice'],
  ])('notices a config with %s', async (_, config, complaint) => {
    const device = await ready(rig.device());
    await rig.serve(device.uuid, config);
    await device.poll();
    expect(device.complaints.join()).toContain(complaint);
  });

  it('lives by itself until it is told to stop', async () => {
    const said: string[] = [];
    const pace = { configMs: 20, metricsMs: 50, logsMs: 50, stepMs: 5, retryMs: 20 };
    const device = rig.device({ pace, say: line => said.push(line), keepAlive: true });
    const stop = new AbortController();
    const life = device.run(stop.signal);
    await until(() => expect(device.uuid).not.toBe(''));
    await rig.serve(device.uuid, withWeb());
    await until(async () => expect((await states(device)).at(-1)).toBe(ZSwState.RUNNING));
    stop.abort();
    await life;
    expect(device.complaints).toEqual([]);
    expect(said).toContain('application web is RUNNING');
  });

  it('says what lets it in when nothing does', async () => {
    const said: string[] = [];
    await expect(rig.device({ serial: 'UNKNOWN', say: line => said.push(line) }).onboard()).rejects.toThrow('no UUID');
    expect(said).toEqual([
      'registers as serial UNKNOWN: 401 (nothing lets it in: declare a Device with this serial and onboarding certificate; kubeve onboard prints one)',
    ]);
  });

  it('does not trust a controller of another root', async () => {
    const { pem } = openKeys().device;
    await expect(rig.device({ rootPem: pem }).onboard()).rejects.toThrow(/certificate/);
  });
});
