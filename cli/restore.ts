import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Vault } from '../functions/identity/vault.ts';
import { openBackupFile } from '../functions/node/backupfile.ts';
import { openFolder } from '../functions/node/folder.ts';
import { openStore } from '../functions/node/openstore.ts';
import { systemPorts } from '../functions/node/ports.ts';
import { storeOptions, storeUsage } from './storeflags.ts';

const usage = `usage: kubeve restore FILE [flags]

Puts a backup into an empty data folder, from which \`kubeve serve\` then goes on: with the same objects, the same device
UUIDs, and the identities if the backup has them. Run it again when it broke off.

  --data DIR         the data folder                             (.kubeve)
${storeUsage}  --help             this text

A stack in AWS begins with a backup by \`npm run deploy -- --restore FILE\`, which puts the identities where they belong.
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
  const backup = await openBackupFile(file);
  const isFolder = values.table === undefined && values.bucket === undefined;
  const vault = openFolder(join(values.data, 'pki'));
  // A table has none beside it.
  const identities = isFolder ? backup.identities : new Map<string, string>();
  mustFit(identities, vault, values.data);
  const { store, name, close } = await openStore(values, systemPorts('warn'));
  try {
    const { entries, at } = await backup.restore(store);
    for (const [identity, text] of identities) if (vault.read(identity) !== text) vault.write(identity, text);
    process.stdout.write(
      `${name} holds the ${entries} entries of ${at}\n${isFolder ? toAdvice(identities, vault, values.data) : ''}`,
    );
  } finally {
    await close();
  }
};

type Identities = ReadonlyMap<string, string>;

/** Another installation's identities are never overwritten. */
const mustFit = (identities: Identities, vault: Vault, data: string): void => {
  const other = [...identities].find(
    ([name, text]) => name.endsWith('.key.pem') && (vault.read(name) ?? text) !== text,
  );
  if (other)
    throw new Error(`${data} has identities of its own, not those of the backup: give an empty folder with --data`);
};

const toAdvice = (identities: Identities, vault: Vault, data: string): string => {
  if (identities.has('tokens.csv'))
    return `The tokens of its users are in ${join(data, 'pki/tokens.csv')}: say so with --token-file when you start.\n`;
  return identities.size > 0 || vault.names().length > 0
    ? ''
    : 'It has no identities: put the former pki/ folder there before you start, or devices and users will not know it.\n';
};
