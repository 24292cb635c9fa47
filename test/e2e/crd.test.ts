import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { startServer, type TestServer } from '../support/server.ts';

const programs = findPrograms();
/** The oldest and the newest: what is between them asks the same. */
const chosen = [programs[0], programs.at(-1)].flatMap((one, i, all) => (one && all.indexOf(one) === i ? [one] : []));

it('finds a kubectl', () => {
  expect(chosen.length, 'there is no kubectl on PATH').toBeGreaterThan(0);
});

const schema = (more: object = {}) => ({
  openAPIV3Schema: {
    type: 'object',
    description: 'CronTab runs an image at times.',
    properties: {
      spec: {
        type: 'object',
        required: ['cronSpec'],
        properties: {
          cronSpec: { type: 'string', description: 'When, as cron says it.', pattern: '^[0-9*/ ,-]+$' },
          image: { type: 'string' },
          replicas: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
          ...more,
        },
        'x-kubernetes-validations': [
          { rule: "self.replicas < 9 || self.cronSpec != '* * * * *'", message: 'that is too much' },
        ],
      },
      status: { type: 'object', properties: { replicas: { type: 'integer' }, selector: { type: 'string' } } },
    },
  },
});
const version = (name: string, storage: boolean, more: object = {}) => ({
  name,
  served: true,
  storage,
  schema: schema(),
  subresources: {
    status: {},
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.selector',
    },
  },
  additionalPrinterColumns: [
    { name: 'Spec', type: 'string', jsonPath: '.spec.cronSpec' },
    { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
    { name: 'Image', type: 'string', jsonPath: '.spec.image', priority: 1 },
  ],
  selectableFields: [{ jsonPath: '.spec.image' }],
  ...more,
});
const definition = (versions: object[]) =>
  JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'crontabs.stable.example.com' },
    spec: {
      group: 'stable.example.com',
      scope: 'Namespaced',
      names: { plural: 'crontabs', kind: 'CronTab', shortNames: ['ct'], categories: ['all'] },
      versions,
    },
  });
const crontab = (name: string, spec: object, of = 'v1') =>
  JSON.stringify({ apiVersion: `stable.example.com/${of}`, kind: 'CronTab', metadata: { name }, spec });

