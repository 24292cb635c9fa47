import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseAdamFlags } from '../../cli/adam/flags.ts';
import { startAdam } from '../../cli/adam.ts';
import { SimulatedDevice } from '../../cli/device/device.ts';
import { readKey } from '../../cli/device/keys.ts';
import { retire } from '../../functions/identity/rotate.ts';
import { openFolder } from '../../functions/node/folder.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import type { Running } from '../../functions/node/serve.ts';
import { issueCertificate } from '../../shared/pki/issue.ts';
import { until } from '../support/until.ts';

let dir: string;
let running: Running | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kubeve-adam-'));
});
afterEach(async () => {
  await running?.close();
  running = undefined;
  rmSync(dir, { recursive: true, force: true });
});

interface Made {
  readonly pem: string;
  readonly keyPem: string;
  readonly issuer: {
    readonly certificate: X509Certificate;
    readonly key: ReturnType<typeof generateKeyPairSync>['privateKey'];
  };
}

let serial = 0;
const make = (name: string, by?: Made): Made => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = issueCertificate(
    {
      subject: [['CN', name]],
      publicKey,
      serial: Uint8Array.of(1, serial++),
      notBefore: Date.now() - 86_400_000,
      notAfter: Date.now() + 86_400_000,
      ...(by ? { usages: ['serverAuth' as const], names: ['localhost', '127.0.0.1'] } : { authority: {} }),
    },
    by?.issuer ?? { key: privateKey },
  );
  const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { pem, keyPem, issuer: { certificate: new X509Certificate(pem), key: privateKey } };
};

const write = (name: string, { pem, keyPem }: Made): string[] => {
  const paths = [join(dir, `${name}.pem`), join(dir, `${name}-key.pem`)];
  for (const [at, content] of [pem, keyPem].entries()) writeFileSync(paths[at] ?? '', content);
  return paths;
};

const ask = (method: string, path: string, body?: string | Uint8Array, type = 'application/json') =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': type };
    const outgoing = request(new URL(path, running?.url), { method, headers, rejectUnauthorized: false }, answer => {
      let text = '';
      answer.setEncoding('latin1').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject).end(body);
  });

