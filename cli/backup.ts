import { existsSync } from 'node:fs';
import { chmod, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { backupPath, compress, decompress, toBackup } from '../functions/backup.ts';
import { openBundle } from '../functions/identity/bundle.ts';
import type { Vault } from '../functions/identity/vault.ts';
import { openFolder } from '../functions/node/folder.ts';
import { openStore } from '../functions/node/openstore.ts';
import { systemPorts } from '../functions/node/ports.ts';
import type { Cloud } from '../infra/deploy/cloud.ts';
import { readAuthority } from '../infra/deploy/identities.ts';
import { findInstallation } from '../infra/deploy/installation.ts';
import { isFault } from '../shared/base/fault.ts';
import { decodeBackup } from '../shared/store/backup/decode.ts';
import { encodeBackup } from '../shared/store/backup/encode.ts';
import type { BackupHead, BackupRecord } from '../shared/store/backup/record.ts';
import { openSqliteStore } from '../shared/store/drivers/sqlite.ts';
import { download, readCluster } from './cluster.ts';
import { reasonOf } from './reason.ts';
import { storeOptions, storeUsage } from './storeflags.ts';

const usage = `usage: kubeve backup FILE [flags]

Writes everything that a controller's store holds to a new file: objects, what is known of devices, their configurations.
The controller may go on running. The file holds all Secrets: keep it as you keep them.

  --data DIR         the data folder of the installation         (.kubeve)
  --kubeconfig FILE  of a controller that runs somewhere else
  --from-stack NAME  of a stack that npm run deploy made: kubeve-prod, for the stage prod; --tenant NAME: of one of its tenants
${storeUsage}  --identities       the keys and certificates of the data folder or of the stack too, without which devices and
                     users do not know a restored controller
  --help             this text
`;

/** `kubeve backup`. */
export const backup = async (
  args: readonly string[],
  open: (region: string) => Cloud | Promise<Cloud> = openAccount,
): Promise<void> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      data: { type: 'string', default: '.kubeve' },
      kubeconfig: { type: 'string' },
      'from-stack': { type: 'string' },
      ...storeOptions,
      identities: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(usage);
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new Error(`give one file\n\n${usage}`);
  if (existsSync(file)) throw new Error(`${file} exists already: give another name`);
  const source = await openPlace(values, open);
  const identities = values.identities ? source.identities() : [];
  try {
    const { entries, at } = await writeBackup(file, source.bytes, identities);
    const secret = identities.length > 0 ? ' and the identities, keys included' : '';
    process.stdout.write(`${file} holds ${entries} entries of ${at}${secret}; readable by you alone\n`);
  } finally {
    await source.close();
  }
};

interface Source {
  readonly bytes: Readable;
  close(): Promise<void>;
}

interface Place extends Source {
  identities(): BackupRecord[];
}

type Values = Parameters<typeof openStore>[0] & {
  readonly kubeconfig?: string | undefined;
  readonly 'from-stack'?: string | undefined;
};

const openPlace = async (values: Values, open: (region: string) => Cloud | Promise<Cloud>): Promise<Place> => {
  const { data, kubeconfig, 'from-stack': stack } = values;
  const identities = () => readIdentities(openFolder(join(data, 'pki')), data);
  if (stack !== undefined) return openStack(await open(values.region || 'eu-central-1'), stack, values.tenant);
  if (kubeconfig) return { ...(await openController(kubeconfig)), identities };
  const isTable = values.table !== undefined || values.bucket !== undefined;
  return { ...(await (isTable ? openTable(values) : openSource(data))), identities };
};

const openController = async (kubeconfig: string): Promise<Source> => ({
  bytes: await download(readCluster(kubeconfig), backupPath),
  close: async () => undefined,
});

/** Its table, and its secret with all keys; the roots of AWS are no part of what it is. */
const openStack = async (cloud: Cloud, stack: string, tenant: string | undefined): Promise<Place> => {
  const { secrets, ...where } = await findInstallation(cloud, stack, tenant);
  const { text } = await readAuthority(cloud, secrets);
  const source = await openTable({ data: '', ...where, region: cloud.region });
  return { ...source, identities: () => readIdentities(without(openBundle(text), 'tls-root.pem'), secrets) };
};

const without = (vault: Vault, name: string): Vault => ({
  ...vault,
  read: one => vault.read(one),
  names: () => vault.names().filter(one => one !== name),
});

/** Other commands need no client of a cloud. */
const openAccount = async (region: string): Promise<Cloud> =>
  (await import('../infra/deploy/awscloud.ts')).openAwsCloud(region);

/** The store of a data folder; where a controller has it, that controller's answer. */
const openSource = async (data: string): Promise<Source> => {
  const file = join(data, 'store.db');
  if (!existsSync(file)) throw new Error(`${data} holds no store: say --data DIR, or --kubeconfig FILE`);
  const ports = systemPorts('warn');
  try {
    const store = await openSqliteStore({ file, ...ports });
    return { bytes: toBackup(store, ports), close: () => store.close() };
  } catch (error) {
    if (!isFault(error, 'Conflict')) throw error;
    return openController(join(data, 'kubeconfig'));
  }
};

const openTable = async (flags: Parameters<typeof openStore>[0]): Promise<Source> => {
  const ports = systemPorts('warn');
  const { store, close } = await openStore(flags, ports);
  return { bytes: toBackup(store, ports), close };
};

const readIdentities = (vault: Vault, data: string): BackupRecord[] => {
  const names = vault.names().filter(name => name.endsWith('.pem') || name === 'tokens.csv');
  if (names.length === 0) throw new Error(`${data} holds no identities: say --data DIR`);
  return names.map(name => ({ identity: { name, text: vault.read(name) ?? '' } }));
};

/** Reads and checks all of it on the way. The file is there when it is whole and on the disk. */
const writeBackup = async (
  file: string,
  source: Readable,
  more: readonly BackupRecord[],
): Promise<{ readonly entries: number; readonly at: string }> => {
  const records = decodeBackup(decompress(source));
  const head = await headOf(records);
  let entries = 0;
  const all = async function* (): AsyncGenerator<BackupRecord> {
    for await (const record of records) {
      if ('head' in record) continue;
      if ('entry' in record) entries += 1;
      yield record;
    }
    yield* more;
  };
  const draft = `${file}.unfinished`;
  try {
    const target = await open(draft, 'w', 0o600).catch(unwritable(file));
    try {
      await chmod(draft, 0o600);
      for await (const part of compress(encodeBackup(head, all())))
        await target.appendFile(part).catch(unwritable(file));
      await target.datasync();
    } finally {
      await target.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return { entries, at: head.at };
};

const unwritable =
  (file: string) =>
  (cause: unknown): never => {
    throw new Error(`${file} cannot be written: ${reasonOf(cause)}`, { cause });
  };

const headOf = async (records: ReturnType<typeof decodeBackup>): Promise<BackupHead> => {
  const { value } = await records.next();
  if (value === undefined || !('head' in value)) throw new Error('the controller answered with no backup');
  return value.head;
};
