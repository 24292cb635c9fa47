import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { User } from '../../../shared/kube/access/user.ts';
import { type Level, levels } from '../../../shared/kube/audit/event.ts';
import { toAuditPolicy } from '../../../shared/kube/audit/policy.ts';
import { toRequestInfo } from '../../../shared/kube/request.ts';
import { secret } from '../../../shared/resources/core/secret.ts';
import { startKube } from '../../support/kube.ts';
import { until } from '../../support/until.ts';
import { testTypes } from '../../support/widgets.ts';

const policy = (...rules: object[]) => toAuditPolicy({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules });
const base = '/apis/example.com/v1/namespaces/default/widgets';
const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { color: 'red' } };

describe('a policy', () => {
  const ann: User = { name: 'ann', groups: ['dev'] };
  const levelOf = (rule: object, path: string, method = 'GET', user = ann): Level =>
    policy({ level: 'Request', ...rule }, { level: 'None' })(user, toRequestInfo(method, new URL(`https://x${path}`)))
      .level;

  it.each<[string, object, string, boolean]>([
    ['everything', {}, '/api/v1/pods', true],
    ['a user', { users: ['bob', 'ann'] }, '/api/v1/pods', true],
    ['another user', { users: ['bob'] }, '/api/v1/pods', false],
    ['a group', { userGroups: ['ops', 'dev'] }, '/api/v1/pods', true],
    ['another group', { userGroups: ['ops'] }, '/api/v1/pods', false],
    ['a verb', { verbs: ['list'] }, '/api/v1/pods', true],
    ['another verb', { verbs: ['get'] }, '/api/v1/pods', false],
    ['a group of resources', { resources: [{ group: '' }] }, '/api/v1/pods', true],
    ['another group of resources', { resources: [{ group: 'apps' }] }, '/api/v1/pods', false],
    ['a resource', { resources: [{ resources: ['pods'] }] }, '/api/v1/pods', true],
    ['a resource, not its parts', { resources: [{ resources: ['pods'] }] }, '/api/v1/namespaces/d/pods/a/log', false],
    ['a part', { resources: [{ resources: ['pods/log'] }] }, '/api/v1/namespaces/d/pods/a/log', true],
    ['a part of anything', { resources: [{ resources: ['*/log'] }] }, '/api/v1/namespaces/d/pods/a/log', true],
    ['any part', { resources: [{ resources: ['pods/*'] }] }, '/api/v1/namespaces/d/pods/a/log', true],
    ['any part, not the whole', { resources: [{ resources: ['pods/*'] }] }, '/api/v1/pods', false],
    ['all resources', { resources: [{ resources: ['*'] }] }, '/api/v1/namespaces/d/pods/a/log', true],
    ['a name', { resources: [{ resources: ['pods'], resourceNames: ['a'] }] }, '/api/v1/namespaces/d/pods/a', true],
    [
      'another name',
      { resources: [{ resources: ['pods'], resourceNames: ['b'] }] },
      '/api/v1/namespaces/d/pods/a',
      false,
    ],
    ['a namespace', { namespaces: ['d'] }, '/api/v1/namespaces/d/pods/a', true],
    ['no namespace', { namespaces: [''] }, '/api/v1/nodes/a', true],
    ['another namespace', { namespaces: ['e'] }, '/api/v1/namespaces/d/pods/a', false],
    ['resources, not URLs', { namespaces: [''] }, '/version', false],
    ['a URL', { nonResourceURLs: ['/version'] }, '/version', true],
    ['URLs that begin so', { nonResourceURLs: ['/healthz*'] }, '/healthz/etcd', true],
    ['URLs, not resources', { nonResourceURLs: ['*'] }, '/api/v1/pods', false],
  ])('finds %s', (_case, rule, path, found) => {
    expect(levelOf(rule, path)).toBe(found ? 'Request' : 'None');
  });

  it('records nothing that no rule speaks of', () => {
    const decide = policy({ level: 'Metadata', users: ['bob'] });
    expect(decide(ann, { verb: 'get', path: '/' }).level).toBe('None');
  });

  it.each<[unknown, string]>([
    [{}, 'must be of kind Policy, apiVersion audit.k8s.io/v1'],
    [{ rules: [] }, 'rules: must be a list with a rule at least'],
    [{ rules: [{ level: 'All' }] }, 'rules[0].level: must be one of None, Metadata, Request, RequestResponse'],
    [{ rules: [{ level: 'None', user: 'x' }] }, 'rules[0].user: is not known'],
    [{ rules: [{ level: 'None', verbs: 'get' }] }, 'rules[0].verbs: must be a list'],
    [{ rules: [{ level: 'None', omitStages: ['Never'] }] }, 'rules[0].omitStages: must be among RequestReceived'],
    [
      { rules: [{ level: 'None', nonResourceURLs: ['/a'], namespaces: ['b'] }] },
      'rules[0].nonResourceURLs: rules cannot apply to both',
    ],
    [{ rules: [{ level: 'None', nonResourceURLs: ['/a*b'] }] }, 'may have a * at its end only'],
    [{ rules: [{ level: 'None', resources: [{ resourceNames: ['a'] }] }] }, 'requires at least one resource'],
  ])('%j is none', (value, message) => {
    const whole = Object.keys(value as object).length > 0 ? { apiVersion: 'audit.k8s.io/v1', kind: 'Policy' } : {};
    expect(() => toAuditPolicy({ ...whole, ...(value as object) })).toThrow(message);
  });
});