describe.each(chosen)('definitions with kubectl $version', ({ path }) => {
  let server: TestServer;
  let kubectl: Kubectl;
  beforeAll(async () => {
    server = await startServer();
    kubectl = openKubectl(path, server.kubeconfig);
  });
  afterAll(async () => {
    kubectl?.close();
    await server?.close();
  });
  const apply = async (input: string, ...more: string[]) => {
    const { code, out, err } = await kubectl.run(['apply', ...more, '-f', '-'], { input });
    if (code !== 0) throw new Error(err);
    return out + err;
  };

  it('are established by the time that one can ask', async () => {
    await apply(definition([version('v1', true)]));
    const out = await kubectl(
      'wait',
      '--for=condition=established',
      '--timeout=120s',
      'crd/crontabs.stable.example.com',
    );
    expect(out).toContain('condition met');
    expect(await kubectl('api-resources', '--api-group=stable.example.com')).toMatch(
      /^crontabs +ct +stable.example.com\/v1 +true +CronTab$/m,
    );
    expect(await kubectl('get', 'crd')).toMatch(/^crontabs.stable.example.com +20/m);
  });

  it('are explained', async () => {
    const out = (await kubectl('explain', 'crontab.spec')).replaceAll(/\s+/g, ' ');
    expect(out).toContain('cronSpec <string> -required- When, as cron says it.');
    expect(await kubectl('explain', 'ct')).toContain('CronTab runs an image at times.');
  });

  it('have instances: columns, fields, scale, categories', async () => {
    await apply(crontab('a', { cronSpec: '* * * * *', image: 'web' }));
    await kubectl('scale', 'crontab/a', '--replicas=3');
    expect(await kubectl('get', 'ct')).toMatch(/^NAME +SPEC +REPLICAS\na +\* \* \* \* \* +3$/m);
    expect(await kubectl('get', 'ct', '-o', 'wide')).toMatch(/web/);
    expect(await kubectl('get', 'ct', '--field-selector', 'spec.image=web', '-o', 'name')).toBe(
      'crontab.stable.example.com/a\n',
    );
    expect(await kubectl('get', 'ct', '--field-selector', 'spec.image=db', '-o', 'name')).toBe('');
    expect(await kubectl('get', 'all', '-o', 'name')).toContain('crontab.stable.example.com/a');
    await kubectl('patch', 'ct', 'a', '--type=merge', '-p', '{"spec":{"image":"db"}}');
    await kubectl('label', 'ct', 'a', 'x=y');
    expect(await kubectl('get', 'ct', '-l', 'x=y', '-o', 'jsonpath={.items[0].spec.image}')).toBe('db');
  });

  it('check what they are given', async () => {
    await expect(apply(crontab('b', { cronSpec: 'noon' }))).rejects.toThrow('spec.cronSpec in body should match');
    await expect(apply(crontab('b', { cronSpec: '*', replicas: 11 }))).rejects.toThrow('less than or equal to 10');
    await expect(apply(crontab('b', { cronSpec: '* * * * *', replicas: 9 }))).rejects.toThrow('that is too much');
    await expect(apply(crontab('b', { cronSpec: '*', colour: 1 }))).rejects.toThrow('unknown field "spec.colour"');
  });

  it('apply on the server side', async () => {
    await apply(crontab('c', { cronSpec: '*' }), '--server-side');
    await expect(apply(crontab('c', { cronSpec: '* *' }), '--server-side', '--field-manager=other')).rejects.toThrow(
      'conflict',
    );
    await kubectl('delete', 'ct', 'c');
  });

  it('serve several versions, and warn of old ones', async () => {
    await apply(definition([version('v1', false, { deprecated: true }), version('v2', true)]));
    const { out, err } = await kubectl.run([
      'get',
      'crontabs.v1.stable.example.com',
      'a',
      '-o',
      'jsonpath={.apiVersion}',
    ]);
    expect(out).toBe('stable.example.com/v1');
    expect(err).toContain('Warning: stable.example.com/v1 CronTab is deprecated; use stable.example.com/v2 CronTab');
    expect(await kubectl('get', 'crontabs.v2.stable.example.com', 'a', '-o', 'jsonpath={.apiVersion}')).toBe(
      'stable.example.com/v2',
    );
    expect(await kubectl('get', 'crd', 'crontabs.stable.example.com', '-o', 'jsonpath={.status.storedVersions}')).toBe(
      '["v1","v2"]',
    );
  });

  it('go, and take along what they declared', async () => {
    await kubectl('delete', 'crd', 'crontabs.stable.example.com', '--timeout=120s');
    const { code, err } = await kubectl.run(['get', 'crontabs']);
    expect(code).not.toBe(0);
    expect(err).toMatch(/doesn't have a resource type|could not find the requested resource/);
    // The client remembers which versions there were.
    await apply(definition([version('v2', true)]));
    await kubectl('wait', '--for=condition=established', 'crd/crontabs.stable.example.com');
    expect(await kubectl('get', 'crontabs', '-o', 'name')).toBe('');
  });

  it('of the built-in kinds may be installed, and change nothing', async () => {
    await kubectl('create', 'namespace', 'shop');
    const files = new URL('../../docs/crds/', import.meta.url).pathname;
    await kubectl('apply', '-f', files);
    const names = readdirSync(files).map(name => {
      const [group, plural] = name.slice(0, -'.yaml'.length).split('_');
      return `crd/${plural}.${group}`;
    });
    await kubectl('wait', '--for=condition=established', '--timeout=120s', ...names);
    await kubectl('get', 'devices', '-n', 'shop');
    await kubectl('delete', 'crd', 'devices.eve.lfedge.org', '--timeout=120s');
    await kubectl('get', 'devices', '-n', 'shop');
  });
});
