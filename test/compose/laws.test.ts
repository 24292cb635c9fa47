import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { check as checkAsDevice } from '../../cli/device/check.ts';
import type { ApiObject, JsonMap } from '../../shared/base/object.ts';
import { check } from '../../shared/compose/check.ts';
import { countersOf } from '../../shared/compose/checkcounters.ts';
import { decodeNotes } from '../../shared/compose/served.ts';
import { misplaced } from '../../shared/resources/eve/acl.ts';
import { accept, anyObjects } from './anything.ts';
import { type Kit, startComposer } from './setup.ts';

let kit: Kit | undefined;
afterEach(() => kit?.store.close());

const eve = 'eve.lfedge.org/v1beta1';
const object = (kind: string, name: string, spec: JsonMap, annotations: Record<string, string> = {}): ApiObject => ({
  apiVersion: eve,
  kind,
  metadata: { name, namespace: 'lab', annotations },
  spec,
});

const names = ['a', 'b', 'c', 'd'];
const pick = fc.constantFrom(...names);
const some = <T>(item: fc.Arbitrary<T>, max = 3) => fc.array(item, { maxLength: max });
const unique = <T extends { name: string }>(item: fc.Arbitrary<T>) =>
  fc.uniqueArray(item, { selector: one => one.name, maxLength: 4 });
const maybe = <T>(item: fc.Arbitrary<T>) => fc.option(item, { nil: undefined });

const ports = fc.subarray([
  { name: 'eth0', ptype: 'NetEth' },
  { name: 'eth1', ptype: 'NetEth', usage: 'Shared' },
  { name: 'eth2', ptype: 'NetEth', usage: 'MgmtOnly', address: '10.0.0.7' },
  { name: 'wlan0', ptype: 'NetWLAN' },
  { name: 'gpu', ptype: 'HDMI' },
]);

const label = fc.constantFrom('eth0', 'eth1', 'eth2', 'bond1', 'nowhere');

/** VLANs and bonds, as a Device may say them. */
const upper = fc.record({
  bond: maybe(fc.subarray(['eth0', 'eth1'], { minLength: 1 })),
  vlan: maybe(fc.record({ parent: label, id: fc.constantFrom(5, 6) })),
});

const rule = fc.constantFrom<JsonMap>(
  { ip: '10.0.0.0/8' },
  { host: 'example.com' },
  { eidset: true },
  { ip: '10.0.0.1', drop: true },
  { protocol: 'tcp', localPort: '8080', mapTo: 80 },
  { protocol: 'udp', remotePort: '53', limit: { rate: 1, per: 's' } },
);

const patch = fc.record({
  name: pick,
  applications: fc.uniqueArray(pick, { maxLength: 3 }),
  file: fc.constantFrom('a.conf', 'b.conf'),
  content: fc.constantFrom<JsonMap>(
    { inline: 'x' },
    { secret: { name: 'creds', key: 'password' } },
    { secret: { name: 'nope', key: 'x' } },
    { image: 'a' },
    { image: 'b', encrypted: true },
  ),
});

const network = fc.record({
  name: pick,
  networkConfig: pick,
  ports: maybe(fc.uniqueArray(fc.constantFrom('eth0', 'eth1', 'eth2', 'wlan0', 'nowhere'), { maxLength: 2 })),
  instance: maybe(
    fc.record({
      type: fc.constantFrom('local', 'switch'),
      port: maybe(fc.constantFrom('eth0', 'uplink', 'shared', '', 'none')),
      subnet: maybe(fc.constantFrom('10.0.0.0/24', '10.7.0.0/16', '10.7.7.0/24')),
      route: maybe(fc.constantFrom<JsonMap>({ port: 'shared' }, { port: 'nope' }, { gateway: '10.7.7.9' })),
      acls: maybe(some(rule, 2)),
    }),
  ),
});

const application = fc.record({
  name: pick,
  image: pick,
  networks: some(fc.constantFrom('a', 'b', 'c', 'x')),
  claim: maybe(pick),
  vnc: fc.boolean(),
  adapter: maybe(fc.constantFrom('gpu', 'none')),
  hostPort: maybe(fc.constantFrom(80, 8080)),
  purge: fc.nat(3),
  acls: maybe(some(rule, 2)),
  address: maybe(fc.constantFrom('10.7.7.9', '10.7.7.1', '192.168.0.5')),
  patch: maybe(pick),
});

const world = fc.record({
  ports,
  upper,
  model: fc.constantFrom('none', 'missing', 'one'),
  patches: unique(patch),
  configs: fc.uniqueArray(fc.record({ name: pick, ip: fc.constantFrom('dhcp', 'static', 'none') }), {
    selector: one => one.name,
    maxLength: 4,
  }),
  networks: unique(network),
  images: unique(fc.record({ name: pick, class: fc.constantFrom('quay', 'web', 'missing'), sha: fc.boolean() })),
  claims: fc.uniqueArray(pick, { maxLength: 3 }),
  applications: unique(application),
  options: fc.dictionary(
    fc.constantFrom('timer.config.interval', 'debug.enable.ssh', 'new.thing'),
    fc.constantFrom('10', 'x', ''),
  ),
  certificate: fc.boolean(),
});

