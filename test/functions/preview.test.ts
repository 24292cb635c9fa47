import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type Client, connect, eve } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let client: Client;
let uuid: string;

beforeEach(async () => {
  server = await startServer();
  client = connect(server.url, server.data);
  await apply('/apis/storage.k8s.io/v1/storageclasses', {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'hub' },
    provisioner: 'eve',
    parameters: { type: 'container', URL: 'https://index.docker.io' },
  });
  await apply(eve('images'), own('Image', 'nginx', { ref: 'library/nginx:1', storageClass: 'hub' }));
  await apply('/api/v1/namespaces/default/secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'login' },
    stringData: { text: 'A=top secret' },
  });
  const clear = { 'kubeve.io/clear-text-secrets': 'true' };
  const device = own('Device', 'lab1', {}, { annotations: clear });
  uuid = (await apply(eve('devices'), device)).json.metadata.uid ?? '';
});

afterEach(async () => {
  client.close();
  await server.close();
});

const own = (kind: string, name: string, spec: object, metadata: object = {}) => ({
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind,
  metadata: { name, ...metadata },
  spec,
});

const apply = async (path: string, object: object): Promise<Answer> => {
  const answer = await client.ask('POST', path, object);
  expect(answer.status, answer.text).toBe(201);
  return answer;
};

const preview = (body: unknown, id = uuid, by = client) => by.ask('POST', `/edgenode/${id}/preview`, body);

interface Told {
  readonly changed: boolean;
  readonly differences: readonly { path: string; before?: unknown; after?: unknown }[];
  readonly problems: readonly { object: string; message: string }[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly config: { apps?: readonly { displayname: string; userData?: string }[] };
}

const told = async (body: unknown): Promise<Told> => {
  const { status, text } = await preview(body);
  expect(status, text).toBe(200);
  return JSON.parse(text) as Told; // what this file compares
};

const web = (more: object = {}) =>
  own('Application', 'web', { containers: [{ name: 'main', image: 'nginx' }], ...more });

/** Everything that is stored, by its versions. */
const stored = async (): Promise<string[]> => {
  const paths = ['devices', 'applications', 'deviceconfigs', 'images'].map(plural => eve(plural));
  const answers = await Promise.all(paths.map(path => client.ask('GET', path)));
  return answers.map(({ json }) => json.metadata.resourceVersion ?? '');
};

/** Waits until the Device, which is written after its DeviceConfig, shows what it is served. */
const settled = () =>
  until(async () => {
    const { status } = (await client.ask('GET', eve('devices', 'default', 'lab1'))).json;
    expect(status?.['config']).toMatchObject({ version: 1 });
  });

describe('a preview', () => {
  it('shows what a device would be told, and stores nothing', async () => {
    await settled();
    const before = await stored();
    const { config, changed, differences, problems, notes } = await told(web());
    expect(config.apps?.map(({ displayname }) => displayname)).toEqual(['web']);
    expect(changed).toBe(true);
    expect(differences.map(({ path }) => path)).toContain('apps');
    expect(problems).toEqual([]);
    expect(notes).toEqual(['Application "web" is taken to be placed on this Device']);
    expect(await stored()).toEqual(before);
    expect((await client.ask('GET', eve('applications', 'default', 'web'))).status).toBe(404);
  });

  it('takes YAML documents, lists and arrays, and objects that refer to each other', async () => {
    const yaml = `# a network
apiVersion: eve.lfedge.org/v1beta1
kind: NetworkConfig
metadata: {name: net}
spec: {ip: dhcp}
---
apiVersion: eve.lfedge.org/v1beta1
kind: DeviceNetwork
metadata: {name: net}
spec: {networkConfig: net, ports: [eth0], instance: {subnet: 10.0.9.0/24}}
`;
    const { differences } = await told(yaml);
    expect(differences.map(({ path }) => path.split(/[.[]/)[0])).toContain('networkInstances');
    for (const body of [[web()], { apiVersion: 'v1', kind: 'List', items: [web()] }])
      expect((await told(body)).config.apps).toHaveLength(1);
  });

  it('shows the difference alone', async () => {
    await apply(eve('applications'), web({ nodeSelector: { name: 'lab1' } }));
    await until(async () =>
      expect((await client.ask('GET', eve('deviceconfigs', 'default', 'lab1'))).text).toContain('"displayname":"web"'),
    );
    expect(await told(web({ nodeSelector: { name: 'lab1' } }))).toMatchObject({ changed: false, differences: [] });
    const more = { nodeSelector: { name: 'lab1' }, eve: { maxCPUs: 4 } };
    expect((await told(web(more))).differences).toContainEqual({
      path: 'apps[displayname=web].fixedresources.maxcpus',
      before: 1,
      after: 4,
    });
  });

  it('never shows what is secret, but that it changes', async () => {
    const userData = { nodeSelector: { name: 'lab1' }, eve: { userData: { secret: { name: 'login', key: 'text' } } } };
    const secret = Buffer.from('A=top secret').toString('base64');
    const first = await preview(web(userData));
    expect(first.status, first.text).toBe(200);
    expect(first.text).not.toContain(secret);
    await apply(eve('applications'), web(userData));
    await until(async () =>
      expect((await client.ask('GET', eve('deviceconfigs', 'default', 'lab1'))).text).toContain('"displayname":"web"'),
    );
    const changed = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, stringData: { text: 'A=other' } };
    const { differences } = await told(changed);
    expect(differences).toContainEqual({
      path: 'apps[displayname=web].userData',
      before: '(hidden)',
      after: '(hidden)',
    });
  });

  it('tells of what stays out, and of what is not there', async () => {
    const { problems, warnings } = await told(
      own('Application', 'web', { nodeSelector: { name: 'lab1' }, containers: [{ name: 'main', image: 'none' }] }),
    );
    expect(problems).toMatchObject([{ object: 'Application default/web' }]);
    expect(warnings.join()).toContain('"none" does not exist yet');
  });
});

const workload = (kind: string, name: string, spec: object = {}, image = 'nginx') =>
  own(kind, name, {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image }], ...spec } },
  });

