import { randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedDevice } from '../../cli/device/device.ts';
import { readPartition } from '../../cli/partition.ts';
import type { PeerEnv } from '../../shared/kube/access/peer.ts';
import { type Client, connect, eve, merge } from '../support/client.ts';
import { makeRequest } from '../support/csr.ts';
import { findDynoxide } from '../support/dynoxide.ts';
import { openS3Server, type S3Server } from '../support/s3/server.ts';
import { until } from '../support/until.ts';
import { openWorkerStack, type WorkerSite } from '../support/workerstack.ts';
import { rotation } from './rotation.ts';
import { scenario } from './scenario.ts';
import { makeTenants, tenants } from './tenants.ts';

const dynoxide = findDynoxide();

describe.skipIf(dynoxide === undefined)('a worker over a table and a bucket (needs dynoxide: Linux x64)', () => {
  let site: WorkerSite;
  let s3: S3Server;
  let admin: Client;
  let nobody: Client;
  beforeAll(async () => {
    const opening = openS3Server();
    site = await openWorkerStack(dynoxide ?? '', { s3: opening });
    s3 = await opening;
    admin = connect(site.url, site.data);
    nobody = connect(site.url, site.data, 'nobody');
  });
  afterAll(async () => {
    admin?.close();
    nobody?.close();
    await site?.close();
  });

  const certificateOf = (name: string): Uint8Array =>
    new X509Certificate(readFileSync(join(site.data, 'pki', name), 'utf8')).raw;

  it('tells a device what was written without being called by time', async () => {
    const partition = readPartition(site.partition);
    const onboard = readFileSync(join(site.partition, 'onboard.cert.pem')).toString('base64');
    const spec = { serial: 'SOON-1', onboard };
    expect((await admin.ask('POST', eve('devices'), { metadata: { name: 'soon' }, spec })).status).toBe(201);
    const pace = { configMs: 300, metricsMs: 60_000, logsMs: 60_000, stepMs: 100, retryMs: 300 };
    const device = new SimulatedDevice({ ...partition, serial: 'SOON-1', pace, say: () => undefined });
    const stop = new AbortController();
    const life = device.run(stop.signal);
    try {
      await until(() => expect(device.configs).toBeGreaterThan(0));
      const before = device.configs;
      const annotations = { 'config.eve.lfedge.org/timer.config.interval': '30' };
      const change = { metadata: { annotations } };
      expect((await admin.ask('PATCH', eve('devices', 'default', 'soon'), change, merge)).status).toBe(200);
      await until(() => expect(device.configs).toBeGreaterThan(before));
      // What it says of itself is taken up in the same way.
      await until(async () => {
        const { status } = (await admin.ask('GET', eve('devices', 'default', 'soon'))).json;
        expect(status?.['state']).toBe('ONLINE');
      });
      expect(device.complaints).toEqual([]);
    } finally {
      stop.abort();
      await life;
    }
  });

  it('lets in whom it knows by a certificate that the platform verified, and nobody else', async () => {
    const certificate = certificateOf('admin.pem');
    const ask = async (env: PeerEnv) =>
      (await site.fetch(new Request('https://worker/api/v1/namespaces/default'), env)).status;
    expect(await ask({ peer: { verified: true, certificate } })).toBe(200);
    expect(await ask({ peer: { verified: false, certificate } })).toBe(401);
    expect(await ask({ peer: { verified: true, certificate: certificateOf('onboard.pem') } })).toBe(401);
    expect(await ask({})).toBe(401);
  });

  it('issues tokens, and knows who brings them', async () => {
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const made = await admin.ask('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', request);
    expect(made.status).toBe(201);
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const authorization = `Bearer ${made.json.status?.['token']}`;
    const known = await nobody.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', review, {
      authorization,
    });
    expect(known.json.status).toMatchObject({ userInfo: { username: 'system:serviceaccount:default:default' } });
  });

  it('issues certificates', async () => {
    const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
    const { pem } = makeRequest([['CN', 'anna']]);
    const spec = {
      request: Buffer.from(pem).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
    };
    const kind = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest' };
    const made = await admin.ask('POST', path, { ...kind, metadata: { name: 'anna' }, spec });
    expect(made.status).toBe(201);
    const condition = { type: 'Approved', status: 'True', reason: 'Known', message: 'known' };
    const approved = { ...made.json, status: { conditions: [condition] } };
    expect((await admin.ask('PUT', `${path}/anna/approval`, approved)).status).toBe(200);
    const issued = await until(async () => {
      const text = (await admin.ask('GET', `${path}/anna`)).json.status?.['certificate'];
      expect(text).toBeTypeOf('string');
      return new X509Certificate(Buffer.from(String(text), 'base64'));
    });
    expect(issued.subject).toBe('CN=anna');
    const peer = { verified: true, certificate: issued.raw };
    const answer = await site.fetch(new Request('https://worker/api/v1/namespaces/default'), { peer });
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('User \\"anna\\" cannot get')]);
  });

  it('answers much, compressed once', async () => {
    const gzip = { 'accept-encoding': 'gzip' };
    const data = { text: 'kubeve '.repeat(30_000) };
    const made = await admin.ask('POST', '/api/v1/namespaces/default/configmaps', {
      metadata: { name: 'large' },
      data,
    });
    expect(made.status).toBe(201);
    const found = await admin.ask('GET', '/api/v1/namespaces/default/configmaps/large', undefined, gzip);
    expect(found.json).toMatchObject({ data });
    const described = await admin.ask('GET', '/openapi/v2', undefined, gzip);
    expect(described.json).toMatchObject({ swagger: '2.0' });
  });

  it.each(['before', 'after'] as const)(
    'asks the bucket again when a connection breaks %s it was heard',
    async reset => {
      // Too large for the table.
      const data = { text: randomBytes(600_000).toString('base64') };
      s3.fail(/^PUT /, { reset }, 2);
      const made = await admin.ask('POST', '/api/v1/namespaces/default/configmaps', {
        metadata: { name: `broken-${reset}` },
        data,
      });
      s3.heal();
      expect(made.status).toBe(201);
      const found = await admin.ask('GET', `/api/v1/namespaces/default/configmaps/broken-${reset}`);
      expect(found.json).toMatchObject({ data });
    },
  );

  it('gives its backup', async () => {
    const peer = { verified: true, certificate: certificateOf('admin.pem') };
    const answer = await site.fetch(new Request('https://worker/backup'), { peer });
    expect(answer.status).toBe(200);
    const text = gunzipSync(new Uint8Array(await answer.arrayBuffer())).toString('latin1');
    expect(text).toContain('objects/core/namespaces');
  });

  it('tells who has watched in vain for long of a change', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    const watcher = connect(site.url, site.data);
    let heard = '';
    const watch = watcher.follow(`${path}?watch=1&fieldSelector=metadata.name=rung`, text => {
      heard = text;
    });
    try {
      // By now its log is looked at each 15 seconds only, and what rings the bell is another event of the worker.
      await sleep(5_000);
      expect((await admin.ask('POST', path, { metadata: { name: 'rung' } })).status).toBe(201);
      await until(() => expect(heard).toContain('"type":"ADDED"'));
    } finally {
      watcher.close();
      await Promise.allSettled([watch]);
    }
  });

  it('answers others while it is watched by many', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    const watcher = connect(site.url, site.data);
    const heard = Array.from({ length: 8 }, () => '');
    const watches = heard.map((_, at) =>
      watcher.follow(`${path}?watch=1`, text => {
        heard[at] = text;
      }),
    );
    for (const name of ['a', 'b', 'c'])
      expect((await admin.ask('POST', path, { metadata: { name: `seen-${name}` } })).status).toBe(201);
    await until(() => {
      for (const text of heard) expect(text).toContain('"seen-c"');
    });
    watcher.close();
    await Promise.allSettled(watches);
    expect((await admin.ask('GET', `${path}/seen-c`)).status).toBe(200);
  });

  it('goes all the way', async () => {
    site.begin();
    await scenario(site);
    expect(site.complaints).toEqual([]);
  });
});

describe.skipIf(dynoxide === undefined)('a worker that others use too (needs dynoxide: Linux x64)', () => {
  it('keeps tenants apart, by path and by host name', async () => {
    const given = await makeTenants();
    const site = await openWorkerStack(dynoxide ?? '', given);
    try {
      // What a request left undone, because it ran out of time, is done by the next round.
      site.begin();
      await tenants(site, given);
    } finally {
      await site.close();
    }
  });

  it('takes rotated certificates over from the secret, without losing a device', async () => {
    const site = await openWorkerStack(dynoxide ?? '', { environment: { KUBEVE_IDENTITY_SECONDS: '1' } });
    try {
      site.begin();
      await rotation(site, site.secrets());
    } finally {
      await site.close();
    }
  });
});
