import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFlags } from '../../functions/node/flags.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import { type Running, type StartOptions, start } from '../../functions/node/serve.ts';
import { connect, eve } from '../support/client.ts';
import { watchTime } from '../support/time.ts';
import { until } from '../support/until.ts';

let data: string;
const opened: { close(): unknown }[] = [];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'kubeve-serve-'));
});
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
  rmSync(data, { recursive: true, force: true });
});

const { log } = systemPorts('silent');
const open = async (options: Partial<StartOptions> = {}): Promise<Running> => {
  const running = await start({ data, port: 0, log, ...options });
  opened.push(running);
  return running;
};
const ask = (running: { url: string }) => {
  const client = connect(running.url, data);
  opened.push(client);
  return client.ask;
};

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const configMaps = '/api/v1/namespaces/default/configmaps';

describe('start', () => {
  it('keeps identities and data from one start to the next', async () => {
    const first = await open();
    const kept = [
      'pki/root.pem',
      'pki/server.pem',
      'pki/signing.pem',
      'pki/ecdh.pem',
      'pki/admin.pem',
      'eve/onboard.cert.pem',
    ];
    const before = kept.map(name => readFileSync(join(data, name), 'utf8'));
    expect((await ask(first)('POST', configMaps, configMap('kept'))).status).toBe(201);
    const version = (await ask(first)('GET', configMaps)).json.metadata.resourceVersion;
    await first.close();
    const second = await open();
    expect(kept.map(name => readFileSync(join(data, name), 'utf8'))).toEqual(before);
    expect((await ask(second)('GET', `${configMaps}/kept`)).status).toBe(200);
    const later = (await ask(second)('GET', configMaps)).json.metadata.resourceVersion;
    expect(Number(later)).toBeGreaterThanOrEqual(Number(version));
  });

  it('leaves what a user set in the kubeconfig as long as it leads here', async () => {
    const first = await open();
    const port = Number(new URL(first.url).port);
    const [server, trust] = [/server: .*/, /certificate-authority-data: .*/].map(
      line => line.exec(readFileSync(first.kubeconfig, 'utf8'))?.[0],
    );
    const chosen = readFileSync(first.kubeconfig, 'utf8')
      // As `kubectl config set-context --current --namespace=factory` writes it.
      .replace(/- name: kubeve\n {2}cluster:\n.*\n.*\n/, `- cluster:\n    ${trust}\n    ${server}\n  name: kubeve\n`)
      .replace('    user: kubeve-admin\n', '    namespace: factory\n    user: kubeve-admin\n');
    expect(chosen).toContain(`- cluster:\n    ${trust}\n    ${server}`);
    writeFileSync(first.kubeconfig, chosen);
    await first.close();
    const second = await open({ port });
    expect(readFileSync(second.kubeconfig, 'utf8')).toBe(chosen);
    await second.close();
    const moved = await open();
    expect(readFileSync(moved.kubeconfig, 'utf8')).toContain(`server: ${moved.url}\n`);
  });

  it('tells devices the first further name, and clients what is near', async () => {
    const running = await open({ san: ['eve.example.org', '10.0.0.7'] });
    const port = new URL(running.url).port;
    expect(readFileSync(join(running.partition, 'server'), 'utf8')).toBe(`eve.example.org:${port}\n`);
    expect(readFileSync(running.kubeconfig, 'utf8')).toContain(`server: https://127.0.0.1:${port}\n`);
  });

  it('says what to do when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    opened.push(other);
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(open({ port })).rejects.toThrow(`127.0.0.1:${port} is taken: give another port with --port`);
    await open();
  });

  it('says what to do when another one has the data', async () => {
    await open();
    await expect(open()).rejects.toThrow(/another process|in use|has the/i);
  });

  it.runIf(process.getuid?.() !== 0)('says what to do when the folder cannot be written', async () => {
    chmodSync(data, 0o500);
    await expect(open()).rejects.toThrow('cannot be written: give another folder with --data');
    chmodSync(data, 0o700);
  });

  it('says what to do when the folder is a file', async () => {
    writeFileSync(join(data, 'file'), '');
    await expect(open({ data: join(data, 'file') })).rejects.toThrow('give another folder with --data');
  });

  it('keeps everything to its owner, whoever may look into the folder', async () => {
    const isOpen = (path: string): boolean => (statSync(join(data, path)).mode & 0o077) !== 0;
    const isReached = (path: string): boolean => path === '.' || (isOpen(path) && isReached(dirname(path)));
    const reached = () =>
      readdirSync(data, { recursive: true, encoding: 'utf8' })
        // Nothing is ever written to it.
        .filter(path => !path.startsWith('store.db.lock'))
        .filter(isReached);
    chmodSync(data, 0o755);
    const first = await open();
    await ask(first)('POST', configMaps, configMap('secret'));
    expect(reached()).toEqual([]);
    await first.close();
    // As a former version left them.
    for (const [name, mode] of [['store.db', 0o644] as const, ['telemetry', 0o755] as const])
      chmodSync(join(data, name), mode);
    expect(reached()).not.toEqual([]);
    const second = await open();
    await ask(second)('POST', configMaps, configMap('another'));
    expect(reached()).toEqual([]);
  });

  it('knows the users of a token file', async () => {
    const tokenFile = join(data, 'tokens.csv');
    writeFileSync(tokenFile, 's3cret,ann,1,"system:masters"\nother,bob,2\n');
    const running = await open({ tokenFile });
    const nobody = connect(running.url, data, 'nobody');
    opened.push(nobody);
    const as = async (token: string) =>
      (await nobody.ask('GET', configMaps, undefined, { authorization: `Bearer ${token}` })).status;
    expect([await as('s3cret'), await as('other'), await as('wrong')]).toEqual([200, 403, 401]);
  });
});

