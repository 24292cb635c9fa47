import { createHash } from 'node:crypto';
import { openBundle } from '../../functions/identity/bundle.ts';
import type { Vault } from '../../functions/identity/vault.ts';
import type { Ports } from '../../shared/base/ports.ts';
import { adoptStore } from './adopt.ts';
import type { Cloud } from './cloud.ts';
import type { DeployFlags } from './flags.ts';
import { ensureIdentities, type Identities } from './identities.ts';
import { repairStack, type Say } from './repair.ts';

export interface DeployParts {
  readonly cloud: Cloud;
  readonly flags: DeployFlags;
  /** Bundles the functions, with the files that the flags name. */
  build(): Promise<void>;
  /** Deploys serverless.yml with these parameters; rejects when it could not. */
  deployStack(stage: string, region: string, params: Readonly<Record<string, string>>): Promise<void>;
  readonly from?: Vault;
  readonly say: Say;
  readonly ports: Pick<Ports, 'clock' | 'random'>;
  /** Between two looks at a stack that is changing; milliseconds. */
  readonly pollMs?: number;
}

/** Where the audit policy lies in the package of `kube`, and in the repository when that is made. */
export const auditPolicyFile = '.build/lambda/kube/audit-policy.yaml';

export const stackName = (stage: string): string => `kubeve-${stage}`;

/**
 * Deploys everything, or brings it up to date: identities, bundles, the stack, the list of authorities that clients'
 * certificates are checked against. Every step finds out by itself what is done already. Returns the stack's outputs.
 */
export const deploy = async (parts: DeployParts): Promise<Readonly<Record<string, string>>> => {
  const { cloud, flags, say, ports, from } = parts;
  const stack = stackName(flags.stage);
  say(`1/4 identities`);
  const identities = await ensureIdentities(cloud, stack, ports, from);
  say(`    ${identities.news} in the secrets ${stack}/authority and ${stack}/identity`);
  say('2/4 bundles');
  await parts.build();
  say(`3/4 stack ${stack} in ${cloud.region}`);
  const before = await repairStack(cloud, stack, say, parts.pollMs);
  if (!before) await adoptStore(cloud, stack, flags.bucket, say, parts.pollMs);
  const bucket = before?.outputs['BucketName'];
  const truststore = flags.mtls && bucket ? await putTruststore(cloud, bucket, identities) : '';
  await parts.deployStack(flags.stage, cloud.region, toParams(flags, identities, truststore));
  let outputs = await outputsOf(cloud, stack);
  if (flags.mtls && truststore === '') {
    // The list of authorities lies in the bucket that the first round made.
    say('    once more, for client certificates');
    const later = await putTruststore(cloud, outputs['BucketName'] ?? '', identities);
    await parts.deployStack(flags.stage, cloud.region, toParams(flags, identities, later));
    outputs = await outputsOf(cloud, stack);
  }
  say('4/4 done');
  return outputs;
};

const toParams = (flags: DeployFlags, { authority, serving }: Identities, truststore: string) => ({
  identity: serving.arn,
  authority: authority.arn,
  tenant: flags.tenant,
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
