import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { openBundle } from '../functions/identity/bundle.ts';
import { recallPair } from '../functions/identity/keyring.ts';
import { toUser } from '../functions/identity/kubeconfig.ts';
import { toPartition } from '../functions/identity/partition.ts';
import type { Vault } from '../functions/identity/vault.ts';
import { writeFile } from '../functions/node/files.ts';
import type { Cloud } from '../infra/deploy/cloud.ts';
import { administratorToken, authorityName } from '../infra/deploy/identities.ts';
import { findInstallation } from '../infra/deploy/installation.ts';

const usage = `usage: kubeve kubeconfig --from-stack NAME [flags]

Prints the administrator's kubeconfig of a stack that \`npm run deploy\` made. Whoever may read its secret can do so.

  --from-stack NAME  the stack: kubeve-prod, for the stage prod
  --tenant NAME      of one of its tenants instead
  --region REGION    (AWS_REGION, else eu-central-1)
  --output FILE      writes the kubeconfig there, readable by you alone
  --partition DIR    writes the files for the config partition of devices there
  --help             this text
`;

/** `kubeve kubeconfig`. */
export const kubeconfig = async (
  args: readonly string[],
  open: (region: string) => Cloud | Promise<Cloud> = openAccount,
): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'from-stack': { type: 'string' },
      tenant: { type: 'string' },
      region: { type: 'string', default: process.env.AWS_REGION ?? 'eu-central-1' },
      output: { type: 'string' },
      partition: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(usage);
  const { 'from-stack': stack, region, output, partition } = values;
  if (stack === undefined) throw new Error(`give a stack\n\n${usage}`);
  const cloud = await open(region);
  const { secrets, kubeUrl: url, deviceUrl } = await findInstallation(cloud, stack, values.tenant);
  if (partition !== undefined && deviceUrl === undefined)
    throw new Error(`no device reaches ${values.tenant}: give it deviceHosts in the list of --tenants, and deploy`);
  const secret = await cloud.readSecret(authorityName(secrets));
  if (!secret) throw new Error(`the secret ${authorityName(secrets)} is missing: deploy again, which makes it anew`);
  const vault = openBundle(secret.text);
  const text = toStackKubeconfig(vault, values.tenant === undefined ? stack : `${stack}-${values.tenant}`, url);
  if (partition !== undefined && deviceUrl !== undefined) writePartition(vault, deviceUrl, partition);
  if (output === undefined) process.stdout.write(text);
  else writeFile(output, text);
};

/** Other commands need no client of a cloud. */
const openAccount = async (region: string): Promise<Cloud> =>
  (await import('../infra/deploy/awscloud.ts')).openAwsCloud(region);

/** The server's certificate is the platform's, which every client trusts. Without a client certificate the token does. */
const toStackKubeconfig = (vault: Vault, name: string, url: string): string => {
  const user = { token: administratorToken(vault) ?? '', ...toUser(recallPair(vault, 'admin')) };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url.replace(/\/$/, '') } }],
    users: [{ name: `${name}-admin`, user }],
    contexts: [{ name, context: { cluster: name, user: `${name}-admin` } }],
    'current-context': name,
  });
};

const writePartition = (vault: Vault, deviceUrl: string, dir: string): void => {
  const { hostname, port } = new URL(deviceUrl);
  const identity = { root: recallPair(vault, 'root'), onboard: recallPair(vault, 'onboard') };
  const files = toPartition(identity, `${hostname}:${port || '443'}`, vault.read('tls-root.pem'));
  for (const [name, content] of Object.entries(files)) writeFile(join(dir, name), content);
};
