import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reach } from '../../functions/node/reach.ts';

const signal = AbortSignal.timeout(900_000);

describe('reach', () => {
  let server: Server;
  let base: string;
  beforeAll(async () => {
    server = createServer(async (incoming, outgoing) => {
      let text = '';
      for await (const part of incoming) text += part;
      if (incoming.url === '/away') return outgoing.writeHead(302, { location: 'http://169.254.169.254/' }).end();
      if (incoming.url === '/empty') return outgoing.writeHead(204).end();
      outgoing.setHeader('x-a', ['b', 'c']);
      return outgoing.end(`${incoming.method} ${incoming.url} ${incoming.headers['content-type']} ${text}`);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    // A server that listens on TCP has such an address.
    base = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it('asks, and answers what it was answered', async () => {
    const got = await reach(new URL(`${base}/x?y=1`), { method: 'GET', signal });
    expect([got.status, got.headers.get('x-a'), await got.text()]).toEqual([200, 'b, c', 'GET /x?y=1 undefined ']);
    const headers = { 'content-type': 'application/x-pki-message' };
    const posted = await reach(new URL(`${base}/p`), { method: 'POST', body: Buffer.from('pki'), headers, signal });
    expect(await posted.text()).toBe('POST /p application/x-pki-message pki');
    expect((await reach(new URL(`${base}/empty`), { method: 'GET', signal })).status).toBe(204);
  });

  it('follows no redirect', async () => {
    const answer = await reach(new URL(`${base}/away`), { method: 'GET', signal });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'http://169.254.169.254/']);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://169.254.170.2/v2/credentials',
    'http://0xa9fea9fe/',
    'http://[::ffff:169.254.169.254]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'https://169.254.169.254/',
  ])('sends nothing to %s', async url => {
    await expect(reach(new URL(url), { method: 'GET', signal })).rejects.toThrow(/is a link-local address/);
  });
});
