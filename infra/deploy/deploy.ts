import { createHash } from 'node:crypto';
import { openBundle } from '../../functions/identity/bundle.ts';
import type { Vault } from '../../functions/identity/vault.ts';
import type { OpenStore } from '../../functions/node/openstore.ts';
import type { Tenant } from '../../functions/tenants/tenant.ts';
import type { Ports } from '../../shared/base/ports.ts';
import { adoptStore } from './adopt.ts';
import type { Cloud } from './cloud.ts';
import { createStore } from './createstore.ts';
import type { DeployFlags } from './flags.ts';
import { authorityName, ensureIdentities, type Identities } from './identities.ts';
import { repairStack, type Say } from './repair.ts';
import { type Beginning, identityIn, restoreAll } from './restore.ts';
import { type Declared, toDeclared } from './tenants/declared.ts';
import { type Deployed, ensureTenants } from './tenants/ensure.ts';
import { entrancesOf } from './tenants/entrance.ts';
import { toFragment } from './tenants/fragment.ts';
import { packTenants, tenantsFile } from './tenants/pack.ts';
import { tenantSecrets } from './tenants/place.ts';

export interface DeployParts {
  readonly cloud: Cloud;
  readonly flags: DeployFlags;
  /** Tenants beside the one whose name is given. */
  tenants?(own: string): readonly Tenant[];
  /** The text of a file that tenants name. */
  read?(path: string): string;
  /** Bundles the functions, with the files that the flags name. */
  build(): Promise<void>;
  /** Writes a file, by its path in the repository. */
  write(path: string, text: string): void;
  /** Deploys serverless.yml with these parameters; rejects when it could not. */
  deployStack(stage: string, region: string, params: Readonly<Record<string, string>>): Promise<void>;
  readonly from?: Vault;
  /** The identity of a tenant that moves here. */
  fromTenant?(name: string): Vault | undefined;
  /** Backups to begin with. */
  readonly beginnings?: readonly Beginning[];
  /** Opens a tenant's part of a table and a bucket. */
  openStore?(place: StorePlace): Promise<OpenStore>;
  readonly say: Say;
  readonly ports: Pick<Ports, 'clock' | 'random'>;
  /** Between two looks at a stack that is changing; milliseconds. */
  readonly pollMs?: number;
}

export interface StorePlace {
  readonly table: string;
  readonly bucket: string;
  readonly tenant: string;
  readonly region: string;
}

/** Where the audit policy lies in the package of `kube`, and in the repository when that is made. */
export const auditPolicyFile = '.build/lambda/kube/audit-policy.yaml';
/** What serverless.yml takes of tenants. */
const fragmentFile = '.build/stack/tenants.json';

export const stackName = (stage: string): string => `kubeve-${stage}`;

/**
 * Deploys everything, or brings it up to date: identities, bundles, the stack, the lists of authorities that clients'
 * certificates are checked against. Every step finds out by itself what is done already. Returns the stack's outputs.
 */
export const deploy = async (parts: DeployParts): Promise<Readonly<Record<string, string>>> => {
  const { cloud, flags, say, ports } = parts;
  const stack = stackName(flags.stage);
  say(`1/4 what is there of ${stack} in ${cloud.region}`);
  const before = await repairStack(cloud, stack, say, parts.pollMs);
  const outputs = before?.outputs ?? {};
  const own = flags.tenant ?? outputs['Tenant'] ?? 'main';
  const declared = toDeclared(parts.tenants?.(own) ?? [], stack, flags);
  mustKeep(outputs, declared, flags.without);
  const packed = (all: readonly Tenant[]) => packTenants(all, path => parts.read?.(path) ?? '');
  // What is wrong with a file is said before anything is made.
  packed(declared);
  const { beginnings = [] } = parts;
  mustBegin(beginnings, declared, own);
  say('2/4 identities');
  const from = identityIn(beginnings, undefined) ?? parts.from;
  if (beginnings.some(({ tenant }) => tenant === undefined) && !from) await mustBeKnown(cloud, stack);
  const identities = await ensureIdentities(cloud, stack, ports, from);
  say(`    ${identities.news} in the secrets ${stack}/authority and ${stack}/identity`);
  const fromTenant = (name: string): Vault | undefined => identityIn(beginnings, name) ?? parts.fromTenant?.(name);
  for (const { tenant } of beginnings)
    if (tenant !== undefined && !fromTenant(tenant)) await mustBeKnown(cloud, tenantSecrets(stack, tenant));
  const tenants = await ensureTenants(declared, { cloud, stack, ports, say, from: fromTenant });
  say('3/4 bundles');
  await parts.build();
  for (const [path, text] of packed(tenants.map(toServed))) parts.write(path, text);
  say('4/4 stack');
  const { bucket: named } = flags;
  const found = outputs['BucketName'];
  if (beginnings.length > 0) {
    const place = found ?? (await createStore(cloud, stack, named, say, parts.pollMs));
    await restoreAll(beginnings, {
      own,
      say,
      openStore: tenant => opener(parts)({ table: stack, bucket: place, tenant, region: cloud.region }),
    });
  } else if (!before) await adoptStore(cloud, stack, named, say, parts.pollMs);
  const round = async (bucket: string | undefined) => {
    const trust = (owner: Identities) => (flags.mtls && bucket ? putTruststore(cloud, bucket, owner) : '');
    const truststores = new Map<string, string>();
    for (const { name, kubeHosts, identities: its } of tenants)
      if (kubeHosts.length > 0) truststores.set(name, await trust(its));
    const { domain, mtls } = flags;
    parts.write(fragmentFile, JSON.stringify(toFragment({ own, tenants, domain, truststores, mtls })));
    const params = toParams(flags, own, tenants, identities, await trust(identities));
    await parts.deployStack(flags.stage, cloud.region, params);
    return outputsOf(cloud, stack);
  };
  const first = await round(found);
  if (!flags.mtls || found) return first;
  // The lists of authorities lie in the bucket that the first round made.
  say('    once more, for client certificates');
  return round(first['BucketName']);
};