describe('the process', () => {
  const program = fileURLToPath(new URL('../../functions/node/serve.ts', import.meta.url));

  /** `early` is a module that runs before the program. */
  const launch = async (early = ''): Promise<{ child: ChildProcess; url: string }> => {
    const imports = ['tsx', `data:text/javascript,${encodeURIComponent(early)}`].flatMap(one => ['--import', one]);
    const child = spawn(process.execPath, [...imports, program, '--data', data, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    opened.push({
      close: async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGKILL');
        await once(child, 'exit');
      },
    });
    return { child, url: await served(child.stdout) };
  };

  const served = async (input: Readable): Promise<string> => {
    for await (const line of createInterface({ input })) {
      const [, url] = /serves (\S+)/.exec(line) ?? [];
      if (url) return url;
    }
    throw new Error('it ended before it served');
  };

  it('ends within five seconds after SIGTERM, watches cleanly', async () => {
    const { child, url } = await launch();
    const client = connect(url, data);
    opened.push(client);
    let heard = '';
    const watch = client.follow(`${configMaps}?watch=true&resourceVersion=0`, text => {
      heard = text;
    });
    expect((await client.ask('POST', configMaps, configMap('seen'))).status).toBe(201);
    await until(() => expect(heard).toContain('"name":"seen"'));
    const passed = watchTime();
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(passed()).toBeLessThan(5000);
    const { text } = await watch;
    expect(text.endsWith('\n')).toBe(true);
  });

  it('ends when `npm start` is told to', async () => {
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    // A process group of its own, so that nothing of it is left when the test fails.
    const child = spawn('npm', ['start', '--', '--data', data, '--port', '0'], {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const { pid } = child;
    if (pid === undefined) throw new Error('npm was not found');
    const isThere = (signal: NodeJS.Signals | 0): boolean => {
      try {
        return process.kill(-pid, signal);
      } catch {
        return false;
      }
    };
    opened.push({ close: () => isThere('SIGKILL') });
    await served(child.stdout);
    child.kill('SIGTERM');
    await until(() => expect(isThere(0)).toBe(false));
  });

  it('ends cleanly when it is asked to as soon as it says that it serves', async () => {
    const { child } = await launch(`const { write } = process.stdout;
      process.stdout.write = (...all) => {
        const answer = write.apply(process.stdout, all);
        if (String(all[0]).includes('serves')) process.kill(process.pid, 'SIGTERM');
        return answer;
      };`);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect([child.exitCode, child.signalCode]).toEqual([0, null]);
  });

  it('ends within five seconds with a fleet to compose', async () => {
    const { child, url } = await launch();
    const write = ask({ url });
    const device = (i: number) => ({
      apiVersion: 'eve.lfedge.org/v1beta1',
      kind: 'Device',
      metadata: { name: `d${i}` },
      spec: {},
    });
    for (let i = 0; i < 120; i += 8)
      await Promise.all(Array.from({ length: 8 }, (_, k) => write('POST', eve('devices'), device(i + k))));
    const passed = watchTime();
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(passed()).toBeLessThan(5000);
  });

  it('loses nothing that was acknowledged when it is killed', async () => {
    const { child, url } = await launch();
    const acknowledged: string[] = [];
    const write = ask({ url });
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; ; i++) {
        const name = `w${writer}-${i}`;
        const { status } = await write('POST', configMaps, configMap(name));
        if (status === 201) acknowledged.push(name);
        if (acknowledged.length === 200) child.kill('SIGKILL');
      }
    });
    await Promise.allSettled(writers);
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);
    const again = await launch();
    const { items = [] } = (await ask(again)('GET', configMaps)).json;
    const there = new Set(items.map(item => item.metadata.name));
    expect(acknowledged.filter(name => !there.has(name))).toEqual([]);
    expect(existsSync(join(data, 'kubeconfig'))).toBe(true);
  });
});

