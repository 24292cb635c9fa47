import { accessSync, constants, createReadStream } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decompress } from '../functions/backup.ts';
import type { Vault } from '../functions/identity/vault.ts';
import { openFolder } from '../functions/node/folder.ts';
import { systemPorts } from '../functions/node/ports.ts';
import { configs } from '../shared/compose/kinds.ts';
import { outdate } from '../shared/compose/served.ts';
import { anyToken } from '../shared/kube/access/bearer.ts';
import { createRbac } from '../shared/kube/access/rbac.ts';
import { resources } from '../shared/resources/index.ts';
import { decodeBackup } from '../shared/store/backup/decode.ts';
import { restoreBackup } from '../shared/store/backup/restore.ts';
import { createMemoryStore } from '../shared/store/drivers/memory.ts';
import { openStore, storeOptions, storeUsage } from './store.ts';

const usage = `usage: kubeve restore FILE [flags]

Puts a backup into an empty data folder, from which \`kubeve serve\` then goes on: with the same objects, the same device
UUIDs, and the identities if the backup has them. Run it again when it broke off.

  --data DIR         the data folder                             (.kubeve)
${storeUsage}  --help             this text

In AWS the identities are in secrets: \`npm run deploy -- --pki DIR\` puts them there.
`;

/** `kubeve restore`. */
export const restore = async (args: readonly string[]): Promise<void> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      data: { type: 'string', default: '.kubeve' },
      ...storeOptions,
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(usage);
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new Error(`give one file\n\n${usage}`);
  mustBeReadable(file);
  const open = () => decompress(createReadStream(file));
  const isFolder = values.table === undefined && values.bucket === undefined;
  const vault = openFolder(join(values.data, 'pki'));
  const found = await readIdentities(open());
  // A table has none beside it.
  const identities = isFolder ? found : new Map<string, string>();
  mustFit(identities, vault, values.data);
  const { store, name, close } = await openStore(values, systemPorts('warn'));
  try {
    const types = await builtInTypes();
    const { entries, at } = await restoreBackup(store, { open, types, rewrite: { [configs]: outdate } });
    for (const [identity, text] of identities) if (vault.read(identity) !== text) vault.write(identity, text);
    process.stdout.write(
      `${name} holds the ${entries} entries of ${at}\n${isFolder ? toAdvice(identities, vault) : ''}`,
    );
  } finally {
    await close();
  }
};

const mustBeReadable = (file: string): void => {
  try {
    accessSync(file, constants.R_OK);
  } catch (cause) {
    throw new Error(`${file} cannot be read: give a file that \`kubeve backup\` wrote`, { cause });
  }
};

type Identities = ReadonlyMap<string, string>;

const readIdentities = async (bytes: AsyncIterable<Uint8Array>): Promise<Identities> => {
  const found = new Map<string, string>();
  for await (const record of decodeBackup(bytes)) {
    if (!('identity' in record)) continue;
    const { name, text } = record.identity;
    // They become names of files.
    if (!/^[a-z0-9][a-z0-9.-]{0,99}\.pem$/.test(name))
      throw new Error(`the backup has an identity of a strange name: ${name}`);
    found.set(name, text);
  }
  return found;
};

/** Another installation's identities are never overwritten. */
const mustFit = (identities: Identities, vault: Vault, data: string): void => {
  const other = [...identities].find(
    ([name, text]) => name.endsWith('.key.pem') && (vault.read(name) ?? text) !== text,
  );
  if (other)
    throw new Error(`${data} has identities of its own, not those of the backup: give an empty folder with --data`);
};

/** Store types of all kinds that somebody may watch. */
const builtInTypes = async (): Promise<string[]> => {
  const store = createMemoryStore({ clock: { now: () => 0 } });
  const all = resources({ rbac: createRbac({ store }), tokens: anyToken([], []), marks: store.marks });
  await store.close();
  return [...new Set(all.filter(({ verbs }) => verbs.includes('watch')).map(({ storage }) => storage))];
};

const toAdvice = (identities: Identities, vault: Vault): string =>
  identities.size > 0 || vault.names().length > 0
    ? ''
    : 'It has no identities: put the former pki/ folder there before you start, or devices and users will not know it.\n';
