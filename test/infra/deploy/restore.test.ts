import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { backup } from '../../../cli/backup.ts';
import { openBundle } from '../../../functions/identity/bundle.ts';
import { openIdentity, recallIdentity } from '../../../functions/identity/identity.ts';
import { openTokenKeys } from '../../../functions/identity/tokenkeys.ts';
import { openBackupFile } from '../../../functions/node/backupfile.ts';
import { openFolder } from '../../../functions/node/folder.ts';
import { systemPorts } from '../../../functions/node/ports.ts';
import { toTenants } from '../../../functions/tenants/tenant.ts';
import { deploy } from '../../../infra/deploy/deploy.ts';
import { parseDeployFlags } from '../../../infra/deploy/flags.ts';
import { fromUtf8, toUtf8 } from '../../../shared/base/bytes.ts';
import { mustBeWhole } from '../../../shared/store/backup/restore.ts';
import { openDynamoStore } from '../../../shared/store/drivers/dynamo/dynamo.ts';
import { openSqliteStore } from '../../../shared/store/drivers/sqlite.ts';
import { silentLog } from '../../conformance/clock.ts';
import { createTestCloud, type TestCloud } from '../../support/cloud.ts';
import { ModelTable } from '../../support/modeltable.ts';

const ports = { ...systemPorts('silent'), log: silentLog };
const type = 'objects/core/configmaps';
let dir: string;
/** Backups, by what they are called here. */
const file = (name: string): string => join(dir, name);
/** One object, and the identities of an installation. */
const makeBackup = async (name: string, ...flags: string[]): Promise<void> => {
  const data = file(`${name}-data`);
  const vault = openFolder(join(data, 'pki'));
  openIdentity(vault, ['localhost'], ports);
  openTokenKeys(vault);
  vault.write('tokens.csv', `jane-${name},jane,jane\n`);
  const store = await openSqliteStore({ file: join(data, 'store.db'), ...ports });
  await store.commit(type, { key: 'default/kept', value: fromUtf8(`"of ${name}"`), expected: 0 });
  await store.close();
  await backup([file(name), '--data', data, ...flags]);
};
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'kubeve-restore-'));
  const spy = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await makeBackup('main', '--identities');
  await makeBackup('acme', '--identities');
  await makeBackup('bare');
  spy.mockRestore();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let cloud: TestCloud;
let model: ModelTable;
let said: string[];
/** What had happened when a store was first opened. */
let before: readonly string[];
beforeEach(() => {
  cloud = createTestCloud();
  model = new ModelTable();
  said = [];
  before = [];
});
afterEach(() => vi.restoreAllMocks());
const openTenant = (tenant: string) => openDynamoStore({ table: model.connect(), tenant, ...ports, pollMs: 1 });
const textOf = async (tenant: string): Promise<string | undefined> => {
  const entry = await openTenant(tenant).get(type, 'default/kept');
  return entry && toUtf8(entry.value);
};
const run = async (restores: readonly string[], list: readonly object[] = []) => {
  const flags = parseDeployFlags(restores.flatMap(one => ['--restore', one]));
  const beginnings = [];
  for (const one of flags.restore) beginnings.push({ ...one, file: await openBackupFile(file(one.path)) });
  return deploy({
    cloud,
    flags,
    beginnings,
    tenants: own => toTenants(list, own),
    build: () => cloud.step('build'),
    write: cloud.write,
    deployStack: cloud.deployStack,
    async openStore({ table, bucket, tenant }) {
      await cloud.step(`open ${tenant}`);
      before = [...cloud.steps];
      expect([table, bucket]).toEqual(['kubeve-prod', 'bucket-1']);
      const store = openTenant(tenant);
      return { store, name: `tenant ${tenant} of ${table}`, close: () => store.close() };
    },
    say: line => void said.push(line),
    ports,
    pollMs: 0,
  });
};
const authority = (name: string) => openBundle(cloud.secrets.get(name));

