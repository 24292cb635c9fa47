import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCatalog } from '../../../shared/kube/catalog.ts';
import { createDescribeApp } from '../../../shared/kube/describe/app.ts';
import type { ResourceType } from '../../../shared/kube/resource.ts';
import { planets, testTypes, widgets } from '../../support/widgets.ts';

const older: ResourceType = { ...widgets, version: 'v1alpha1' };
const types = [...testTypes, older];

const setup = (parts: Partial<Parameters<typeof createDescribeApp>[0]> = {}) => {
  const app = createDescribeApp({ catalog: createCatalog(types), ...parts });
  return (path: string, headers: Record<string, string> = {}) =>
    app.fetch(new Request(`https://localhost:6443${path}`, { headers: { host: 'localhost:6443', ...headers } }));
};

const call = setup();
const get = async (path: string, headers?: Record<string, string>) =>
  JSON.parse(await (await call(path, headers)).text());

const aggregated = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');

const versions = [
  { groupVersion: 'example.com/v1', version: 'v1' },
  { groupVersion: 'example.com/v1alpha1', version: 'v1alpha1' },
];

const crud = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

describe('the root', () => {
  it('lists paths to go on from', async () => {
    const check = { name: 'store', run: () => {} };
    const metrics = { print: () => '' };
    const answer = await setup({ checks: { readyz: [check] }, metrics })('/');
    expect(await answer.json()).toEqual({
      paths: [
        '/api',
        '/api/v1',
        '/apis',
        '/apis/',
        '/apis/example.com',
        '/apis/example.com/v1',
        '/apis/example.com/v1alpha1',
        '/healthz',
        '/healthz/ping',
        '/livez',
        '/livez/ping',
        '/metrics',
        '/openapi/v2',
        '/openapi/v3',
        '/openapi/v3/',
        '/readyz',
        '/readyz/ping',
        '/readyz/store',
        '/version',
      ],
    });
  });
});

describe('legacy discovery', () => {
  it('lists versions and groups', async () => {
    expect(await get('/api')).toEqual({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: 'localhost:6443' }],
    });
    const group = { name: 'example.com', versions, preferredVersion: versions[0] };
    expect(await get('/apis')).toEqual({ kind: 'APIGroupList', apiVersion: 'v1', groups: [group] });
    expect(await get('/apis/example.com')).toEqual({ kind: 'APIGroup', apiVersion: 'v1', ...group });
  });

  it('lists resources and their subresources', async () => {
    const hash = createHash('sha256').update('example.com/v1/Widget').digest().subarray(0, 8).toString('base64');
    const { resources, ...list } = await get('/apis/example.com/v1');
    expect(list).toEqual({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'example.com/v1' });
    expect(resources.filter(({ name }: { name: string }) => name.startsWith('widgets'))).toEqual([
      {
        name: 'widgets',
        singularName: 'widget',
        namespaced: true,
        kind: 'Widget',
        verbs: crud,
        shortNames: ['wd'],
        categories: ['toys'],
        storageVersionHash: hash,
      },
      {
        name: 'widgets/status',
        singularName: '',
        namespaced: true,
        kind: 'Widget',
        verbs: ['get', 'patch', 'update'],
      },
      {
        name: 'widgets/scale',
        singularName: '',
        namespaced: true,
        group: 'autoscaling',
        version: 'v1',
        kind: 'Scale',
        verbs: ['get', 'patch', 'update'],
      },
    ]);
    expect(resources.find(({ name }: { name: string }) => name === 'questions')).toEqual({
      name: 'questions',
      singularName: 'question',
      namespaced: false,
      kind: 'Question',
      verbs: ['create'],
    });
  });

  it('lists the core group without an apiVersion', async () => {
    const { resources, ...list } = await get('/api/v1');
    expect(list).toEqual({ kind: 'APIResourceList', groupVersion: 'v1' });
    expect(resources.map(({ name }: { name: string }) => name)).toEqual([
      'namespaces',
      'namespaces/status',
      'namespaces/finalize',
      'notes',
    ]);
  });

  it.each(['/api/', '/apis/', '/apis/example.com/', '/apis/example.com/v1/', '/api/v1/', '/openapi/v3/', '/version/'])(
    'takes %s',
    async path => {
      expect((await call(path)).status).toBe(200);
    },
  );

  it.each(['/apis/other.com', '/apis/example.com/v9', '/api/v2', '/apis//v1', '/nothing', '/openapi/v3/apis/x/v1'])(
    'has no %s',
    async path => {
      const response = await call(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(await response.text()).toBe('404 page not found\n');
    },
  );

  it('speaks YAML to those who want it, and tells who wants what it has not', async () => {
    expect(await (await call('/apis/example.com', { accept: 'application/yaml' })).text()).toContain(
      'kind: APIGroup\n',
    );
    const refused = await call('/apis', { accept: 'text/html' });
    expect(refused.status).toBe(406);
    expect(await refused.json()).toMatchObject({ kind: 'Status', reason: 'NotAcceptable', code: 406 });
  });
});

