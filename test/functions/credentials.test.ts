import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openIdentity } from '../../functions/identity/identity.ts';
import { openCredentials } from '../../functions/node/credentials.ts';
import { openFolder } from '../../functions/node/folder.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import { connect } from '../support/client.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'kubeve-credentials-'));
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

describe('credentials in files', () => {
  const open = (paths: Parameters<typeof openCredentials>[0], renew: (credentials: unknown) => void) => {
    const said: string[] = [];
    const say = (level: string) => (message: string, fields?: object) =>
      void said.push(`${level} ${message} ${JSON.stringify(fields)}`);
    const log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
    const files = openCredentials(paths, log, 20);
    const stop = new AbortController();
    ends.push(() => stop.abort());
    files.follow(renew, stop.signal);
    return { files, said };
  };

  it('are handed over when they change, and not when they do not', async () => {
    const dir = folder();
    const tokenFile = join(dir, 'tokens');
    const awsIamConfig = join(dir, 'aws');
    writeFileSync(tokenFile, 'a,ann,1');
    writeFileSync(awsIamConfig, 'clusterID: one');
    const heard: { tokenCsv?: string; aws?: object }[] = [];
    const { files } = open({ tokenFile, awsIamConfig }, credentials => heard.push(credentials as object));
    expect(files.credentials).toEqual({ tokenCsv: 'a,ann,1', aws: { clusterID: 'one' } });
    writeFileSync(tokenFile, 'b,bob,2');
    await until(() => expect(heard.length).toBe(1));
    expect(heard[0]?.tokenCsv).toBe('b,bob,2');
    // What did not change is the same, and keeps what was made of it.
    expect(heard[0]?.aws).toBe((files.credentials as { aws: object }).aws);
  });

  it('that are broken change nothing, and hold up nothing for good', async () => {
    const dir = folder();
    const tokenFile = join(dir, 'tokens');
    const awsIamConfig = join(dir, 'aws');
    writeFileSync(tokenFile, 'a,ann,1');
    writeFileSync(awsIamConfig, 'clusterID: one');
    const heard: { tokenCsv?: string; aws?: { clusterID?: string } }[] = [];
    const { files, said } = open({ tokenFile, awsIamConfig }, credentials => {
      const next = credentials as (typeof heard)[0];
      if (!next.aws?.clusterID) throw new Error('the AWS configuration must have a clusterID');
      heard.push(next);
    });
    writeFileSync(awsIamConfig, 'cluster: two');
    await until(() => expect(files.check.note?.()).toContain('cannot be used'));
    writeFileSync(tokenFile, 'secret-token,bob,2');
    await until(() => expect(said.filter(line => line.startsWith('error')).length).toBe(2));
    expect(heard).toEqual([]);
    expect(said.join()).toContain('must have a clusterID');
    expect(said.join()).not.toContain('secret-token');
    writeFileSync(awsIamConfig, 'clusterID: three');
    await until(() => expect(heard).toEqual([{ tokenCsv: 'secret-token,bob,2', aws: { clusterID: 'three' } }]));
    expect(files.check.note?.()).toBeUndefined();
    rmSync(awsIamConfig);
    await until(() => expect(files.check.note?.()).toContain('cannot be used'));
  });
});

it('knows callers by new tokens, configurations and authorities without a new start', async () => {
  const dir = folder();
  const [tokenFile, authenticationConfig, clientCaFile] = [join(dir, 't'), join(dir, 'c'), join(dir, 'ca')];
  const other = openIdentity(openFolder(join(dir, 'other')), ['localhost'], systemPorts());
  const strange = openIdentity(openFolder(join(dir, 'strange')), ['localhost'], systemPorts());
  const config = (paths: string) =>
    `apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\nanonymous: {enabled: true, conditions: [${paths}]}\n`;
  writeFileSync(tokenFile, 'first,ann,1,"system:masters"\n');
  writeFileSync(authenticationConfig, config('{path: /livez}'));
  writeFileSync(clientCaFile, strange.clientAuthority.certificatePem);
  const server = await startServer({ tokenFile, authenticationConfig, clientCaFile });
  const nobody = connect(server.url, server.data, 'nobody');
  ends.push(
    () => server.close(),
    () => nobody.close(),
  );
  const code = async (path: string, token?: string): Promise<number> =>
    (await nobody.ask('GET', path, undefined, token === undefined ? {} : { authorization: `Bearer ${token}` })).status;
  /** What the holder of a certificate of that authority is answered, over a new connection. */
  const byCertificate = ({ admin }: typeof other): Promise<number> =>
    new Promise((resolve, reject) => {
      const ca = readFileSync(join(server.data, 'pki', 'root.pem'));
      const agent = new Agent({ ca, key: admin.keyPem, cert: admin.certificatePem });
      request(new URL('/api/v1/namespaces', server.url), { agent }, incoming => {
        incoming.resume();
        agent.destroy();
        resolve(incoming.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  expect([await code('/api', 'first'), await code('/api', 'second'), await code('/version')]).toEqual([200, 401, 401]);
  expect([await byCertificate(strange), await byCertificate(other)]).toEqual([200, 401]);

  writeFileSync(tokenFile, 'second,ann,1,"system:masters"\n');
  writeFileSync(authenticationConfig, config('{path: /version}'));
  writeFileSync(clientCaFile, other.clientAuthority.certificatePem);
  // One look may come between the writing of the files.
  await until(async () => {
    expect([await code('/api', 'second'), await code('/api', 'first')]).toEqual([200, 401]);
    expect([await code('/version'), await code('/livez')]).toEqual([200, 401]);
    expect([await byCertificate(strange), await byCertificate(other)]).toEqual([401, 200]);
  });

  writeFileSync(tokenFile, 'third\n');
  const readyz = async () =>
    (await nobody.ask('GET', '/readyz?verbose', undefined, { authorization: 'Bearer second' })).text;
  await until(async () =>
    expect(await readyz()).toContain('[+]credentials ok: a file that was changed cannot be used'),
  );
  expect(await readyz()).toContain('readyz check passed');
});