type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

const toObjects = (from: World): ApiObject[] => [
  object('Device', 'box', toDevice(from)),
  {
    apiVersion: 'kubeve.io/v1alpha1',
    kind: 'DeviceModel',
    metadata: { name: 'one' },
    spec: {
      adapters: [
        { name: 'eth0', ptype: 'NetEth', sharedLabels: ['shared'] },
        { name: 'eth1', ptype: 'NetEth' },
      ],
    },
  },
  ...from.patches.map(({ name, applications, file, content }) => ({
    apiVersion: 'kubeve.io/v1alpha1',
    kind: 'PatchEnvelope',
    metadata: { name, namespace: 'lab' },
    spec: { applications, artifacts: [{ name: file, ...content }] },
  })),
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'creds', namespace: 'lab' },
    stringData: { username: 'u', password: 'p' },
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'quay' },
    provisioner: 'eve',
    parameters: { type: 'container', URL: 'https://quay.io', credentialsSecret: 'creds' },
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'web' },
    provisioner: 'eve',
    parameters: { type: 'http', URL: 'http://web' },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'eve-global-options', namespace: 'lab' },
    data: valid(from.options),
  },
  ...from.configs.map(({ name, ip }) =>
    object('NetworkConfig', name, { ip, ...(ip === 'static' ? { subnet: '10.0.0.0/24' } : {}) }),
  ),
  ...from.networks.map(({ name, networkConfig, ports: on, instance }) =>
    object('DeviceNetwork', name, {
      networkConfig,
      ...(on ? { ports: on } : {}),
      ...(instance ? { instance: toInstance(instance) } : {}),
    }),
  ),
  ...from.images.map(one =>
    object('Image', one.name, {
      ref: 'x/y:1',
      storageClass: one.class,
      ...(one.sha ? { sha256: 'ab'.repeat(32) } : {}),
    }),
  ),
  ...from.claims.map(name => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'lab' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })),
  ...from.applications.map(toApplication),
];

const toDevice = ({ ports: adapters, upper: { bond, vlan }, model }: World): JsonMap => {
  const names = adapters.map(({ name }) => name);
  const isKnown = (name: string) => model !== 'none' || names.length === 0 || names.includes(name);
  const joined = bond?.every(isKnown) ? bond : undefined;
  const parents = (name: string) =>
    name === 'bond1' ? joined !== undefined : isKnown(name) && !joined?.includes(name);
  return clean({
    model: model === 'none' ? undefined : model,
    adapters: names.length > 0 ? adapters : undefined,
    bonds: joined && [{ name: 'bond1', members: joined, mode: 'ActiveBackup' }],
    vlans: vlan && parents(vlan.parent) ? [{ name: 'vlan1', ...vlan }] : undefined,
  });
};

type Instance = NonNullable<World['networks'][number]['instance']>;

/** Only what can be written: what is wrong in itself is refused at once, and tested elsewhere. */
const toInstance = ({ type, port, subnet, route, acls }: Instance): JsonMap => {
  const isLocal = type === 'local';
  const network = isLocal ? ('local' as const) : ('switch' as const);
  return clean({
    type,
    port,
    subnet: isLocal ? subnet : undefined,
    staticRoutes: isLocal && route ? [{ destination: '0.0.0.0/0', ...route }] : undefined,
    acls: acls?.filter(one => !misplaced(one, network)),
  });
};

const clean = (map: object): JsonMap => JSON.parse(JSON.stringify(map));
const valid = (options: Record<string, string>) => ({
  ...options,
  ...(options['timer.config.interval'] !== undefined ? { 'timer.config.interval': '10' } : {}),
  ...(options['debug.enable.ssh'] ? { 'debug.enable.ssh': 'ssh-ed25519 AAAA' } : {}),
});

const toApplication = (one: World['applications'][number]): ApiObject =>
  object(
    'Application',
    one.name,
    clean({
      containers: [
        {
          name: 'c',
          image: one.image,
          ports: one.hostPort ? [{ containerPort: 80, hostPort: one.hostPort }] : undefined,
          volumeMounts: one.claim ? [{ name: 'v', mountPath: '/v' }] : undefined,
        },
      ],
      volumes: one.claim ? [{ name: 'v', persistentVolumeClaim: { claimName: one.claim } }] : undefined,
      eve: {
        vnc: { enabled: one.vnc },
        purge: { counter: one.purge },
        patchEnvelopes: one.patch ? [one.patch] : undefined,
        interfaces:
          one.acls || one.address ? [clean({ name: 'lan', acls: one.acls, address: one.address })] : undefined,
        adapters: one.adapter ? [{ name: one.adapter }] : undefined,
      },
    }),
    { 'k8s.v1.cni.cncf.io/networks': one.networks.join(',') },
  );

