import type { Deployed } from './ensure.ts';
import type { Resources } from './fragment.ts';

/** A managed policy has room for 6,144 characters; some are for what is around the names. */
const maxCharacters = 5_600;
/** The longest name that a bucket may have, as an ARN. */
const bucketCharacters = 76;

/**
 * What functions may do for tenants: read their identities, and use their part of the bucket, each by its name. As many policies as
 * the names need room. test/infra/roles.test.ts holds what they say.
 */
export const toPolicies = (tenants: readonly Deployed[]): Resources => {
  const objects = ({ name }: Deployed): number => bucketCharacters + name.length + 6;
  const needed = inChunks(tenants, one => one.identityArn.length + objects(one) + 6);
  const cleared = inChunks(tenants, objects);
  return {
    ...Object.fromEntries(needed.map((chunk, at) => [`TenantsPolicy${at}`, toNeeded(chunk, at)])),
    ...Object.fromEntries(cleared.map((chunk, at) => [`TenantsSweepPolicy${at}`, toCleared(chunk, at)])),
  };
};

const toNeeded = (tenants: readonly Deployed[], at: number) =>
  toPolicy(
    `what functions need of tenants (${at})`,
    ['KubeRole', 'DeviceRole', 'ComposeRole', 'SweepRole'],
    [
      ['Identity', ['secretsmanager:GetSecretValue'], tenants.map(({ identityArn }) => identityArn)],
      ['Objects', ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'], tenants.map(toObjects)],
    ],
  );

const toCleared = (tenants: readonly Deployed[], at: number) =>
  toPolicy(
    `what is cleared away of tenants (${at})`,
    ['SweepRole'],
    [['ClearingObjects', ['s3:DeleteObject'], tenants.map(toObjects)]],
  );

const toObjects = ({ name }: Deployed) => ({ 'Fn::Sub': `\${Bucket.Arn}/${name}/*` });

type Statement = readonly [sid: string, actions: readonly string[], resources: readonly unknown[]];

const toPolicy = (description: string, roles: readonly string[], statements: readonly Statement[]) => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: {
    Description: description,
    Roles: roles.map(role => ({ Ref: role })),
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: statements.map(([Sid, Action, Resource]) => ({ Sid, Effect: 'Allow', Action, Resource })),
    },
  },
});

const inChunks = (tenants: readonly Deployed[], size: (tenant: Deployed) => number): Deployed[][] => {
  const chunks: Deployed[][] = [];
  let left = 0;
  for (const tenant of tenants) {
    const own = size(tenant);
    const last = chunks.at(-1);
    if (last && own <= left) last.push(tenant);
    else {
      chunks.push([tenant]);
      left = maxCharacters;
    }
    left -= own;
  }
  return chunks;
};