describe('a record', () => {
  const events = async (level: Level, more: object = {}) => {
    const kube = await startKube({ types: [...testTypes, secret], policy: policy({ level, ...more }) });
    return kube;
  };

  it.each(levels)('holds what %s asks for', async level => {
    const kube = await events(level, { omitStages: ['RequestReceived'] });
    const answer = await kube.send('POST', base, widget);
    expect(answer.status).toBe(201);
    const made = await answer.json();
    await until(() => expect(kube.audited).toHaveLength(level === 'None' ? 0 : 1));
    const [event] = kube.audited;
    if (!event) return;
    expect(event).toMatchObject({
      level,
      stage: 'ResponseComplete',
      verb: 'create',
      objectRef: { resource: 'widgets', name: 'a', uid: expect.any(String), resourceVersion: expect.any(String) },
      responseStatus: { metadata: {}, code: 201 },
    });
    expect(event.requestObject).toEqual(level === 'Metadata' ? undefined : widget);
    expect(event.responseObject).toEqual(level === 'RequestResponse' ? made : undefined);
  });

  it('tells stages', async () => {
    const kube = await events('Metadata');
    await kube.call(base);
    expect(kube.audited.map(event => event.stage)).toEqual(['RequestReceived', 'ResponseComplete']);
    kube.audited.length = 0;
    const watch = await kube.call(`${base}?watch=true&timeoutSeconds=1`);
    expect(kube.audited.map(event => event.stage)).toEqual(['RequestReceived', 'ResponseStarted']);
    await watch.body?.cancel();
    await until(() =>
      expect(kube.audited.map(event => event.stage)).toEqual([
        'RequestReceived',
        'ResponseStarted',
        'ResponseComplete',
      ]),
    );
  });

  it('shows large answers that are compressed', async () => {
    const kube = await events('RequestResponse', { verbs: ['list'] });
    const parts = Array.from({ length: 4000 }, (_, index) => ({ name: `part-of-a-large-widget-${index}` }));
    await kube.send('POST', base, { ...widget, spec: { parts } });
    const answer = await kube.call(base, { headers: { 'accept-encoding': 'gzip' } });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    const list = JSON.parse(gunzipSync(Buffer.from(await answer.arrayBuffer())).toString());
    await until(() => expect(kube.audited.at(-1)?.responseObject).toEqual(list));
  });

  it('never shows what Secrets hold', async () => {
    const kube = await events('RequestResponse');
    const path = '/api/v1/namespaces/default/secrets';
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { key: 'hush-hush' } };
    expect((await kube.send('POST', path, body)).status).toBe(201);
    await kube.send('POST', path, { ...body, data: { a: 'hush-hush!' } });
    await kube.send('POST', path, '{"stringData": "hush-hush"}');
    await kube.send('PATCH', `${path}/s`, { stringData: { key: 'hush-hush-2' } }, 'application/merge-patch+json');
    await kube.send('PATCH', `${path}/s`, { data: 'hush-hush' }, 'application/merge-patch+json');
    await kube.call(path);
    const codes = kube.audited.filter(event => event.stage === 'ResponseComplete');
    expect(codes.map(event => event.responseStatus?.code)).toEqual([201, 400, 400, 200, 422, 200]);
    const text = JSON.stringify(kube.audited);
    expect(text).not.toContain('hush');
    expect(text).not.toContain(Buffer.from('hush-hush').toString('base64'));
  });

  it('tells who could not get in', async () => {
    const kube = await startKube({ authenticate: async () => undefined });
    await kube.call(base, { headers: { authorization: 'Bearer s3cret' } });
    expect(kube.audited).toMatchObject([
      { stage: 'ResponseStarted', user: {}, responseStatus: { code: 401, reason: 'Unauthorized' } },
    ]);
    expect(JSON.stringify(kube.audited)).not.toContain('s3cret');
  });

  it('shows no body of who was not allowed', async () => {
    const kube = await startKube({
      authorizer: { authorize: async () => ({ allowed: false, reason: 'no' }) },
      policy: policy({ level: 'RequestResponse', omitStages: ['RequestReceived'] }),
    });
    await kube.send('POST', base, widget);
    await until(() => expect(kube.audited).toHaveLength(1));
    expect(kube.audited[0]).toMatchObject({
      responseStatus: { code: 403, reason: 'Forbidden' },
      annotations: { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': 'no' },
    });
    expect(kube.audited[0]?.requestObject).toBeUndefined();
  });
});
