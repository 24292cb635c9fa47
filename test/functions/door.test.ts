import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Fetch } from '../../functions/fetch.ts';
import { openIdentity } from '../../functions/identity/identity.ts';
import { type Door, openDoor } from '../../functions/node/door.ts';
import { openFolder } from '../../functions/node/folder.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import { route } from '../../functions/route.ts';
import type { PeerEnv } from '../../shared/kube/access/peer.ts';
import { until } from '../support/until.ts';

const dir = mkdtempSync(join(tmpdir(), 'kubeve-'));
const ports = systemPorts('silent');
const identity = openIdentity(openFolder(join(dir, 'pki')), ['localhost', '127.0.0.1'], ports);
let door: Door | undefined;
afterEach(async () => {
  await door?.close();
  door = undefined;
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const open = async (fetch: Fetch): Promise<Door> => {
  door = await openDoor({ identity, host: '127.0.0.1', port: 0, fetch, log: ports.log });
  return door;
};

const admin = { key: identity.admin.keyPem, cert: identity.admin.certificatePem };
const stranger = { key: identity.onboard.keyPem, cert: identity.onboard.certificatePem };

interface Got {
  status: number;
  body: string;
  headers: Record<string, unknown>;
}

const get = (at: Door, path = '/', options: object = {}): Promise<Got> =>
  new Promise((resolve, reject) => {
    const base = { host: '127.0.0.1', port: at.port, ca: identity.root.certificatePem, agent: false, path };
    request({ ...base, ...options }, incoming => {
      let body = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (part: string) => {
        body += part;
      });
      incoming.on('error', reject);
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body, headers: incoming.headers }));
    })
      .on('error', reject)
      .end();
  });

describe('the door', () => {
  it.each([
    ['no certificate', {}, { shown: false, verified: false }],
    ['one of the client authority', admin, { shown: true, verified: true }],
    ['a stranger', stranger, { shown: true, verified: false }],
  ])('tells about the other end: %s', async (_, certificate, expected) => {
    let seen: PeerEnv = {};
    const at = await open((_request, env) => {
      seen = env;
      return new Response('hello');
    });
    expect(await get(at, '/', certificate)).toMatchObject({ status: 200, body: 'hello' });
    expect({ shown: seen.peer?.certificate !== undefined, verified: seen.peer?.verified }).toEqual(expected);
    expect(seen.remoteAddress).toBe('127.0.0.1');
  });

  it('knows the client on a resumed session too', async () => {
    const seen: PeerEnv[] = [];
    const at = await open((_request, env) => {
      seen.push(env);
      return new Response('hello');
    });
    const exchange = (session?: Buffer): Promise<{ reused: boolean; session: Buffer }> =>
      new Promise((resolve, reject) => {
        let ticket: Buffer = Buffer.alloc(0);
        let reused = false;
        const ca = identity.root.certificatePem;
        const socket: TLSSocket = connect({
          host: '127.0.0.1',
          port: at.port,
          ca,
          ...admin,
          ...(session ? { session } : {}),
        });
        socket.on('session', (given: Buffer) => {
          ticket = given;
        });
        socket.on('error', reject);
        socket.on('data', () => socket.end());
        socket.on('close', () => resolve({ reused, session: ticket }));
        socket.on('secureConnect', () => {
          reused = socket.isSessionReused();
          socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
        });
      });
    const first = await exchange();
    const second = await exchange(first.session);
    expect(second.reused).toBe(true);
    expect(seen.map(({ peer }) => peer?.verified)).toEqual([true, true]);
    expect(seen[1]?.peer?.certificate).toEqual(seen[0]?.peer?.certificate);
  });

  it('answers 500 without telling why when an application throws', async () => {
    const at = await open(() => {
      throw new Error('the secret reason');
    });
    const got = await get(at);
    expect(got.status).toBe(500);
    expect(got.body).not.toContain('secret');
  });

  it('gives the length of plain answers and lets 304 be empty', async () => {
    const at = await open(request =>
      request.url.endsWith('/same') ? new Response(null, { status: 304 }) : new Response(new Uint8Array(10)),
    );
    expect((await get(at)).headers['content-length']).toBe('10');
    expect(await get(at, '/same')).toMatchObject({ status: 304, body: '' });
  });

  it('ends open streams cleanly when it closes', async () => {
    let started = (): void => undefined;
    const hasStarted = new Promise<void>(resolve => {
      started = resolve;
    });
    let cancelled = false;
    const at = await open(() => {
      const body = new ReadableStream({
        start: controller => {
          controller.enqueue(new TextEncoder().encode('{"type":"ADDED"}\n'));
          started();
        },
        cancel: () => {
          cancelled = true;
        },
      });
      return new Response(body, { headers: { 'content-type': 'application/json' } });
    });
    const answer = get(at);
    await hasStarted;
    await at.close();
    expect(await answer).toMatchObject({ status: 200, body: '{"type":"ADDED"}\n' });
    await until(() => expect(cancelled).toBe(true));
    await expect(get(at)).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('route', () => {
  const named =
    (name: string): Fetch =>
    () =>
      new Response(name);
  const fetch = route({ device: named('device'), stream: named('stream'), kube: named('kube') });

  it.each([
    ['/api/v2/edgedevice/ping', 'device'],
    ['/api/v1/edgedevice/ping', 'device'],
    ['/api/v2/edgeDevice/certs?x=1', 'device'],
    ['/api/v2/edgedevice', 'device'],
    ['/api/v2/edgedevices', 'kube'],
    ['/api/v1/namespaces?limit=1', 'kube'],
    ['/edgenode/abc/log', 'stream'],
    ['/edgenode', 'kube'],
    ['/', 'kube'],
    ['/apis?path=/edgenode/x', 'kube'],
  ])('%s → %s', async (path, expected) => {
    expect(await (await fetch(new Request(`https://kubeve.test${path}`), {})).text()).toBe(expected);
  });
});
