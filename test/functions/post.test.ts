import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openIdentity } from '../../functions/identity/identity.ts';
import { openFolder } from '../../functions/node/folder.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import { post } from '../../functions/node/post.ts';

const dir = mkdtempSync(join(tmpdir(), 'kubeve-post-'));
const identity = openIdentity(openFolder(join(dir, 'pki')), ['127.0.0.1'], systemPorts());
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let server: Server | undefined;
afterEach(() => server?.closeAllConnections());
afterEach(() => server?.close());

const listen = async (answer: (body: string) => { status: number; body: string } | undefined) => {
  const { keyPem, certificatePem } = identity.server;
  server = createServer({ key: keyPem, cert: certificatePem }, (incoming, outgoing) => {
    let text = '';
    incoming.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    incoming.on('end', () => {
      const given = answer(text);
      if (given) outgoing.writeHead(given.status).end(given.body);
    });
  });
  const own = server;
  await new Promise<void>(resolve => own.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has such an address.
  const { port } = own.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}/convert`, caPem: identity.root.certificatePem };
};
const limits = { timeoutMs: 300_000, maxBytes: 1_000 };

describe('post', () => {
  it('sends and receives, and trusts whom it is told to', async () => {
    const { url, caPem } = await listen(body => ({ status: 200, body: `got ${body}` }));
    const { status, body } = await post(url, '{"a":1}', { caPem, ...limits });
    expect([status, new TextDecoder().decode(body)]).toEqual([200, 'got {"a":1}']);
    await expect(post(url, '{}', limits)).rejects.toThrow(/certificate|issuer/);
  });
  it('gives up on one that hangs', async () => {
    const { url, caPem } = await listen(() => undefined);
    await expect(post(url, '{}', { caPem, ...limits, timeoutMs: 200 })).rejects.toThrow(
      'it did not answer within 0.2 s',
    );
  });
  it('cuts off one that does not stop', async () => {
    const { url, caPem } = await listen(() => ({ status: 200, body: 'x'.repeat(2_000) }));
    await expect(post(url, '{}', { caPem, ...limits })).rejects.toThrow('more than 1000 bytes');
  });
});
