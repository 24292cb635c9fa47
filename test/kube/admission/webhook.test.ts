import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIdentity } from '../../../functions/identity/identity.ts';
import { openFolder } from '../../../functions/node/folder.ts';
import { systemPorts } from '../../../functions/node/ports.ts';
import { post } from '../../../functions/node/post.ts';
import { configMaps, startAdmission } from '../../support/admission.ts';

interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: { readonly uid: string; readonly [field: string]: unknown };
}

const dir = mkdtempSync(join(tmpdir(), 'kubeve-webhook-'));
const identity = openIdentity(openFolder(join(dir, 'pki')), ['127.0.0.1'], systemPorts());
const caBundle = Buffer.from(identity.root.certificatePem).toString('base64');
/** What is answered, by path; undefined: nothing, ever. */
const answers = new Map<string, (review: Review) => object | number | undefined>();
const heard: Review[] = [];
let server: Server;
let base = '';

beforeAll(async () => {
  const { keyPem: key, certificatePem: cert } = identity.server;
  server = createServer({ key, cert, keepAliveTimeout: 300_000 }, async (incoming, outgoing) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    // The server under test sends reviews.
    const review = JSON.parse(Buffer.concat(chunks).toString()) as Review;
    heard.push(review);
    const answer = answers.get(new URL(incoming.url ?? '', 'https://x').pathname)?.(review);
    if (typeof answer === 'number') outgoing.writeHead(answer).end();
    else if (answer) {
      const response = { uid: review.request.uid, ...answer };
      outgoing.end(JSON.stringify({ apiVersion: review.apiVersion, kind: review.kind, response }));
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has such an address.
  base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

let count = 0;
const hook = (answer: (review: Review) => object | number | undefined, rest: object = {}) => {
  count += 1;
  answers.set(`/h${count}`, answer);
  return {
    name: `h${count}.example.com`,
    clientConfig: { url: `${base}/h${count}`, caBundle },
    rules: configMaps('CREATE', 'UPDATE', 'DELETE'),
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...rest,
  };
};
const patch = (...operations: object[]) => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});

const start = async (validating: object[], mutating: object[] = []) => {
  const kube = await startAdmission({ post });
  if (validating.length > 0) await kube.declare('validatingwebhookconfigurations', 'v', { webhooks: validating });
  if (mutating.length > 0) await kube.declare('mutatingwebhookconfigurations', 'm', { webhooks: mutating });
  heard.length = 0;
  return kube;
};

describe('a validating webhook', () => {
  it('is asked with an AdmissionReview and may allow', async () => {
    const kube = await start([hook(() => ({ allowed: true, warnings: ['careful'] }))]);
    const { code, warnings } = await kube.make('a', { k: 'v' });
    expect(code).toBe(201);
    expect(warnings).toContain('careful');
    expect(heard).toEqual([
      {
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        request: expect.objectContaining({
          kind: { group: '', version: 'v1', kind: 'ConfigMap' },
          resource: { group: '', version: 'v1', resource: 'configmaps' },
          name: 'a',
          namespace: 'default',
          operation: 'CREATE',
          userInfo: { username: 'system:kubeve', groups: ['system:masters', 'system:authenticated'] },
          object: expect.objectContaining({ kind: 'ConfigMap', data: { k: 'v' } }),
          oldObject: null,
          dryRun: false,
          options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
        }),
      },
    ]);
  });

  it('is told what the request asked for', async () => {
    const kube = await start([hook(() => ({ allowed: true }))]);
    await kube.make('a', {}, {}, 'default', '?fieldManager=me&fieldValidation=Strict&dryRun=All');
    const { uid } = (await kube.make('a')).body.metadata;
    await kube.send('DELETE', '/api/v1/namespaces/default/configmaps/a', {
      propagationPolicy: 'Background',
      gracePeriodSeconds: 5,
      preconditions: { uid },
    });
    expect(heard.map(({ request }) => request['options'])).toEqual([
      {
        kind: 'CreateOptions',
        apiVersion: 'meta.k8s.io/v1',
        dryRun: ['All'],
        fieldManager: 'me',
        fieldValidation: 'Strict',
      },
      { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
      {
        kind: 'DeleteOptions',
        apiVersion: 'meta.k8s.io/v1',
        propagationPolicy: 'Background',
        gracePeriodSeconds: 5,
        preconditions: { uid },
      },
    ]);
  });

  it.each<[string, object, object]>([
    ['nothing but no', {}, { code: 400 }],
    ['a reason', { reason: 'Conflict' }, { code: 400, reason: 'Conflict' }],
    ['a code', { code: 409 }, { code: 409 }],
    ['a success', { status: 'Success', code: 200 }, { code: 400 }],
    ['a code and a reason of its own', { code: 418, reason: 'Teapot' }, { code: 418, reason: 'Teapot' }],
    ['a code that HTTP has not', { code: 1000 }, { code: 400 }],
    [
      'details',
      { code: 422, details: { name: 'n', kind: 'K', causes: [{ reason: 'R', message: 'm', field: 'f' }], more: 1 } },
      { code: 422, details: { name: 'n', kind: 'K', causes: [{ reason: 'R', message: 'm', field: 'f' }] } },
    ],
  ])('that says no with %s is quoted', async (_, status, expected) => {
    const kube = await start([hook(() => ({ allowed: false, status: { message: 'because', ...status } }))]);
    const { body } = await kube.make('a');
    const message = `admission webhook "h${count}.example.com" denied the request: because`;
    expect(body).toEqual({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, ...expected });
  });

  it.each<[string, object | number, number, string]>([
    ['refuses', { allowed: false, status: { message: 'no way', code: 403 } }, 403, 'denied the request: no way'],
    ['says nothing', { allowed: false }, 400, 'denied the request without explanation'],
    ['does not say whether it allows', {}, 400, 'denied the request without explanation'],
    ['has a patch', { allowed: true, patch: 'W10=' }, 500, 'validating webhook may not return response.patch'],
    ['fails', 500, 500, 'failed to call webhook: an error on the server (code 500)'],
    ['redirects', 302, 500, 'failed to call webhook'],
    [
      'answers another question',
      { uid: 'other', allowed: true },
      500,
      'received invalid webhook response: expected response.uid',
    ],
    [
      'answers nonsense',
      { allowed: 'yes' },
      500,
      'received invalid webhook response: response.allowed must be true or false',
    ],
  ])('that %s', async (_, answer, code, message) => {
    const kube = await start([hook(() => answer)]);
    const outcome = await kube.make('a');
    expect(outcome.code).toBe(code);
    expect(outcome.body.message).toContain(message);
  });

  it('that hangs is given up after its timeout, and may be ignored', async () => {
    const hanging = await start([hook(() => undefined, { timeoutSeconds: 1 })]);
    expect((await hanging.make('a')).body.message).toContain('did not answer within 1 s');
    const ignored = await start([hook(() => undefined, { timeoutSeconds: 1, failurePolicy: 'Ignore' })]);
    expect((await ignored.make('a')).code).toBe(201);
  });

  it('whose certificate nobody vouches for is not trusted', async () => {
    const webhook = hook(() => ({ allowed: true }));
    const kube = await start([{ ...webhook, clientConfig: { url: webhook.clientConfig.url } }]);
    expect((await kube.make('a')).body.message).toContain('failed to call webhook');
    expect(heard).toEqual([]);
  });

  it('is asked only about what it wants', async () => {
    const kube = await start([
      hook(() => ({ allowed: false }), {
        namespaceSelector: { matchLabels: { env: 'prod' } },
        matchConditions: [{ name: 'big', expression: 'size(object.data) > 1' }],
      }),
    ]);
    const two = { a: '1', b: '2' };
    expect((await kube.make('a', two)).code).toBe(201);
    expect((await kube.make('a', { a: '1' }, {}, 'prod')).code).toBe(201);
    expect((await kube.make('b', two, {}, 'prod')).code).toBe(400);
    expect(heard).toHaveLength(1);
  });

  it('whose condition cannot be told forbids the request, or is not asked', async () => {
    const matchConditions = [{ name: 'a', expression: 'object.data.nope == "x"' }];
    const kube = await start([hook(() => ({ allowed: true }), { matchConditions })]);
    const { code, body } = await kube.make('a');
    expect([code, body.message]).toEqual([
      403,
      `configmaps "a" is forbidden: expression 'object.data.nope == "x"' resulted in error: no such key: nope`,
    ]);
    const lenient = await start([hook(() => ({ allowed: true }), { matchConditions, failurePolicy: 'Ignore' })]);
    expect((await lenient.make('a')).code).toBe(201);
    expect(heard).toEqual([]);
  });
});

describe('a mutating webhook', () => {
  it('may refuse deletions too', async () => {
    const kube = await start([], [hook(({ request }) => ({ allowed: request['operation'] !== 'DELETE' }))]);
    await kube.make('a');
    expect((await kube.send('DELETE', '/api/v1/namespaces/default/configmaps/a')).code).toBe(400);
    expect(heard.at(-1)?.request).toMatchObject({ operation: 'DELETE', object: null, oldObject: { data: {} } });
  });

  it('may take away who owns what', async () => {
    const kube = await start([], [hook(() => patch({ op: 'add', path: '/metadata/managedFields', value: [] }))]);
    const { code, body } = await kube.make('a');
    expect([code, body.metadata]).toEqual([201, expect.not.objectContaining({ managedFields: expect.anything() })]);
  });

  it('changes the object, which is validated afterwards', async () => {
    const kube = await start(
      [hook(({ request }) => ({ allowed: JSON.stringify(request.object).includes('"added":"1"') }))],
      [hook(() => patch({ op: 'add', path: '/data', value: { added: '1' } }))],
    );
    expect(await kube.make('a')).toMatchObject({ code: 201, body: { data: { added: '1' } } });
    const bad = await start([], [hook(() => patch({ op: 'add', path: '/data', value: { 'bad key': '1' } }))]);
    expect((await bad.make('a')).code).toBe(422);
  });

  it('cannot make a mess of who owns what, nor name an owner twice', async () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u' };
    const kube = await start(
      [],
      [
        hook(() => patch({ op: 'add', path: '/metadata/managedFields', value: [{ manager: 'x', operation: 'Odd' }] })),
        hook(() => patch({ op: 'add', path: '/metadata/ownerReferences', value: [owner, owner] })),
      ],
    );
    const { body, warnings } = await kube.make('a', { k: 'v' }, {}, 'default', '?fieldManager=me');
    expect(body.metadata.managedFields).toMatchObject([{ manager: 'me' }]);
    expect(body.metadata.ownerReferences).toEqual([owner]);
    expect(warnings).toContain('managedFields was in an invalid state after admission');
    expect(warnings).toContain('duplicate entries after mutating admission happens');
  });

  it.each([
    ['cannot be applied', { op: 'remove', path: '/nothing/here' }],
    ['makes another object', { op: 'replace', path: '/metadata/name', value: 'b' }],
    ['makes nonsense', { op: 'replace', path: '/data', value: 5 }],
  ])('whose patch %s fails the request', async (_, operation) => {
    const kube = await start([], [hook(() => patch(operation))]);
    expect(await kube.make('a', { k: 'v' })).toMatchObject({
      code: 500,
      body: { message: expect.stringContaining('cannot be applied') },
    });
  });

  it('is called again when a later one changed something', async () => {
    let calls = 0;
    const seen = hook(
      () => {
        calls += 1;
        return { allowed: true };
      },
      { reinvocationPolicy: 'IfNeeded' },
    );
    const kube = await start([], [seen, hook(() => patch({ op: 'add', path: '/data', value: { a: '1' } }))]);
    expect((await kube.make('a')).code).toBe(201);
    expect(calls).toBe(2);
  });
});

describe('configurations that are refused', () => {
  const good = () => hook(() => ({ allowed: true }));
  it.each<[string, object, string]>([
    ['service', { clientConfig: { service: { name: 'x', namespace: 'y' } } }, 'webhooks[0].clientConfig.service'],
    ['http', { clientConfig: { url: 'http://x' } }, 'webhooks[0].clientConfig.url'],
    ['caBundle', { clientConfig: { url: 'https://x', caBundle: 'AAAA' } }, 'webhooks[0].clientConfig.caBundle'],
    ['name', { name: 'short' }, 'webhooks[0].name'],
    ['sideEffects', { sideEffects: 'Some' }, 'webhooks[0].sideEffects'],
    ['timeout', { timeoutSeconds: 31 }, 'webhooks[0].timeoutSeconds'],
    ['versions', { admissionReviewVersions: ['v2'] }, 'webhooks[0].admissionReviewVersions'],
    ['conditions', { matchConditions: [{ name: 'a', expression: 'x' }] }, 'webhooks[0].matchConditions[0].expression'],
  ])('for their %s', async (_, change, field) => {
    const kube = await startAdmission({ post });
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    const { code, body } = await kube.send('POST', path, {
      metadata: { name: 'v' },
      webhooks: [{ ...good(), ...change }],
    });
    expect(code).toBe(422);
    expect(body.details.causes.map(cause => cause.field)).toContain(field);
  });
});
