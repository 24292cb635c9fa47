import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBundle } from '../../../functions/identity/bundle.ts';
import { openIdentity } from '../../../functions/identity/identity.ts';
import { fromEvent, type HttpEvent } from '../../../functions/lambda/event.ts';
import { createTestPorts } from '../../support/ports.ts';

const { signal } = new AbortController();
const v2 = (change: object = {}): HttpEvent => ({
  version: '2.0',
  rawPath: '/api/v1/namespaces',
  rawQueryString: '',
  headers: { host: 'kube.example.org' },
  requestContext: { http: { method: 'GET', sourceIp: '192.0.2.7' } },
  ...change,
});
const v1 = (change: object = {}): HttpEvent => ({
  httpMethod: 'GET',
  path: '/api/v1/namespaces',
  multiValueHeaders: { Host: ['kube.example.org'], Accept: ['application/json', 'text/plain'] },
  requestContext: { identity: { sourceIp: '192.0.2.7' } },
  ...change,
});
const text = (event: HttpEvent): Promise<string> => fromEvent(event, signal).request.text();

describe('fromEvent', () => {
  it.each([
    ['format 2.0', v2()],
    ['format 1.0', v1()],
  ])('reads %s', (_, event) => {
    const { request, env } = fromEvent(event, signal);
    expect(request.url).toBe('https://kube.example.org/api/v1/namespaces');
    expect(request.method).toBe('GET');
    expect(env).toEqual({ remoteAddress: '192.0.2.7' });
  });

  it('keeps the query as it is, or makes it again', () => {
    const raw = 'labelSelector=a%3Db%2Cc&watch=1';
    expect(fromEvent(v2({ rawQueryString: raw }), signal).request.url).toMatch(/\?labelSelector=a%3Db%2Cc&watch=1$/);
    const parameters = { labelSelector: ['a=b,c'], watch: ['1'], fieldSelector: ['x', 'y&z'] };
    const { url } = fromEvent(v1({ multiValueQueryStringParameters: parameters }), signal).request;
    expect([...new URL(url).searchParams]).toEqual([
      ['labelSelector', 'a=b,c'],
      ['watch', '1'],
      ['fieldSelector', 'x'],
      ['fieldSelector', 'y&z'],
    ]);
  });

  it('joins headers of one name, and cookies', () => {
    expect(fromEvent(v1(), signal).request.headers.get('accept')).toBe('application/json, text/plain');
    expect(fromEvent(v1({ multiValueHeaders: null, headers: { A: 'b' } }), signal).request.headers.get('a')).toBe('b');
    expect(fromEvent(v2({ cookies: ['a=b', 'c=d'] }), signal).request.headers.get('cookie')).toBe('a=b; c=d');
  });

  it.each([
    [{ body: '{"a":1}' }, '{"a":1}'],
    [{ body: Buffer.from('ä').toString('base64'), isBase64Encoded: true }, 'ä'],
    [{ body: '' }, ''],
    [{ body: null }, ''],
    [{}, ''],
  ])('reads the body of %o', async (body, expected) => {
    expect(await text(v2({ ...body, requestContext: { http: { method: 'POST' } } }))).toBe(expected);
    expect(await text(v1({ ...body, httpMethod: 'POST' }))).toBe(expected);
  });

  it('drops the body of a GET, which no server looks at', async () => {
    expect(await text(v2({ body: 'x' }))).toBe('');
  });

  it('takes bytes as they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
        const body = { body: Buffer.from(bytes).toString('base64'), isBase64Encoded: true };
        const { request } = fromEvent(v2({ ...body, requestContext: { http: { method: 'PUT' } } }), signal);
        expect(new Uint8Array(await request.arrayBuffer())).toEqual(bytes);
      }),
    );
  });

  it.each([
    ['/a b', '/a%20b'],
    ['/ä', '/%C3%A4'],
    ['/a%2Fb', '/a%2Fb'],
    ['/100%', '/100%25'],
    ['/a?b#c', '/a%3Fb%23c'],
    ['/apis/rbac.authorization.k8s.io/v1/clusterroles/system:admin', undefined],
    ['', '/'],
  ])('makes a path of %s', (path, expected = path) => {
    expect(new URL(fromEvent(v2({ rawPath: path }), signal).request.url).pathname).toBe(expected);
  });

  it('knows clients by the certificate that the gateway verified, and by nothing that they say', () => {
    const { admin } = openIdentity(openBundle(), ['localhost'], createTestPorts(Date.now()));
    const clientCert = { clientCertPem: admin.certificatePem };
    const certificate = new X509Certificate(admin.certificatePem).raw;
    const http = { method: 'GET' };
    expect(fromEvent(v2({ requestContext: { http, authentication: { clientCert } } }), signal).env.peer).toEqual({
      verified: true,
      certificate,
    });
    expect(fromEvent(v1({ requestContext: { identity: { clientCert } } }), signal).env.peer?.certificate).toEqual(
      certificate,
    );
    expect(fromEvent(v1({ requestContext: { identity: { clientCert: null } } }), signal).env.peer).toBeUndefined();
    const headers = { host: 'a', 'x-amzn-mtls-clientcert': encodeURIComponent(admin.certificatePem) };
    expect(fromEvent(v2({ headers }), signal).env.peer).toBeUndefined();
  });

  it.each([{}, { Records: [] }, { version: '2.0' }, { httpMethod: 'GET' }])('refuses %o', event => {
    expect(() => fromEvent(event as HttpEvent, signal)).toThrow('this is no event of an HTTP request');
  });
});
