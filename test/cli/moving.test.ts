import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { backup } from '../../cli/backup.ts';
import { SimulatedDevice } from '../../cli/device/device.ts';
import { readOnboard, readPartition } from '../../cli/partition.ts';
import { restore } from '../../cli/restore.ts';
import { openBundle } from '../../functions/identity/bundle.ts';
import { openBackupFile } from '../../functions/node/backupfile.ts';
import { openFolder } from '../../functions/node/folder.ts';
import { openStore } from '../../functions/node/openstore.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import { type Running, start } from '../../functions/node/serve.ts';
import { deploy } from '../../infra/deploy/deploy.ts';
import { parseDeployFlags } from '../../infra/deploy/flags.ts';
import type { ApiObject } from '../../shared/base/object.ts';
import { toMs } from '../../shared/eve/timestamp.ts';
import { type Client, connect, eve } from '../support/client.ts';
import { createTestCloud } from '../support/cloud.ts';
import { findDynoxide, startDynoxide } from '../support/dynoxide.ts';
import { bucketName, openS3Server } from '../support/s3/server.ts';
import { until } from '../support/until.ts';

const cli = new URL('../../cli/kubeve.ts', import.meta.url).pathname;
const examples = new URL('../../examples/quickstart', import.meta.url).pathname;
const { log } = systemPorts('silent');
let dir: string;
let said: string;
const closers: (() => unknown)[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kubeve-moving-'));
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    said += text;
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closers.splice(0).reverse()) await close();
  rmSync(dir, { recursive: true, force: true });
});

const at = (...names: string[]): string => join(dir, ...names);
const serve = async (data: string, port = 0): Promise<Running & Client> => {
  const running = await start({ data, port, log });
  const client = connect(running.url, data);
  const close = async () => {
    client.close();
    await running.close();
  };
  closers.push(close);
  return { ...running, ...client, close };
};
const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { key: name } });

const applyQuickstart = async (client: Client): Promise<void> => {
  const plurals: Record<string, string> = { Application: 'applications', Device: 'devices', Image: 'images' };
  Object.assign(plurals, { NetworkConfig: 'networkconfigs', DeviceNetwork: 'devicenetworks', Secret: 'secrets' });
  Object.assign(plurals, { PersistentVolumeClaim: 'persistentvolumeclaims', StorageClass: 'storageclasses' });
  const objects = readdirSync(examples)
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .flatMap(name => parseAllDocuments(readFileSync(join(examples, name), 'utf8')))
    .map(document => document.toJS() as ApiObject); // this project's own files
  for (const object of objects) {
    const { apiVersion, kind, metadata } = object;
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const place = metadata.namespace ? `/namespaces/${metadata.namespace}` : '';
    const plural = kind === 'Namespace' ? 'namespaces' : plurals[kind];
    const answer = await client.ask('POST', `${group}${place}/${plural}`, object);
    expect(answer.status, answer.text).toBe(201);
  }
};

/** The quickstart's device, and what it says. It runs until the test is over. */
const runDevice = (partition: string) => {
  const told: string[] = [];
  const device = new SimulatedDevice({
    ...readPartition(partition),
    onboard: readOnboard(join(examples, 'config')),
    serial: 'QUICKSTART-1',
    pace: { configMs: 200, metricsMs: 300, logsMs: 500, stepMs: 50, retryMs: 100 },
    say: line => void told.push(line),
  });
  const stop = new AbortController();
  const life = device.run(stop.signal);
  closers.push(async () => {
    stop.abort();
    await life;
  });
  return { device, told };
};