describe('parseFlags', () => {
  it.each<[string[], Record<string, string>, object]>([
    [[], {}, { data: '.kubeve', host: '127.0.0.1', port: 8443, san: [] }],
    [[], { PORT: '9000' }, { port: 9000 }],
    [['--port', '1'], { PORT: '9000' }, { port: 1 }],
    [['--san', 'a', '--san', 'b.c'], {}, { san: ['a', 'b.c'] }],
    [['--token-file', 'x'], {}, { tokenFile: 'x' }],
    [['--help'], {}, { help: true }],
    [
      ['--store', 'dynamodb', '--table', 't', '--bucket', 'b', '--region', 'r'],
      {},
      { cloud: { table: 't', bucket: 'b', tenant: 'main', region: 'r' } },
    ],
    [
      [],
      {
        KUBEVE_STORE: 'dynamodb',
        KUBEVE_TABLE: 't',
        KUBEVE_BUCKET: 'b',
        KUBEVE_TENANT: 'acme',
        KUBEVE_IDENTITY: 'secret',
        AWS_REGION: 'r',
        AWS_ENDPOINT_URL_DYNAMODB: 'http://a:1',
        AWS_ENDPOINT_URL_S3: 'http://b:2',
        AWS_LAMBDA_HTTP_ENDPOINT: 'http://127.0.0.1:8080',
      },
      {
        cloud: {
          table: 't',
          bucket: 'b',
          tenant: 'acme',
          region: 'r',
          tableEndpoint: 'http://a:1',
          bucketEndpoint: 'http://b:2',
        },
        identitySecret: 'secret',
        plainHttp: true,
        host: '127.0.0.1',
        port: 8080,
      },
    ],
    [[], { AWS_LAMBDA_HTTP_ENDPOINT: '9000' }, { host: '127.0.0.1', port: 9000, plainHttp: true }],
    [[], { AWS_LAMBDA_HTTP_ENDPOINT: '[::]:9000' }, { host: '::', port: 9000 }],
  ])('%j %j', (args, env, expected) => {
    expect(parseFlags(args, env)).toMatchObject(expected);
  });

  it.each([
    [['--port', '70000'], '--port must be a number'],
    [['--port', 'x'], '--port must be a number'],
    [['--san', 'a b'], '--san must be a host name'],
    [['--what'], "Unknown option '--what'"],
    [['--table', 't'], '--table needs --store dynamodb: without it objects are kept in the data folder'],
    [['--bucket', 'b'], '--bucket needs --store dynamodb'],
    [['--store', 'etcd'], "--store must be sqlite or dynamodb, not 'etcd'"],
    [['--store', 'dynamodb'], '--store dynamodb needs a --table'],
    [['--store', 'dynamodb', '--table', 't'], '--store dynamodb needs a --bucket'],
    [['--store', 'dynamodb', '--table', 't', '--bucket', 'b'], '--store dynamodb needs a --region'],
    [
      ['--store', 'dynamodb', '--table', 't', '--bucket', 'b', '--region', 'r', '--tenant', 'A'],
      "--tenant must be a name of lower-case letters, digits and dashes, not 'A'",
    ],
    [
      ['--store', 'dynamodb', '--table', 't', '--bucket', 'b', '--region', 'r', '--s3-endpoint', 'x'],
      "an endpoint must be a URL, not 'x'",
    ],
    [['--identity', 'secret'], '--identity needs --plain-http'],
  ])('refuses %j', (args, message) => {
    expect(() => parseFlags(args, {})).toThrow(message);
  });
});
