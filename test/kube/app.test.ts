import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import type { Attributes, Authorizer } from '../../shared/kube/access/user.ts';
import { read, startKube } from '../support/kube.ts';
import { testTypes, widgets } from '../support/widgets.ts';

const json = { 'content-type': 'application/json' };
const base = '/apis/example.com/v1/namespaces/default/widgets';

describe('every answer', () => {
  it('carries an audit id, and is not to be cached', async () => {
    const kube = await startKube();
    const one = await kube.call(base);
    expect(one.headers.get('audit-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(one.headers.get('cache-control')).toBe('no-cache, private');
    const two = await kube.call(base, { headers: { 'Audit-ID': 'mine' } });
    expect(two.headers.get('audit-id')).toBe('mine');
    const three = await kube.call('/nowhere', { headers: { 'Audit-ID': 'x'.repeat(999) } });
    expect(three.headers.get('audit-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is audited, without secrets', async () => {
    const kube = await startKube();
    await kube.call(
      `${base}/x`,
      { headers: { 'user-agent': 'test/1', authorization: 'Bearer s3cret' } },
      { remoteAddress: '192.0.2.1' },
    );
    expect(kube.audited).toEqual([
      {
        kind: 'Event',
        apiVersion: 'audit.k8s.io/v1',
        level: 'Metadata',
        auditID: expect.any(String),
        stage: 'ResponseComplete',
        requestURI: `${base}/x`,
        verb: 'get',
        user: { username: 'system:kubeve', groups: ['system:masters', 'system:authenticated'] },
        sourceIPs: ['192.0.2.1'],
        userAgent: 'test/1',
        objectRef: { resource: 'widgets', namespace: 'default', name: 'x', apiGroup: 'example.com', apiVersion: 'v1' },
        responseStatus: {
          metadata: {},
          status: 'Failure',
          message: 'widgets.example.com "x" not found',
          reason: 'NotFound',
          details: { name: 'x', group: 'example.com', kind: 'widgets' },
          code: 404,
        },
        requestReceivedTimestamp: '2026-01-02T03:04:05.000000Z',
        stageTimestamp: '2026-01-02T03:04:05.000000Z',
        annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
      },
    ]);
    expect(JSON.stringify(kube.audited)).not.toContain('s3cret');
  });

  it('has no body for HEAD', async () => {
    const kube = await startKube();
    const answer = await kube.call(base, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  it('is indented for those who look at it', async () => {
    const kube = await startKube();
    const text = async (path: string, headers = {}) => (await kube.call(path, { headers })).text();
    expect(await text(base)).toMatch(/^\{"kind":"WidgetList",.*\}\n$/);
    expect(await text(`${base}?pretty=true`)).toContain('\n  "kind": "WidgetList"');
    expect(await text(base, { 'user-agent': 'curl/8' })).toContain('\n  "kind": "WidgetList"');
    expect(await text(base, { accept: 'application/yaml' })).toContain('kind: WidgetList\n');
  });

  it('is compressed when it is large and the caller can read that', async () => {
    const kube = await startKube();
    const big = { metadata: { name: 'a', annotations: { a: 'x'.repeat(200_000) } }, spec: {} };
    await kube.send('POST', base, big);
    const plain = await kube.call(base);
    expect(plain.headers.get('content-encoding')).toBeNull();
    const zipped = await kube.call(base, { headers: { 'accept-encoding': 'deflate, gzip;q=0.5' } });
    expect([zipped.headers.get('content-encoding'), zipped.headers.get('vary')]).toEqual(['gzip', 'Accept-Encoding']);
    const text = await new Response(zipped.body?.pipeThrough(new DecompressionStream('gzip'))).text();
    expect(text).toBe(await plain.text());
    const refused = await kube.call(base, { headers: { 'accept-encoding': 'gzip;q=0' } });
    expect(refused.headers.get('content-encoding')).toBeNull();
    const small = await kube.call(`${base}?labelSelector=a`, { headers: { 'accept-encoding': 'gzip' } });
    expect(small.headers.get('content-encoding')).toBeNull();
  });
});

describe('access', () => {
  it('comes before everything else', async () => {
    const kube = await startKube({ authenticate: async () => undefined });
    for (const path of [base, '/nowhere', '/version', '/api/v1/namespaces/%E0%A4']) {
      expect(await read(kube.call(path))).toMatchObject({
        code: 401,
        body: { kind: 'Status', reason: 'Unauthorized', message: 'Unauthorized' },
      });
    }
  });

  it.each<[string, string, string, string]>([
    [
      'GET',
      `${base}/a`,
      'widgets.example.com "a" is forbidden: User "u" cannot get resource "widgets" in API group "example.com" in the namespace "default"',
      'get',
    ],
    [
      'GET',
      '/apis/example.com/v1/widgets',
      'widgets.example.com is forbidden: User "u" cannot list resource "widgets" in API group "example.com" at the cluster scope',
      'list',
    ],
    [
      'PUT',
      `${base}/a/status`,
      'widgets.example.com "a" is forbidden: User "u" cannot update resource "widgets/status" in API group "example.com" in the namespace "default"',
      'update',
    ],
    [
      'DELETE',
      base,
      'widgets.example.com is forbidden: User "u" cannot deletecollection resource "widgets" in API group "example.com" in the namespace "default"',
      'deletecollection',
    ],
    [
      'POST',
      '/apis/no.such.group/v1/things',
      'things.no.such.group is forbidden: User "u" cannot create resource "things" in API group "no.such.group" at the cluster scope',
      'create',
    ],
    ['GET', '/no<where', 'forbidden: User "u" cannot get path "/no&lt;where"', 'get'],
  ])("is refused with upstream's words: %s %s", async (method, path, message, verb) => {
    const asked: Attributes[] = [];
    const authorizer: Authorizer = {
      authorize: async attributes => {
        asked.push(attributes);
        return { allowed: false, reason: '' };
      },
    };
    const kube = await startKube({ authorizer, authenticate: async () => ({ name: 'u', groups: [] }) });
    const response = await kube.call(path, { method });
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await read(response)).toMatchObject({ code: 403, body: { reason: 'Forbidden', message } });
    expect(asked.map(attributes => attributes.verb)).toEqual([verb]);
  });

  it('lets one act as another who may', async () => {
    const asked: string[] = [];
    const kube = await startKube({
      authorizer: {
        authorize: async ({ user, verb, resource }) => {
          asked.push(
            [user.name, verb, resource?.resource, resource?.subresource, resource?.namespace, resource?.name]
              .filter(Boolean)
              .join(' '),
          );
          return { allowed: resource?.name !== 'admins', reason: 'not you' };
        },
      },
      authenticate: async () => ({ name: 'u', groups: ['g'] }),
    });
    const as = async (headers: Record<string, string>) => {
      asked.length = 0;
      const body = '{"spec":{"text":"Who"}}';
      return read(
        kube.call('/apis/example.com/v1/questions', { method: 'POST', body, headers: { ...json, ...headers } }),
      );
    };
    const bob = await as({
      'Impersonate-User': 'bob',
      'Impersonate-Group': 'a, b',
      'Impersonate-Uid': '7',
      'Impersonate-Extra-Scopes%2Fx': 'y',
    });
    expect(bob.body.status).toEqual({ answer: 'Who? Ask bob.' });
    expect(asked).toEqual([
      'u impersonate users bob',
      'u impersonate groups a',
      'u impersonate groups b',
      'u impersonate uids 7',
      'u impersonate userextras scopes/x y',
      'bob create questions',
    ]);
    expect(kube.audited.at(-1)).toMatchObject({
      user: { username: 'u' },
      impersonatedUser: {
        username: 'bob',
        groups: ['a', 'b', 'system:authenticated'],
        uid: '7',
        extra: { 'scopes/x': ['y'] },
      },
    });
    await as({ 'Impersonate-User': 'system:serviceaccount:ns:sa' });
    expect(asked[0]).toBe('u impersonate serviceaccounts ns sa');
    expect(kube.audited.at(-1)?.impersonatedUser?.groups).toEqual([
      'system:serviceaccounts',
      'system:serviceaccounts:ns',
      'system:authenticated',
    ]);
    await as({ 'Impersonate-User': 'system:serviceaccount:N S:sa' });
    expect(asked[0]).toBe('u impersonate users system:serviceaccount:N S:sa');
    expect(kube.audited.at(-1)?.impersonatedUser?.groups).toEqual(['system:authenticated']);
    await as({ 'Impersonate-User': 'bob', 'Impersonate-Group': 'system:unauthenticated' });
    expect(kube.audited.at(-1)?.impersonatedUser?.groups).toEqual(['system:unauthenticated']);
    await as({ 'Impersonate-User': 'system:anonymous', 'Impersonate-Group': 'system:authenticated' });
    expect(kube.audited.at(-1)?.impersonatedUser?.groups).toEqual(['system:authenticated', 'system:unauthenticated']);
    const refused = await as({ 'Impersonate-User': 'bob', 'Impersonate-Group': 'admins' });
    expect(refused).toMatchObject({
      code: 403,
      body: {
        message:
          'groups "admins" is forbidden: User "u" cannot impersonate resource "groups" in API group "" at the cluster scope: not you',
      },
    });
    expect((await as({ 'Impersonate-Group': 'a' })).code).toBe(400);
  });
});

describe('routes', () => {
  it.each<[string, string, number, string]>([
    ['GET', '/nowhere', 404, 'text'],
    ['GET', '/apis/example.com/v1/nothings', 404, 'text'],
    ['GET', '/apis/example.com/v9/widgets', 404, 'text'],
    ['POST', '/apis/example.com/v1/widgets', 404, 'text'],
    ['GET', '/apis/example.com/v1/widgets/a', 404, 'text'],
    ['GET', '/apis/example.com/v1/namespaces/default/planets', 404, 'text'],
    ['GET', `${base}/a/status/more`, 404, 'text'],
    ['GET', `${base}/a/nothing`, 404, 'NotFound'],
    ['GET', '/apis/example.com/v1/planets/p/status', 404, 'NotFound'],
    ['POST', `${base}/a`, 405, 'MethodNotAllowed'],
    ['PUT', base, 405, 'MethodNotAllowed'],
    ['PATCH', base, 405, 'MethodNotAllowed'],
    ['OPTIONS', base, 405, 'MethodNotAllowed'],
    ['DELETE', `${base}/a/status`, 405, 'MethodNotAllowed'],
    ['GET', '/apis/example.com/v1/questions', 405, 'MethodNotAllowed'],
    ['GET', `${base}/a%2Fb`, 400, 'BadRequest'],
    ['GET', `${base}/%25`, 400, 'BadRequest'],
    ['GET', '/api/v1/namespaces/%E0%A4', 400, 'BadRequest'],
    ['GET', `${base}?timeout=soon`, 400, 'BadRequest'],
  ])('%s %s answers %s', async (method, path, code, reason) => {
    const kube = await startKube();
    const response = await kube.call(path, { method });
    expect(response.status).toBe(code);
    if (reason === 'text') expect(await response.text()).toMatch(/^404 (page )?not found\n?$/i);
    else expect(await response.json()).toMatchObject({ kind: 'Status', reason, code });
  });

  it('leaves what is no resource to the describer', async () => {
    const describe = new Hono();
    describe.get('/version', context => context.json({ major: '1' }));
    const kube = await startKube({ describe });
    expect(await read(kube.call('/version'))).toEqual({ code: 200, body: { major: '1' } });
  });

  it('answers errors as the caller can read them', async () => {
    const kube = await startKube();
    const get = (accept: string) => kube.call(`${base}/x`, { headers: { accept } });
    expect(await (await get('application/yaml')).text()).toContain('kind: Status\n');
    const table = await get('application/json;as=Table;v=v1;g=meta.k8s.io,application/json');
    expect(await read(table)).toMatchObject({ code: 404, body: { kind: 'Status' } });
    expect((await get('image/png')).status).toBe(406);
  });
});

describe('what goes wrong', () => {
  const failing = (error: unknown) =>
    startKube({
      types: [...testTypes.filter(type => type !== widgets), { ...widgets, admit: async () => Promise.reject(error) }],
    });
  const widget = { metadata: { name: 'a' }, spec: {} };

  it('is hidden when it is a bug, and logged', async () => {
    const kube = await failing(new Error('the password is s3cret'));
    const { code, body } = await read(kube.send('POST', base, widget));
    expect(code).toBe(500);
    expect(body).toMatchObject({ kind: 'Status', reason: 'InternalError' });
    expect(JSON.stringify(body)).not.toContain('s3cret');
    expect(kube.complaints).toMatchObject([{ level: 'error', fields: { error: expect.any(Error) } }]);
  });

  it('says when to come back', async () => {
    const kube = await failing(new Fault('TooManyRequests', 'later', { retryAfterSeconds: 7 }));
    const response = await kube.send('POST', base, widget);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('ends when the caller has waited long enough', async () => {
    const kube = await startKube({
      types: [...testTypes.filter(type => type !== widgets), { ...widgets, admit: () => new Promise(() => {}) }],
    });
    const { code, body } = await read(kube.send('POST', `${base}?timeout=20ms`, widget));
    expect({ code, reason: body.reason }).toEqual({ code: 504, reason: 'Timeout' });
  });
});