describe('deploying what a backup holds', () => {
  it('puts it where it belongs before there are functions, with the identities and the tokens of its users', async () => {
    await run(['main']);
    expect(before).toContain('create');
    expect(before).not.toContain('deploy');
    expect(cloud.deployed).toHaveLength(1);
    expect(await textOf('main')).toBe('"of main"');
    await mustBeWhole(openTenant('main'));
    const made = authority('kubeve-prod/authority');
    const known = openFolder(join(dir, 'main-data', 'pki'));
    for (const name of ['root.key.pem', 'signing.pem', 'ecdh.key.pem', 'escrow.key.pem', 'service-account.key.pem'])
      expect(made.read(name), name).toBe(known.read(name));
    expect(made.read('tokens.csv')).toContain('jane-main,jane,jane');
    expect(recallIdentity(authority('kubeve-prod/identity')).signing.certificatePem).toBe(known.read('signing.pem'));
    expect(said.join('\n')).toMatch(/main is in tenant main of kubeve-prod: 1 entries of 20/);
  });

  it('does nothing again when it is done', async () => {
    await run(['main']);
    const revision = (await openTenant('main').get(type, 'default/kept'))?.revision;
    await run(['main']);
    expect(said.join('\n')).toContain('main was put into tenant main of kubeve-prod already: left as it is');
    expect((await openTenant('main').get(type, 'default/kept'))?.revision).toBe(revision);
  });

  it('ends well after it broke off at any step', async () => {
    await run(['main', 'acme=acme'], [{ name: 'acme' }]);
    const steps = cloud.steps.length;
    for (let at = 0; at < steps; at++) {
      cloud = Object.assign(createTestCloud(), { failAt: at });
      model = new ModelTable();
      const again = () => run(['main', 'acme=acme'], [{ name: 'acme' }]);
      await expect(again(), `step ${at}`).rejects.toThrow('broke off');
      await again();
      expect([await textOf('main'), await textOf('acme')], `step ${at}`).toEqual(['"of main"', '"of acme"']);
      expect(cloud.stack?.status).toBe('CREATE_COMPLETE');
    }
  });

  it('gives a tenant that comes its own, beside a stack that serves others', async () => {
    await run([]);
    expect(await textOf('acme')).toBeUndefined();
    await run(['acme=acme'], [{ name: 'acme' }]);
    expect(await textOf('acme')).toBe('"of acme"');
    const secret = authority('kubeve-prod/tenants/acme/authority');
    expect(secret.read('root.pem')).toBe(openFolder(join(dir, 'acme-data', 'pki')).read('root.pem'));
    expect(secret.read('root.pem')).not.toBe(authority('kubeve-prod/authority').read('root.pem'));
  });

  it('leaves alone what holds something else', async () => {
    const store = openTenant('main');
    await store.commit(type, { key: 'default/other', value: fromUtf8('1'), expected: 0 });
    await expect(run(['main'])).rejects.toThrow(
      /main cannot be put into tenant main of kubeve-prod: There are data already/,
    );
    expect(cloud.deployed).toEqual([]);
  });

  it.each<[readonly string[], RegExp]>([
    [['bare'], /the backup has no identities, and there is no secret kubeve-prod\/authority: .*--identities/],
    [['globex=main'], /--restore globex=main: globex is not in the list of --tenants/],
    [['main=main'], /main is the stack itself: say --restore main/],
    [['gone'], /gone cannot be read: give a file that `kubeve backup` wrote/],
  ])('refuses %j before anything is made', async (restores, message) => {
    await expect(run(restores, [{ name: 'acme' }])).rejects.toThrow(message);
    expect([cloud.writes, cloud.deployed.length, cloud.steps.includes('create')]).toEqual([0, 0, false]);
  });

  it('takes a backup without identities where the secrets have them', async () => {
    await run(['main']);
    const secrets = new Map(cloud.secrets);
    cloud = createTestCloud();
    for (const [name, text] of secrets) cloud.secrets.set(name, text);
    model = new ModelTable();
    await run(['bare']);
    expect(await textOf('main')).toBe('"of bare"');
    expect(cloud.secrets).toEqual(secrets);
  });
});
