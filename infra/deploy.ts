/** `npm run deploy`: kubeve in an AWS account (docs/deploy.md). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Vault } from '../functions/identity/vault.ts';
import { openBackupFile } from '../functions/node/backupfile.ts';
import { fail } from '../functions/node/fail.ts';
import { openFolder } from '../functions/node/folder.ts';
import { openStore } from '../functions/node/openstore.ts';
import { systemPorts } from '../functions/node/ports.ts';
import { readTenants } from '../functions/node/tenants.ts';
import { parseYaml } from '../shared/base/yaml.ts';
import { toAuditPolicy } from '../shared/kube/audit/policy.ts';
import { openAwsCloud } from './deploy/awscloud.ts';
import { auditPolicyFile, deploy, type StorePlace, stackName } from './deploy/deploy.ts';
import { type DeployFlags, parseDeployFlags, usage } from './deploy/flags.ts';
import type { Beginning } from './deploy/restore.ts';
import { entrancesOf } from './deploy/tenants/entrance.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs a program of Node's, shown as it works. */
const run = async (args: readonly string[], failure: string): Promise<void> => {
  const [code] = await once(spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }), 'exit');
  if (code !== 0) throw new Error(failure);
};

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

const build = async (auditPolicy: string | undefined): Promise<void> => {
  await run(['--import', 'tsx', 'infra/build.ts'], 'the functions could not be bundled: run npm ci, and deploy again');
  if (auditPolicy !== undefined) write(auditPolicyFile, auditPolicy);
};

/** Tenants of an installation that moves here: their identities are in its data folder, beside its own. */
const fromTenant = (pki: string | undefined, name: string): Vault | undefined => {
  const folder = pki === undefined ? '' : join(pki, '..', 'tenants', name, 'pki');
  return pki !== undefined && existsSync(folder) ? openFolder(folder) : undefined;
};

/** Files are read before anything is made. */
const openBeginnings = async (restores: DeployFlags['restore']): Promise<Beginning[]> => {
  const beginnings: Beginning[] = [];
  for (const one of restores) beginnings.push({ ...one, file: await openBackupFile(one.path) });
  return beginnings;
};

/** The text of an audit policy that functions will understand. */
const readAuditPolicy = (path: string): string => {
  try {
    const text = readFileSync(path, 'utf8');
    toAuditPolicy(parseYaml(text));
    return text;
  } catch (error) {
    throw new Error(`--audit-policy ${path}: ${error instanceof Error ? error.message : error}`);
  }
};

/** The framework's own program. */
const deployStack = (stage: string, region: string, params: Readonly<Record<string, string>>): Promise<void> => {
  const program = join(dirname(createRequire(import.meta.url).resolve('osls/package.json')), 'bin/serverless.js');
  const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  return run(
    [program, 'deploy', '--stage', stage, '--region', region, ...given],
    'the stack could not be deployed; AWS says why above. Mend that, and deploy again',
  );
};

const main = async (): Promise<void> => {
  const flags = parseDeployFlags(process.argv.slice(2));
  if (flags.help) return print(usage);
  // Whether the list can be read is known before AWS is asked what else is served.
  readTenants(flags.tenants, '');
  const region = flags.region ?? process.env.AWS_REGION ?? 'eu-central-1';
  const from = flags.pki === undefined ? {} : { from: openFolder(flags.pki) };
  const auditPolicy = flags.auditPolicy === undefined ? undefined : readAuditPolicy(flags.auditPolicy);
  const made = { build: () => build(auditPolicy), write, deployStack };
  const given = {
    tenants: (own: string) => readTenants(flags.tenants, own),
    read: (path: string) => readFileSync(path, 'utf8'),
    fromTenant: (name: string) => fromTenant(flags.pki, name),
    beginnings: await openBeginnings(flags.restore),
    openStore: (place: StorePlace) => openStore({ data: '', ...place }, systemPorts('warn')),
  };
  const parts = { cloud: openAwsCloud(region), flags, ...made, ...given, say: print, ports: systemPorts(), ...from };
  const outputs = await deploy(parts);
  const stack = stackName(flags.stage);
  print(`
Kubernetes API  ${outputs['KubeUrl']}
devices         ${outputs['DeviceUrl']}

  npx tsx cli/kubeve.ts kubeconfig --from-stack ${stack} --region ${region} \\
      --output ${stack}.kubeconfig --partition ./${stack}-eve
  KUBECONFIG=${stack}.kubeconfig kubectl get devices -A`);
  for (const { name, kubeUrl, deviceUrl } of entrancesOf(outputs))
    print(`
tenant ${name}
Kubernetes API  ${kubeUrl}
devices         ${deviceUrl ?? 'none: give it deviceHosts'}

  npx tsx cli/kubeve.ts kubeconfig --from-stack ${stack} --region ${region} --tenant ${name} \\
      --output ${stack}-${name}.kubeconfig`);
};

main().catch((error: unknown) => fail('deploy', 'npm run deploy -- --help', error));
