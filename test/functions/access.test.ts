import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { parseFlags } from '../../functions/node/flags.ts';
import type { AuditEvent } from '../../shared/kube/audit/event.ts';
import { connect } from '../support/client.ts';
import { startServer } from '../support/server.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'kubeve-access-'));
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

it('writes an audit log, which no secret gets into', async () => {
  const dir = folder();
  const auditPolicy = join(dir, 'policy.yaml');
  const auditLog = join(dir, 'audit.log');
  writeFileSync(
    auditPolicy,
    'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: RequestResponse\n',
  );
  const server = await startServer({ auditPolicy, auditLog });
  const client = connect(server.url, server.data);
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { key: 'hush-hush' } };
  await client.ask('POST', '/api/v1/namespaces/default/serviceaccounts', account);
  await client.ask('POST', '/api/v1/namespaces/default/secrets', secret);
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const made = await client.ask('POST', '/api/v1/namespaces/default/serviceaccounts/robot/token', request);
  const token = String(made.json.status?.token);
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
  expect((await client.ask('POST', '/apis/authentication.k8s.io/v1/tokenreviews', review)).status).toBe(201);
  client.close();
  await server.close();
  const text = readFileSync(auditLog, 'utf8');
  // The log's lines are what is under test.
  const events = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as AuditEvent);
  expect(events.map(event => [event.level, event.objectRef?.resource, event.objectRef?.subresource])).toEqual([
    ['RequestResponse', 'serviceaccounts', undefined],
    ['Metadata', 'secrets', undefined],
    ['Metadata', 'serviceaccounts', 'token'],
    ['Metadata', 'tokenreviews', undefined],
  ]);
  expect(events[0]).toMatchObject({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    user: { username: 'kubeve-admin', groups: ['system:masters', 'system:authenticated'] },
    requestObject: account,
    responseObject: { metadata: { uid: expect.any(String) } },
  });
  expect(text).not.toContain('hush-hush');
  expect(text).not.toContain(token);
});

it('lets nobody in without a credential, but to what load balancers look at', async () => {
  const server = await startServer();
  const client = connect(server.url, server.data, 'nobody');
  ends.push(
    () => server.close(),
    () => client.close(),
  );
  const codes: Record<string, number> = {};
  for (const path of [
    '/healthz',
    '/livez',
    '/readyz',
    '/version',
    '/api',
    '/api/v1/namespaces',
    '/openid/v1/jwks',
    '/nowhere',
  ])
    codes[path] = (await client.ask('GET', path)).status;
  expect(codes).toEqual({
    '/healthz': 200,
    '/livez': 200,
    '/readyz': 200,
    '/version': 200,
    '/api': 401,
    '/api/v1/namespaces': 401,
    '/openid/v1/jwks': 401,
    '/nowhere': 401,
  });
  // A credential that does not hold is worse than none.
  expect((await client.ask('GET', '/version', undefined, { authorization: 'Bearer x' })).status).toBe(401);
});

it.each<[string[], string]>([
  [['--audit-log', 'x'], '--audit-log needs an --audit-policy'],
  [['--service-account-issuer', 'http://a'], '--service-account-issuer must be an https URL'],
  [['--service-account-issuer', 'https://a?b'], '--service-account-issuer must be an https URL'],
])('refuses the flags %j', (args, message) => {
  expect(() => parseFlags(args, {})).toThrow(message);
});

it('says which file is wrong', async () => {
  const dir = folder();
  const auditPolicy = join(dir, 'policy.yaml');
  writeFileSync(auditPolicy, 'kind: Policy\n');
  await expect(startServer({ auditPolicy })).rejects.toThrow('audit policy: must be of kind Policy');
  await expect(startServer({ auditPolicy: join(dir, 'none') })).rejects.toThrow('cannot be read');
});