interface Plan {
  readonly objects: readonly ApiObject[];
  /** Whether there is something in them that kinds refuse. */
  readonly isRaw: boolean;
  /** Whether the device has told its certificate. */
  readonly certificate: boolean;
}

const { catalog } = await startComposer();

/** Few fields that often meet, and all that there are. */
const plans: [string, fc.Arbitrary<Plan>, number][] = [
  ['of few fields', world.map(from => ({ objects: toObjects(from), isRaw: false, certificate: from.certificate })), 40],
  [
    'of any fields',
    fc.record({ objects: anyObjects(catalog), isRaw: fc.constant(true), certificate: fc.boolean() }),
    20,
  ],
];

/** As much of a plan as kinds accept. */
const accepted = async (plan: Plan): Promise<Plan> => {
  if (!plan.isRaw) return plan;
  const own = await startComposer(['lab', 'kube-system']);
  const found: ApiObject[] = [];
  for (const one of plan.objects) found.push(...[(await accept(own, one)) ?? []].flat());
  await own.store.close();
  return { ...plan, objects: found };
};

const build = async (
  { objects, certificate }: Plan,
  order: (objects: readonly ApiObject[]) => readonly ApiObject[],
) => {
  kit = await startComposer(['lab', 'kube-system']);
  for (const one of order(objects)) await kit.create(structuredClone(one));
  for (const { kind, metadata } of objects) if (kind === 'Application') await kit.bind(metadata.name, 'box');
  if (certificate) await kit.sendCertificate('box');
  return kit;
};

const ref = { namespace: 'lab', name: 'box' };

test.each(plans)(
  'objects %s: what is served passes every check, and composing again changes nothing',
  async (...of) => {
    const [, plan, numRuns] = of;
    await fc.assert(
      fc.asyncProperty(plan, async all => {
        const own = await build(await accepted(all), objects => objects);
        const outcome = await own.composer.composeDevice(ref);
        const served = await own.served('box');
        if (!outcome || !served) throw new Error('nothing is served');
        const context = {
          uuid: outcome.from.uuid,
          before: countersOf(outcome.config),
          controllerCertHashes: [own.controller.ecdh.certHash],
          deviceCertHash: outcome.from.keys?.certHash,
        };
        expect(check(await own.config('box'), context)).toEqual([]);
        expect(checkAsDevice(await own.config('box'))).toEqual([]);
        for (const { message } of outcome.problems)
          expect(message).toMatch(/^(Device "box": )?(spec|metadata|data)[.[]\S+: /);
        own.ports.clock.advance(1000);
        const again = await own.composer.composeDevice(ref);
        expect(again?.changed).toBe(false);
        expect(again?.served.configHash).toBe(served.configHash);
        await own.store.close();
      }),
      { numRuns },
    );
  },
);

test.each(plans)('objects %s: the order in which they were written does not matter', async (...of) => {
  const [, plan, numRuns] = of;
  await fc.assert(
    fc.asyncProperty(plan, fc.infiniteStream(fc.nat()), async (all, numbers) => {
      const from = await accepted(all);
      const first = await build(from, objects => objects);
      const one = await first.composer.composeDevice(ref);
      const second = await build(from, objects => shuffle(objects, numbers));
      const two = await second.composer.composeDevice(ref);
      // uids differ from store to store: names tell what there is.
      const seen = (outcome: typeof one) => [
        outcome?.config.apps?.map(app => app.displayname),
        outcome?.config.networkInstances?.map(instance => [instance.displayname, instance.port?.name]),
        outcome?.config.systemAdapterList?.map(adapter => [adapter.name, adapter.uplink]),
        outcome?.config.volumes?.map(volume => volume.displayName).sort(),
        outcome?.config.configItems,
        outcome?.config.patchEnvelopes?.map(one => [one.displayName, one.artifacts?.length]),
        // Subnets that nobody chose follow from uids.
        outcome?.problems.map(({ about, message }) => `${about.metadata.name}: ${message.replace(subnet, 'SUBNET')}`),
        // Each has a controller, and so certificates, of its own.
        decodeNotes(outcome?.served).terms.filter(term => !term.startsWith('exchange=')),
      ];
      const device = (terms: unknown) => JSON.stringify(terms).replaceAll(/devices\/[0-9a-f-]{36}/g, 'devices/uuid');
      expect(device(seen(two))).toBe(device(seen(one)));
      await first.store.close();
      await second.store.close();
    }),
    { numRuns: numRuns / 4 },
  );
});

const subnet = /10\.\d+\.\d+\.0\/24/;

const shuffle = <T>(items: readonly T[], numbers: fc.Stream<number>): T[] => {
  const rest = [...items];
  const out: T[] = [];
  for (const number of numbers.take(items.length)) out.push(...rest.splice(number % rest.length, 1));
  return out;
};