describe('adam server', () => {
  it('serves with certificates of others, as the harness of evetest starts it, and takes over new ones', async () => {
    const root = make('test root');
    const [serverCert = '', serverKey = ''] = write('tls', make('localhost', root));
    const [signingCert = '', signingKey = ''] = write('signing', make('signing', root));
    const [encryptCert = '', encryptKey = ''] = write('ecdh', make('ecdh', root));
    const flags = ['--port', '0', '--ip', '127.0.0.1', '--db-url', join(dir, 'db'), '--conf-dir', join(dir, 'conf')];
    const files = [`--server-cert=${serverCert}`, `--server-key=${serverKey}`, `--signing-cert=${signingCert}`];
    const more = [`--signing-key=${signingKey}`, `--encrypt-cert=${encryptCert}`, `--encrypt-key=${encryptKey}`];
    running = await startAdam([...flags, ...files, ...more, '--cert-refresh=5'], systemPorts('error').log);
    const { port } = new URL(running.url);
    expect(readFileSync(join(dir, 'conf', 'server'), 'utf8')).toBe(`localhost:${port}\n`);
    expect(readFileSync(join(dir, 'conf', 'hosts'), 'utf8')).toBe('127.0.0.1 localhost\n');

    const onboard = make('onboarding');
    const body = { cert: Buffer.from(onboard.pem).toString('base64'), serial: '*' };
    expect((await ask('POST', '/admin/onboard', JSON.stringify(body))).status).toBe(201);
    const device = new SimulatedDevice({
      server: `localhost:${port}`,
      rootPem: root.pem,
      onboard: readKey(onboard.pem, onboard.keyPem),
      serial: 'S-1',
    });
    await device.onboard();
    await device.boot();
    await device.poll();
    const before = device.configs;
    expect(before).toBeGreaterThan(0);
    expect((await ask('GET', '/admin/device')).text).toBe(device.uuid);

    const certs = async () => (await ask('GET', '/api/v2/edgedevice/certs')).text;
    const signing = make('signing 2', root);
    write('signing', signing);
    await until(async () => expect(await certs()).toContain(signing.pem.trim()));
    await until(async () => {
      await device.poll();
      expect(device.configs).toBeGreaterThan(before);
    });
    expect(device.complaints).toEqual([]);
    device.close();
  });

  it('tells of a former encryption certificate as long as a device may need it, and never of one that devices would refuse', async () => {
    const root = make('test root');
    const pairs = {
      server: write('tls', make('localhost', root)),
      signing: write('signing', make('signing', root)),
    };
    const first = make('ecdh', root);
    const encrypt = write('ecdh', first);
    const flags = ['--port', '0', '--ip', '127.0.0.1', '--db-url', join(dir, 'db'), '--conf-dir', join(dir, 'conf')];
    const named = Object.entries({ ...pairs, encrypt }).flatMap(([name, [cert = '', key = '']]) => [
      `--${name}-cert=${cert}`,
      `--${name}-key=${key}`,
    ]);
    const launch = () => startAdam([...flags, ...named], systemPorts('error').log);
    const certs = async () => (await ask('GET', '/api/v2/edgedevice/certs')).text;
    running = await launch();
    expect(await certs()).toContain(first.pem.trim());
    const second = make('ecdh 2', root);
    write('ecdh', second);
    await until(async () => expect(await certs()).toContain(second.pem.trim()));
    expect(await certs()).toContain(first.pem.trim());

    await running.close();
    running = await launch();
    expect(await certs()).toContain(second.pem.trim());
    expect(await certs()).toContain(first.pem.trim());

    const vault = openFolder(join(dir, 'db', 'pki'));
    const later = Date.now() + 86_400_000 + 60_000;
    const unused = { find: async () => [] };
    expect(await retire(vault, unused, Date.now())).toBe(0);
    expect(await retire(vault, { find: async () => ['a configuration'] }, later)).toBe(0);
    expect(await retire(vault, unused, later)).toBe(1);

    const other = make('test root');
    const third = make('ecdh 3', other);
    write('ecdh', third);
    await until(async () => expect(await certs()).toContain(third.pem.trim()));
    expect(await certs()).not.toContain(second.pem.trim());
  });

  it('demands credentials when nobody named an address, and has certificates of its own', async () => {
    const told: string[] = [];
    const note = (message: string) => void told.push(message);
    running = await startAdam(['--port', '0', '--db-url', join(dir, 'db'), '--conf-dir', join(dir, 'conf')], {
      debug: () => {},
      info: note,
      warn: note,
      error: note,
    });
    await sleep(700); // longer than files are looked at
    expect(told.filter(message => message.includes('certificates'))).toEqual([]);
    expect((await ask('GET', '/admin/device')).status).toBe(401);
    expect((await ask('GET', '/probe')).status).toBe(200);
  });

  it('names the file that is wrong', async () => {
    const flags = ['--port', '0', '--db-url', join(dir, 'db'), '--conf-dir', join(dir, 'conf')];
    const missing = join(dir, 'none.pem');
    await expect(startAdam([...flags, '--signing-cert', missing, '--signing-key', missing])).rejects.toThrow(missing);
    const [cert = ''] = write('a', make('a'));
    const [, key = ''] = write('b', make('b'));
    await expect(startAdam([...flags, '--signing-cert', cert, '--signing-key', key])).rejects.toThrow(/not the key/);
  });
});

describe('flags of Adam', () => {
  it.each([
    [[], ['0.0.0.0'], false],
    [['--ip', '127.0.0.1'], ['127.0.0.1'], true],
    [['--ip', '127.0.0.1', '--ip', '192.0.2.1'], ['127.0.0.1', '192.0.2.1'], true],
    [['--ip', '127.0.0.1', '--ip', '0.0.0.0'], ['127.0.0.1', '0.0.0.0'], false],
    [['--ip', '::'], ['::'], false],
  ])('%j', (args, ips, isOpen) => {
    expect(parseAdamFlags(args)).toMatchObject({ ips, isOpen });
  });

  it.each(['redis://localhost', ''])('do not take the store %j', url => {
    expect(() => parseAdamFlags(['--db-url', url])).toThrow(/--db-url/);
  });
});