const opener = ({ openStore }: DeployParts): NonNullable<DeployParts['openStore']> => {
  if (!openStore) throw new TypeError('nothing opens a store to restore a backup into');
  return openStore;
};

/** Whoever is restored is served. */
const mustBegin = (beginnings: readonly Beginning[], declared: readonly Declared[], own: string): void => {
  for (const { tenant, path } of beginnings)
    if (tenant === own) throw new Error(`${tenant} is the stack itself: say --restore ${path}`);
    else if (tenant !== undefined && !declared.some(({ name }) => name === tenant))
      throw new Error(`--restore ${tenant}=${path}: ${tenant} is not in the list of --tenants`);
};

/** Without the keys that they know, devices and users would not know what is restored. */
const mustBeKnown = async (cloud: Cloud, secrets: string): Promise<void> => {
  if (await cloud.readSecret(authorityName(secrets))) return;
  throw new Error(
    `the backup has no identities, and there is no secret ${authorityName(secrets)}: give a backup that was made with --identities, or the pki folder with --pki`,
  );
};

/** A list that was forgotten must not lock anybody out. */
const mustKeep = (
  outputs: Readonly<Record<string, string>>,
  declared: readonly Declared[],
  without: readonly string[],
): void => {
  const contrary = without.find(name => declared.some(one => one.name === name));
  if (contrary !== undefined) throw new Error(`${contrary} is in the list of --tenants and in --without-tenant`);
  const lost = entrancesOf(outputs)
    .map(({ name }) => name)
    .filter(name => !declared.some(one => one.name === name) && !without.includes(name));
  if (lost.length === 0) return;
  const drop = lost.map(name => `--without-tenant ${name}`).join(' ');
  throw new Error(
    `the stack serves ${lost.join(', ')}, which no list names: give --tenants FILE with them, or say ${drop} (what is stored of them stays)`,
  );
};

/** What functions are told of a tenant. */
const toServed = ({ kubeHosts: _, eveHosts: __, identities: ___, identityArn, ...tenant }: Deployed): Tenant => ({
  ...tenant,
  identity: identityArn,
});

const toParams = (
  flags: DeployFlags,
  own: string,
  tenants: readonly Deployed[],
  { authority, serving }: Identities,
  truststore: string,
) => ({
  identity: serving.arn,
  authority: authority.arn,
  tenant: own,
  tenants: fragmentFile,
  tenantsFile: tenants.length > 0 ? tenantsFile : '',
  hasKubeHosts: String(tenants.some(({ kubeHosts }) => kubeHosts.length > 0)),
  hasDeviceHosts: String(tenants.some(({ eveHosts }) => eveHosts.length > 0)),
  domain: flags.domain,
  domainCertificate: flags.domainCertificate,
  deviceDomain: flags.deviceDomain,
  deviceDomainCertificate: flags.deviceDomainCertificate,
  zone: flags.zone,
  alarmEmail: flags.alarmEmail,
  auditPolicy: flags.auditPolicy === undefined ? '' : auditPolicyFile,
  adamApi: String(flags.adamApi),
  adamNamespace: flags.adamNamespace,
  truststore,
});

/** The URI of the client authority's certificate. Another authority is another object: API Gateway reads it but once. */
const putTruststore = async (cloud: Cloud, bucket: string, { serving }: Identities): Promise<string> => {
  const pem = openBundle(serving.text).read('client-authority.pem') ?? '';
  const key = `truststore/${createHash('sha256').update(pem).digest('hex').slice(0, 16)}.pem`;
  await cloud.putObject(bucket, key, pem);
  return `s3://${bucket}/${key}`;
};

const outputsOf = async (cloud: Cloud, stack: string): Promise<Readonly<Record<string, string>>> => {
  const found = await cloud.findStack(stack);
  if (!found) throw new Error(`${stack} is not there after its deployment: deploy again`);
  return found.outputs;
};