describe('aggregated discovery', () => {
  it('tells everything at once', async () => {
    const response = await call('/apis', { accept: aggregated });
    expect(response.headers.get('content-type')).toBe(
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    );
    const { items, ...list } = JSON.parse(await response.text());
    expect(list).toEqual({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {} });
    expect(items).toMatchObject([
      {
        metadata: { name: 'example.com' },
        versions: [
          { version: 'v1', freshness: 'Current' },
          { version: 'v1alpha1', freshness: 'Current' },
        ],
      },
    ]);
    const [widget] = items[0].versions[0].resources.filter(
      ({ resource }: { resource: string }) => resource === 'widgets',
    );
    expect(widget).toEqual({
      resource: 'widgets',
      responseKind: { group: 'example.com', version: 'v1', kind: 'Widget' },
      scope: 'Namespaced',
      singularResource: 'widget',
      verbs: crud,
      shortNames: ['wd'],
      categories: ['toys'],
      subresources: [
        {
          subresource: 'status',
          responseKind: { group: 'example.com', version: 'v1', kind: 'Widget' },
          verbs: ['get', 'patch', 'update'],
        },
        {
          subresource: 'scale',
          responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
          verbs: ['get', 'patch', 'update'],
        },
      ],
    });
  });

  it('puts the core group under /api', async () => {
    const { items } = await get('/api', { accept: aggregated });
    expect(items).toMatchObject([{ metadata: { name: '' }, versions: [{ version: 'v1' }] }]);
  });

  it('answers the legacy list to those who know only the beta', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';
    expect(await get('/apis', { accept })).toMatchObject({ kind: 'APIGroupList' });
  });

  it('ignores the profile parameter', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList;profile=nopeer';
    expect(await get('/apis', { accept })).toMatchObject({ kind: 'APIGroupDiscoveryList' });
  });

  it('is cached by its hash', async () => {
    const first = await call('/apis', { accept: aggregated });
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toBe(
      `"${createHash('sha512')
        .update(await first.text())
        .digest('hex')
        .toUpperCase()}"`,
    );
    expect(first.headers.get('cache-control')).toBe('public');
    expect(first.headers.get('vary')).toContain('Accept');
    const again = await call('/apis', { accept: aggregated, 'if-none-match': etag });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    expect((await call('/apis', { accept: aggregated, 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('follows the catalog', async () => {
    const catalog = { ...createCatalog([widgets]), version: 1 };
    const app = createDescribeApp({ catalog });
    const ask = async () => (await app.request('/apis', { headers: { accept: aggregated } })).text();
    const before = await ask();
    Object.assign(catalog, createCatalog([widgets, planets]), { version: 2 });
    expect(before).not.toContain('planets');
    expect(await ask()).toContain('planets');
  });
});

describe('version', () => {
  it('is semver, with numbers that are numbers', async () => {
    const version = await get('/version');
    expect(version).toMatchObject({ major: '1', gitVersion: `v1.${version.minor}.0`, gitTreeState: 'clean' });
    expect(version.minor).toMatch(/^\d+$/);
    const built = setup({ build: { gitCommit: 'abc', platform: 'linux/x64' } });
    expect(await (await built('/version')).json()).toMatchObject({ gitCommit: 'abc', platform: 'linux/x64' });
  });
});

describe('health', () => {
  const failures: unknown[] = [];
  const broken = setup({
    checks: {
      livez: [{ name: 'loop', run: () => {} }],
      readyz: [
        { name: 'loop', run: () => {} },
        { name: 'disk', run: () => Promise.reject(new Error('at /secret/path')) },
      ],
    },
    onFailure: (check, error) => failures.push([check, String(error)]),
  });

  it.each<[string, number, string]>([
    ['/healthz', 200, 'ok'],
    ['/livez', 200, 'ok'],
    ['/livez?verbose', 200, '[+]ping ok\n[+]loop ok\nlivez check passed\n'],
    ['/livez/loop', 200, 'ok'],
    ['/livez/other', 404, '404 page not found\n'],
    ['/readyz', 500, '[+]ping ok\n[+]loop ok\n[-]disk failed: reason withheld\nreadyz check failed\n'],
    ['/readyz/disk', 500, '[-]disk failed: reason withheld\nreadyz check failed\n'],
    ['/readyz/loop', 200, 'ok'],
    ['/readyz?exclude=disk', 200, 'ok'],
    [
      '/readyz?verbose&exclude=disk&exclude=loop',
      200,
      '[+]ping ok\n[+]loop excluded: ok\n[+]disk excluded: ok\nreadyz check passed\n',
    ],
    [
      '/livez?verbose&exclude=nix',
      200,
      '[+]ping ok\n[+]loop ok\nwarn: some health checks cannot be excluded: no matches for "nix"\nlivez check passed\n',
    ],
  ])('%s', async (path, status, text) => {
    const response = await broken(path);
    expect([response.status, await response.text()]).toEqual([status, text]);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('tells the log why', () => {
    expect(failures).toContainEqual(['disk', 'Error: at /secret/path']);
  });
});
