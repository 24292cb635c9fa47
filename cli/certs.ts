import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { recallFormer } from '../functions/identity/former.ts';
import { recallPair } from '../functions/identity/keyring.ts';
import { type Rotated, rotate } from '../functions/identity/rotate.ts';
import { openFolder } from '../functions/node/folder.ts';

const usage = `usage: kubeve certs [rotate [signing] [ecdh]] [flags]

Shows the certificates by which devices know this installation, or makes new ones: both, or the one that is named.
A controller that runs goes on with them at once, without a pause; no device has to be touched. Devices that are away
meanwhile find their way when they come back.

  signing   signs what devices are told. Devices notice with their next request and read the new one.
  ecdh      encrypts secrets for devices. The new one is published beside the former one; each device gets its secrets
            under it as soon as it is known to have read it. The former one goes when no device needs it.

  --data DIR   data folder of the controller    (.kubeve)
`;

/** `kubeve certs`. */
export const certs = (args: readonly string[]): void => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { data: { type: 'string', default: '.kubeve' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const vault = openFolder(join(values.data, 'pki'));
  if (vault.read('ecdh.pem') === undefined)
    throw new Error(`${values.data} holds no certificates: say --data DIR, or start kubeve first`);
  const [verb, ...names] = positionals;
  if (verb === undefined) {
    process.stdout.write(list(vault));
    return;
  }
  if (verb !== 'rotate') throw new Error(`there is no kubeve certs ${verb}\n\n${usage}`);
  const wanted = names.length === 0 ? [...kinds] : names.map(toKind);
  for (const what of wanted) rotate(vault, what);
  process.stdout.write(
    `A new key for ${wanted.join(' and ')} is in ${values.data}/pki. A controller that runs takes it over within a second.\n`,
  );
};

const kinds: readonly Rotated[] = ['signing', 'ecdh'];

const toKind = (name: string): Rotated => {
  const found = kinds.find(kind => kind === name);
  if (!found) throw new Error(`'${name}' cannot be rotated: say signing, ecdh, or nothing for both`);
  return found;
};

const list = (vault: ReturnType<typeof openFolder>): string => {
  const rows = [
    ['signing', recallPair(vault, 'signing')] as const,
    ['ecdh', recallPair(vault, 'ecdh')] as const,
    ...recallFormer(vault).map(pair => ['ecdh, former', pair] as const),
  ];
  const lines = rows.map(
    ([name, { certificate }]) => `${name.padEnd(14)}until ${certificate.validTo}  ${certificate.fingerprint256}`,
  );
  return `${lines.join('\n')}\n`;
};
