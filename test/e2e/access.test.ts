import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, connect } from '../support/client.ts';
import { makeRequest } from '../support/csr.ts';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const programs = findPrograms();

describe.each(programs)('kubectl $version', ({ path }) => {
  let server: TestServer;
  let kubectl: Kubectl;
  let nobody: Client;
  beforeAll(async () => {
    server = await startServer();
    kubectl = openKubectl(path, server.kubeconfig);
    nobody = connect(server.url, server.data, 'nobody');
    await kubectl('create', 'serviceaccount', 'robot');
  });
  afterAll(async () => {
    nobody?.close();
    kubectl?.close();
    await server?.close();
  });

  const fails = async (...args: string[]): Promise<string> => {
    const { code, err } = await kubectl.run(args);
    expect(code).not.toBe(0);
    return err;
  };
  const whoIs = async (token: string) => {
    const { status, json } = await nobody.ask(
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      { authorization: `Bearer ${token}` },
    );
    // A review's status says who is asking.
    return status === 201 ? (json.status?.userInfo as Record<string, unknown>) : status;
  };
  const robot = {
    username: 'system:serviceaccount:default:robot',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
  };

  describe('ServiceAccount tokens', () => {
    it('are created, known and reviewed', async () => {
      const token = (await kubectl('create', 'token', 'robot', '--duration=20m')).trim();
      expect(await whoIs(token)).toMatchObject(robot);
      const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
      const { code, out, err } = await kubectl.run(['create', '--validate=false', '-o', 'json', '-f', '-'], {
        input: JSON.stringify(review),
      });
      expect([code, err]).toEqual([0, '']);
      expect(JSON.parse(out)).toMatchObject({
        status: { authenticated: true, user: robot, audiences: ['https://kubernetes.default.svc.cluster.local'] },
      });
    });

    it('are for their audience only', async () => {
      const token = (await kubectl('create', 'token', 'robot', '--audience=vault')).trim();
      expect(await whoIs(token)).toBe(401);
      const review = (audiences: string[]) =>
        JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token, audiences } });
      const known = await kubectl.run(['create', '--validate=false', '-o', 'json', '-f', '-'], {
        input: review(['vault', 'x']),
      });
      expect(JSON.parse(known.out)).toMatchObject({ status: { authenticated: true, audiences: ['vault'] } });
      const unknown = await kubectl.run(['create', '--validate=false', '-o', 'json', '-f', '-'], {
        input: review(['x']),
      });
      expect(JSON.parse(unknown.out).status).toEqual({ error: 'the token does not hold' });
    });

    it('go with the Secret that they are bound to', async () => {
      await kubectl('create', 'secret', 'generic', 'tie');
      const uid = await kubectl('get', 'secret', 'tie', '-o', 'jsonpath={.metadata.uid}');
      const bind = (...more: string[]) => ['create', 'token', 'robot', '--bound-object-name=tie', ...more];
      const token = (await kubectl(...bind('--bound-object-kind=Secret', `--bound-object-uid=${uid}`))).trim();
      expect(await whoIs(token)).toMatchObject(robot);
      expect(await fails(...bind('--bound-object-kind=Secret', '--bound-object-uid=other'))).toContain(
        'the UID in the bound object reference (other) does not match the UID in record',
      );
      expect(await fails(...bind('--bound-object-kind=Pod'))).toContain('pods "tie" not found');
      await kubectl('delete', 'secret', 'tie');
      expect(await whoIs(token)).toBe(401);
    });

    it('live between ten minutes and a month', async () => {
      expect(await fails('create', 'token', 'robot', '--duration=9m')).toContain(
        'spec.expirationSeconds: Invalid value: 540: may not specify a duration less than 10 minutes',
      );
      const { err, out } = await kubectl.run(['create', 'token', 'robot', '--duration=9000h', '-o', 'json']);
      expect(err).toContain('requested expiration of 32400000 seconds shortened to 2592000 seconds');
      expect(JSON.parse(out)).toMatchObject({ spec: { expirationSeconds: 2592000 } });
    });

    it('can be kept in a Secret', async () => {
      const secret = (name: string, account: string) =>
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Secret',
          type: 'kubernetes.io/service-account-token',
          metadata: { name, annotations: { 'kubernetes.io/service-account.name': account } },
        });
      await kubectl.run(['create', '-f', '-'], { input: secret('kept', 'robot') });
      const read = async () => JSON.parse(await kubectl('get', 'secret', 'kept', '-o', 'json'));
      await until(async () => expect((await read()).data?.token).toBeDefined());
      const { data } = await read();
      const text = (key: string) => Buffer.from(data[key], 'base64').toString();
      expect(text('namespace')).toBe('default');
      expect(text('ca.crt')).toBe(readFileSync(join(server.data, 'pki', 'root.pem'), 'utf8'));
      expect(await whoIs(text('token'))).toMatchObject(robot);
      await kubectl.run(['create', '-f', '-'], { input: secret('orphan', 'missing') });
      await until(async () => expect(await fails('get', 'secret', 'orphan')).toContain('not found'));
      await kubectl('delete', 'secret', 'kept');
      expect(await whoIs(text('token'))).toBe(401);
    });

    it('can be verified by others', async () => {
      const token = (await kubectl('create', 'token', 'robot')).trim();
      const ask = (path: string) => nobody.ask('GET', path, undefined, { authorization: `Bearer ${token}` });
      const configuration = await ask('/.well-known/openid-configuration');
      expect(configuration.headers['content-type']).toBe('application/json');
      expect(configuration.json).toMatchObject({ issuer: 'https://kubernetes.default.svc.cluster.local' });
      const keys = await ask('/openid/v1/jwks');
      expect(keys.headers).toMatchObject({
        'content-type': 'application/jwk-set+json',
        'cache-control': 'public, max-age=3600',
      });
      expect(keys.json).toMatchObject({ keys: [{ use: 'sig', alg: 'RS256', kty: 'RSA' }] });
      expect((await nobody.ask('GET', '/openid/v1/jwks')).status).toBe(401);
    });

    it('go with their account', async () => {
      await kubectl('create', 'serviceaccount', 'brief');
      const token = (await kubectl('create', 'token', 'brief')).trim();
      expect(await whoIs(token)).toMatchObject({ username: 'system:serviceaccount:default:brief' });
      await kubectl('delete', 'serviceaccount', 'brief');
      await kubectl('create', 'serviceaccount', 'brief');
      expect(await whoIs(token)).toBe(401);
    });
  });

  describe('CertificateSigningRequests', () => {
    const ask = async (name: string, subject: readonly (readonly ['CN' | 'O', string])[]) => {
      const { pem, keyPem } = makeRequest(subject);
      const object = {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name },
        spec: {
          request: Buffer.from(pem).toString('base64'),
          signerName: 'kubernetes.io/kube-apiserver-client',
          expirationSeconds: 3600,
          usages: ['client auth'],
        },
      };
      const { code, err } = await kubectl.run(['create', '-f', '-'], { input: JSON.stringify(object) });
      return { code, err, keyPem };
    };

    it('make users of those who are approved', async () => {
      const { code, err, keyPem } = await ask('ann', [
        ['O', 'dev'],
        ['CN', 'ann'],
      ]);
      expect([code, err]).toEqual([0, '']);
      expect(await kubectl('get', 'csr', 'ann')).toMatch(
        /NAME +AGE +SIGNERNAME +REQUESTOR +REQUESTEDDURATION +CONDITION\nann +\d+s +kubernetes.io\/kube-apiserver-client +kubeve-admin +60m +Pending\n/,
      );
      expect(await kubectl('certificate', 'approve', 'ann')).toContain('ann approved');
      const read = () => kubectl('get', 'csr', 'ann', '-o', 'jsonpath={.status.certificate}');
      await until(async () => expect(await read()).not.toBe(''));
      expect(await kubectl('get', 'csr', 'ann')).toContain('Approved,Issued');
      const [certificate, key] = [join(server.data, 'ann.pem'), join(server.data, 'ann.key.pem')];
      writeFileSync(certificate, Buffer.from(await read(), 'base64'));
      writeFileSync(key, keyPem);
      const config = join(server.data, 'ann.kubeconfig');
      const as = (...args: string[]) => kubectl(`--kubeconfig=${config}`, ...args);
      await as(
        'config',
        'set-cluster',
        'c',
        `--server=${server.url}`,
        `--certificate-authority=${join(server.data, 'pki', 'root.pem')}`,
      );
      await as('config', 'set-credentials', 'ann', `--client-certificate=${certificate}`, `--client-key=${key}`);
      await as('config', 'set-context', 'x', '--cluster=c', '--user=ann');
      await as('config', 'use-context', 'x');
      expect(JSON.parse(await as('auth', 'whoami', '-o', 'json'))).toMatchObject({
        status: { userInfo: { username: 'ann', groups: ['dev', 'system:authenticated'] } },
      });
      expect((await kubectl.run([`--kubeconfig=${config}`, 'get', 'namespaces'])).err).toContain(
        'User "ann" cannot list resource "namespaces" in API group "" at the cluster scope',
      );
    });

    it('are denied, and never make administrators', async () => {
      await ask('bob', [['CN', 'bob']]);
      expect(await kubectl('certificate', 'deny', 'bob')).toContain('bob denied');
      expect(await kubectl('get', 'csr', 'bob')).toContain('Denied');
      expect(await fails('certificate', 'approve', 'bob', '--force')).toBeTruthy();
      const { err } = await ask('eve', [
        ['O', 'system:masters'],
        ['CN', 'eve'],
      ]);
      expect(err).toContain(
        'use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
      );
    });
  });
});