it('moves a controller while it runs; its device goes on as if nothing had happened', async () => {
  const first = await serve(at('first'));
  await applyQuickstart(first);
  const { device, told } = runDevice(first.partition);
  const web = eve('applications', 'quickstart', 'web');
  const isReady = async (client: Client) => {
    const { json } = await client.ask('GET', web);
    const conditions = json.status?.['conditions'] as { type: string; status: string }[] | undefined; // as its schema says
    expect(conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    return json;
  };
  await until(() => isReady(first));
  const before = (await first.ask('GET', web)).json;
  const uuid = device.uuid;
  const config = device.config;
  const counters = config.apps?.map(({ restart, purge, uuidandversion }) => [restart, purge, uuidandversion?.uuid]);

  await backup([at('all.backup'), '--data', at('first'), '--identities']);
  // What happens after the backup is lost; who saw it must learn that.
  const lost = await first.ask('POST', configMaps, configMap('lost'));
  const port = Number(new URL(first.url).port);
  await first.close();
  const boots = device.facts.boots;
  told.length = 0;

  await restore([at('all.backup'), '--data', at('second')]);
  const second = await serve(at('second'), port);
  const after = await until(() => isReady(second));
  expect(after.metadata.uid).toBe(before.metadata.uid);
  await until(() => expect(told.join()).toContain('applies config'));
  // The device reports to the second controller.
  await until(async () => {
    const { text } = await second.ask('GET', `/edgenode/${uuid}/metrics?tailLines=1`);
    expect(text).toContain(uuid);
  });
  expect(device.uuid).toBe(uuid);
  expect(device.facts.boots).toBe(boots);
  expect(device.config.apps?.map(one => [one.restart, one.purge, one.uuidandversion?.uuid])).toEqual(counters);
  const { id, config_timestamp: time, ...content } = config;
  const { id: newId, config_timestamp: newTime, ...sameContent } = device.config;
  expect(sameContent).toEqual(content);
  // Newer than whatever the device was served since the backup: it refuses what is older.
  expect(Number(newId?.version)).toBe(Number(id?.version) + 1);
  expect(toMs(newTime)).toBeGreaterThan(toMs(time));
  expect(told.filter(line => /is (RESTARTING|PURGING|HALT|BOOTING|DOWNLOAD)|complains|registers/.test(line))).toEqual(
    [],
  );
  expect(device.complaints).toEqual([]);

  const version = lost.json.metadata.resourceVersion;
  const watched = await second.ask('GET', `${configMaps}?watch=1&resourceVersion=${version}`);
  expect(watched.text).toContain('"code":410');
  expect((await second.ask('GET', `${configMaps}/lost`)).status).toBe(404);
});

describe('kubeve backup', () => {
  const identitiesIn = (file: string) =>
    gunzipSync(readFileSync(file))
      .toString()
      .split('\n')
      .filter(line => line.startsWith('{"identity"'));

  it('reads the folder of a controller that does not run, without keys unless they are wanted', async () => {
    const server = await serve(at('data'));
    await server.ask('POST', configMaps, configMap('kept'));
    await server.close();
    await backup([at('one'), '--data', at('data')]);
    await backup([at('two'), '--data', at('data'), '--identities']);
    expect(said).toMatch(/one holds \d+ entries of 20.*; readable by you alone\n.*and the identities, keys included/);
    expect(statSync(at('two')).mode & 0o777).toBe(0o600);
    expect(identitiesIn(at('one'))).toEqual([]);
    expect(identitiesIn(at('two')).length).toBeGreaterThan(10);
    await restore([at('one'), '--data', at('new')]);
    expect(said).toContain('It has no identities: put the former pki/ folder there');
    expect(existsSync(at('new', 'pki'))).toBe(false);
    const moved = await serve(at('new'));
    expect((await moved.ask('GET', `${configMaps}/kept`)).json['data']).toEqual({ key: 'kept' });
  });

  it('asks a running controller, as whom the kubeconfig says', async () => {
    const server = await serve(at('data'));
    await backup([at('one'), '--kubeconfig', server.kubeconfig]);
    expect(said).toContain('readable by you alone');
    const nobody = connect(server.url, at('data'), 'nobody');
    closers.push(nobody.close);
    expect((await nobody.ask('GET', '/backup')).status).toBe(401);
    const jane = { 'impersonate-user': 'jane' };
    const answer = await server.ask('GET', '/backup', undefined, jane);
    expect([answer.status, answer.json.message]).toEqual([403, 'forbidden: User "jane" cannot get path "/backup"']);
    expect((await server.ask('POST', '/backup', {})).status).toBe(405);
    const config = readFileSync(server.kubeconfig, 'utf8').replace(/client-(certificate|key)-data: .*/g, '');
    writeFileSync(at('config'), `${config.replace('user:\n', 'user:\n    token: wrong\n')}`);
    await expect(backup([at('two'), '--kubeconfig', at('config')])).rejects.toThrow(/answers 401: Unauthorized/);
    expect(existsSync(at('two'))).toBe(false);
  });

  it('leaves nothing behind when the disk has no room for all of it', async () => {
    const server = await serve(at('data'));
    const noise = { ...configMap('noise'), data: { noise: randomBytes(30_000).toString('base64') } };
    expect((await server.ask('POST', configMaps, noise)).status).toBe(201);
    await backup([at('whole'), '--kubeconfig', server.kubeconfig]);
    // No file may grow beyond what is almost the whole: the last write is cut, as on a disk that is full.
    const blocks = Math.floor(statSync(at('whole')).size / 512) - 1;
    const limited = `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" --import tsx "$@"`;
    const flags = ['backup', at('one'), '--kubeconfig', server.kubeconfig];
    const child = spawn('sh', ['-c', limited, process.execPath, cli, ...flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const told = await text(child.stderr);
    expect(told).toBe(`kubeve backup: ${at('one')} cannot be written: file too large\n`);
    expect(existsSync(at('one'))).toBe(false);
    expect(existsSync(at('one.unfinished'))).toBe(false);
  });

  it('says that there is no place for the file', async () => {
    await (await serve(at('data'))).close();
    const place = at('nowhere/kubeve.backup');
    await expect(backup([place, '--data', at('data')])).rejects.toThrow(
      `${place} cannot be written: no such file or directory`,
    );
  });

  it.each([
    [[], /give one file/],
    [['there'], /there exists already: give another name/],
    [['x', '--data', 'nothing'], /nothing holds no store: say --data DIR/],
    [['x', '--kubeconfig', 'nothing'], /nothing does not exist/],
    [['x', '--kubeconfig', 'bare'], /neither a token nor a client certificate.*kubectl get --raw/],
  ])('%j: says what to do', async (args, message) => {
    writeFileSync(at('there'), '');
    const bare = { clusters: [{ name: 'c', cluster: { server: 'https://localhost:1' } }], 'current-context': 'x' };
    const user = {
      users: [{ name: 'u', user: { exec: {} } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    };
    writeFileSync(at('bare'), JSON.stringify({ ...bare, ...user }));
    await expect(backup(args.map(arg => (arg.startsWith('-') ? arg : at(arg))))).rejects.toThrow(message);
  });
});

const dynoxide = findDynoxide();

// The emulator is there on Linux x64 only.
describe.skipIf(dynoxide === undefined)('a table in AWS', () => {
  it('takes a backup of a folder, and gives one back', async () => {
    const dynamo = await startDynoxide(dynoxide ?? '');
    closers.push(() => dynamo.stop());
    await dynamo.createTable('kubeve');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamo.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    closers.push(() => vi.unstubAllEnvs());
    const server = await serve(at('data'));
    await server.ask('POST', configMaps, configMap('kept'));
    const uid = (await server.ask('GET', `${configMaps}/kept`)).json.metadata.uid;
    await server.close();
    const place = ['--table', 'kubeve', '--bucket', 'unused', '--region', dynamo.region];
    await backup([at('one'), '--data', at('data')]);
    await restore([at('one'), ...place]);
    expect(said).toMatch(/tenant main of kubeve holds the \d+ entries/);
    await expect(restore([at('one'), ...place])).rejects.toThrow(/into an empty store only/);
    await restore([at('one'), ...place, '--tenant', 'other']);
    await backup([at('two'), ...place]);
    await restore([at('two'), '--data', at('new')]);
    const moved = await serve(at('new'));
    expect((await moved.ask('GET', `${configMaps}/kept`)).json).toMatchObject({
      metadata: { uid },
      data: { key: 'kept' },
    });
  });

  it('begins a stack with what ran on a folder, while a device waits; the stack gives it back with its identities', async () => {
    const dynamo = await startDynoxide(dynoxide ?? '');
    closers.push(() => dynamo.stop());
    await dynamo.createTable('kubeve-prod');
    const s3 = await openS3Server();
    closers.push(() => s3.close());
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamo.endpoint);
    vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', s3.credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3.credentials.secretAccessKey);
    closers.push(() => vi.unstubAllEnvs());
    const first = await serve(at('folder'));
    await applyQuickstart(first);
    const { device, told } = runDevice(first.partition);
    const web = eve('applications', 'quickstart', 'web');
    await until(async () => expect((await first.ask('GET', web)).json.status?.['state']).toBe('RUNNING'));
    const { uuid } = device;
    await backup([at('moving'), '--data', at('folder'), '--identities']);
    const port = Number(new URL(first.url).port);
    await first.close();
    told.length = 0;

    const cloud = createTestCloud();
    const place = { table: 'kubeve-prod', bucket: bucketName, region: dynamo.region };
    await deploy({
      cloud,
      flags: parseDeployFlags([]),
      beginnings: [{ tenant: undefined, path: 'moving', file: await openBackupFile(at('moving')) }],
      build: async () => undefined,
      write: cloud.write,
      deployStack: cloud.deployStack,
      openStore: ({ tenant }) => openStore({ data: '', ...place, tenant }, systemPorts('silent')),
      say: () => undefined,
      ports: systemPorts('silent'),
      pollMs: 0,
    });
    const secret = openBundle(cloud.secrets.get('kubeve-prod/authority'));
    const vault = openFolder(at('deployed', 'pki'));
    for (const name of secret.names()) if (name !== 'tls-root.pem') vault.write(name, secret.read(name) ?? '');
    const running = await start({ data: at('deployed'), port, log, cloud: { ...place, tenant: 'main' } });
    closers.push(running.close);
    const client = connect(running.url, at('deployed'));
    closers.push(client.close);
    await until(async () => {
      const { text } = await client.ask('GET', `/edgenode/${uuid}/metrics?tailLines=1`);
      expect(text).toContain(uuid);
    });
    await until(() => expect(told.join()).toContain('applies config'));
    expect([device.uuid, device.facts.boots]).toEqual([uuid, 1]);
    const strange = /is (RESTARTING|PURGING|HALT|BOOTING|DOWNLOAD)|complains|registers/;
    expect(told.filter(line => strange.test(line))).toEqual([]);
    expect(device.complaints).toEqual([]);

    const outputs = { ...cloud.stack?.outputs, BucketName: bucketName };
    cloud.stack = { status: 'UPDATE_COMPLETE', outputs };
    const ofStack = ['--from-stack', 'kubeve-prod', '--region', dynamo.region];
    await backup([at('of-stack'), ...ofStack, '--identities'], () => ({ ...cloud, region: dynamo.region }));
    await restore([at('of-stack'), '--data', at('back')]);
    expect(said).toMatch(/The tokens of its users are in .*back\/pki\/tokens\.csv: say so with --token-file/);
    const back = openFolder(at('back', 'pki'));
    expect(back.names()).not.toContain('tls-root.pem');
    for (const name of ['root.key.pem', 'signing.pem', 'tokens.csv']) expect(back.read(name)).toBe(secret.read(name));
    await expect(
      backup([at('none'), ...ofStack, '--tenant', 'acme'], () => ({ ...cloud, region: dynamo.region })),
    ).rejects.toThrow(/kubeve-prod has no tenant acme: it has none/);
  });

  it.each([
    [['--table', 'kubeve'], /--table and --bucket belong together/],
    [['--table', 'kubeve', '--bucket', 'b', '--region', ''], /say the region/],
  ])('%j: says what is missing', async (flags, message) => {
    await expect(backup([at('x'), ...flags])).rejects.toThrow(message);
  });
});

describe('kubeve restore', () => {
  const made = async (): Promise<string> => {
    await (await serve(at('data'))).close();
    await backup([at('file'), '--data', at('data'), '--identities']);
    return at('file');
  };

  it('refuses what is there already, and other identities', async () => {
    const file = await made();
    await expect(restore([file, '--data', at('data')])).rejects.toThrow(/into an empty store only/);
    await (await serve(at('other'))).close();
    await expect(restore([file, '--data', at('other')])).rejects.toThrow(/other has identities of its own/);
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 40), /damaged: unexpected end of file/],
    [
      'of something else',
      () => Buffer.from('apiVersion: v1\n'),
      /This is no backup of kubeve\. Give a file that `kubeve backup` wrote/,
    ],
    ['with another byte', (bytes: Buffer) => bytes.fill(bytes.readUInt8(300) ^ 4, 300, 301), /damaged/],
  ])('refuses a file %s, and leaves nothing behind', async (_, change, message) => {
    const file = await made();
    writeFileSync(file, change(readFileSync(file)));
    await expect(restore([file, '--data', at('new')])).rejects.toThrow(message);
    expect(existsSync(at('new'))).toBe(false);
  });

  it('says that a file is missing', async () => {
    mkdirSync(at('new'));
    await expect(restore([at('none'), '--data', at('new')])).rejects.toThrow(/cannot be read: give a file/);
  });
});