describe('a preview of a workload', () => {
  const names = async (body: unknown) => {
    const { config, notes } = await told(body);
    return { apps: config.apps?.map(({ displayname }) => displayname), notes };
  };

  it.each<[string, object, RegExp[], string]>([
    [
      'a deployment',
      { ...workload('ApplicationDeployment', 'web') },
      [/^web-[a-z0-9]{10}-preview$/],
      'ApplicationDeployment "web" makes 1 Application, one of which is taken to be placed on this Device',
    ],
    [
      'a daemon set',
      workload('ApplicationDaemonSet', 'agent'),
      [/^agent-[a-z0-9]{10}-preview$/],
      'ApplicationDaemonSet "agent" has one Application on this Device',
    ],
    [
      'a daemon set for others',
      workload('ApplicationDaemonSet', 'agent', { nodeSelector: { name: 'lab2' } }),
      [],
      'ApplicationDaemonSet "agent" makes no Application on this Device',
    ],
    [
      'a stateful set',
      workload('ApplicationStatefulSet', 'db'),
      [/^db-0$/],
      'ApplicationStatefulSet "db" makes 1 Application, one of which is taken to be placed on this Device',
    ],
  ])('shows what %s makes, and stores nothing', async (_, body, apps, note) => {
    await settled();
    const before = await stored();
    const found = await names(body);
    expect(found.apps ?? []).toEqual(apps.map(form => expect.stringMatching(form)));
    expect(found.notes).toEqual([note]);
    expect(await stored()).toEqual(before);
  });

  it('replaces what has an old template, and takes away what is too much', async () => {
    await apply(eve('images'), own('Image', 'other', { ref: 'library/other:1', storageClass: 'hub' }));
    await apply(eve('applicationdeployments'), workload('ApplicationDeployment', 'web'));
    await until(async () =>
      expect((await client.ask('GET', eve('deviceconfigs', 'default', 'lab1'))).text).toContain('"displayname":"web-'),
    );
    const same = await told(workload('ApplicationDeployment', 'web'));
    expect(same).toMatchObject({
      changed: false,
      notes: ['ApplicationDeployment "web" has 1 of its 1 Applications on this Device'],
    });
    const changed = await names(workload('ApplicationDeployment', 'web', {}, 'other'));
    expect(changed.apps).toEqual([expect.stringMatching(/^web-[a-z0-9]{10}-preview$/)]);
    const none = workload('ApplicationDeployment', 'web');
    expect((await names({ ...none, spec: { ...none.spec, replicas: 0 } })).apps ?? []).toEqual([]);
  });

  it('shows what comes with a change of the Device', async () => {
    await apply(
      eve('applicationdaemonsets'),
      workload('ApplicationDaemonSet', 'agent', { nodeSelector: { zone: 'a' } }),
    );
    const device = own('Device', 'lab1', {}, { labels: { zone: 'a' } });
    expect((await names(device)).apps).toEqual([expect.stringMatching(/^agent-/)]);
  });
});

describe('a preview refuses', () => {
  it.each<[string, unknown, number, string]>([
    ['nothing', '', 400, 'give objects'],
    ['what is no object', '[1]', 400, 'objects[0]'],
    ['what cannot be read', '{', 400, ''],
    ['an unknown kind', { apiVersion: 'v1', kind: 'Toaster', metadata: { name: 'x' } }, 400, 'no kind Toaster'],
    ['what validation refuses', own('Application', 'web', { containers: [] }), 422, 'spec.containers'],
    ['too much', `"${'x'.repeat(3 * 1024 * 1024)}"`, 413, ''],
    ['too many', Array.from({ length: 257 }, (_, n) => own('Image', `i${n}`, {})), 400, '256'],
  ])('%s', async (_, body, status, text) => {
    const answer = await preview(body);
    expect([answer.status, answer.json.kind]).toEqual([status, 'Status']);
    expect(answer.text).toContain(text);
  });

  it('other methods, and whoever may not', async () => {
    expect((await client.ask('GET', `/edgenode/${uuid}/preview`)).status).toBe(405);
    expect((await preview([web()], '00000000-0000-4000-8000-000000000000')).status).toBe(404);
    const nobody = connect(server.url, server.data, 'nobody');
    expect((await preview([web()], uuid, nobody)).status).toBe(401);
    nobody.close();
    const as = { 'impersonate-user': 'viewer' };
    expect((await client.ask('POST', `/edgenode/${uuid}/preview`, [web()], as)).status).toBe(403);
  });
});
