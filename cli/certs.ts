import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { recallFormer } from '../functions/identity/former.ts';
import { recallPair } from '../functions/identity/keyring.ts';
import { type Rotated, rotate } from '../functions/identity/rotate.ts';
import type { Vault } from '../functions/identity/vault.ts';
import { openFolder } from '../functions/node/folder.ts';
import type { Cloud } from '../infra/deploy/cloud.ts';
import { readStack } from './certs/stack.ts';

const usage = `usage: kubeve certs [rotate [signing] [ecdh] | retire] [flags]

Shows the certificates by which devices know this installation, or makes new ones: both, or the one that is named.
What runs goes on with them without a pause, a controller on a data folder within a second, others within five minutes;
no device has to be touched. Devices that are away meanwhile find their way when they come back.

  signing   signs what devices are told. Devices notice with their next request and read the new one.
  ecdh      encrypts secrets for devices. The new one is published beside the former one; each device gets its secrets
            under it as soon as it is known to have read it. The former one goes when no device needs it: from a
            data folder by itself, from a stack with kubeve certs retire, not before a day has passed.

  --data DIR          data folder of the controller    (.kubeve)
  --from-stack NAME   a stack that npm run deploy made, instead of a folder: kubeve-prod, for the stage prod
  --tenant NAME       one of the stack's tenants
  --region REGION     of the stack  (AWS_REGION, else eu-central-1)
`;

/** `kubeve certs`. */
export const certs = async (
  args: readonly string[],
  open: (region: string) => Cloud | Promise<Cloud> = openAccount,
): Promise<void> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      data: { type: 'string', default: '.kubeve' },
      'from-stack': { type: 'string' },
      tenant: { type: 'string' },
      region: { type: 'string', default: process.env.AWS_REGION ?? 'eu-central-1' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(usage);
  const [verb, ...names] = positionals;
  const { 'from-stack': stack, tenant } = values;
  if (stack === undefined && tenant !== undefined)
    throw new Error('--tenant belongs to --from-stack: on a data folder say --data DIR/tenants/NAME');
  const place =
    stack === undefined ? readFolder(values.data) : await readStack(await open(values.region), stack, tenant);
  if (verb === undefined) return void process.stdout.write(list(place.vault));
  if (verb === 'retire' && names.length === 0) return void process.stdout.write(await place.retire());
  if (verb !== 'rotate') throw new Error(`there is no kubeve certs ${[verb, ...names].join(' ')}\n\n${usage}`);
  const wanted = names.length === 0 ? [...kinds] : names.map(toKind);
  const where = await place.rotate(wanted);
  process.stdout.write(`A new key for ${wanted.join(' and ')} is in ${where}\n`);
};

/** Where certificates are kept. */
export interface Place {
  readonly vault: Vault;
  /** Answers where the new ones are, and who takes them over when. */
  rotate(what: readonly Rotated[]): Promise<string>;
  /** Answers what was done. */
  retire(): Promise<string>;
}

const readFolder = (data: string): Place => {
  const vault = openFolder(join(data, 'pki'));
  if (vault.read('ecdh.pem') === undefined)
    throw new Error(`${data} holds no certificates: say --data DIR, or start kubeve first`);
  return {
    vault,
    async rotate(what) {
      for (const one of what) rotate(vault, one);
      return `${data}/pki. A controller that runs takes it over within a second.`;
    },
    retire: async () => 'A controller that runs on a data folder retires former certificates by itself.\n',
  };
};

/** Other commands need no client of a cloud. */
const openAccount = async (region: string): Promise<Cloud> =>
  (await import('../infra/deploy/awscloud.ts')).openAwsCloud(region);

const kinds: readonly Rotated[] = ['signing', 'ecdh'];

const toKind = (name: string): Rotated => {
  const found = kinds.find(kind => kind === name);
  if (!found) throw new Error(`'${name}' cannot be rotated: say signing, ecdh, or nothing for both`);
  return found;
};

const list = (vault: Vault): string => {
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
