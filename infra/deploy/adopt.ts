import type { Cloud } from './cloud.ts';
import { repairStack, type Say } from './repair.ts';
import { toStoreTemplate } from './storetemplate.ts';

/**
 * A stack that was removed leaves its table and its bucket. Takes them into a new stack, as they are and with all that is in them,
 * so that the deployment finds them there. Does nothing where there is no such table. Throws an Error that says what to do when
 * it is not clear which bucket belongs to it. Returns the bucket's name.
 */
export const adoptStore = async (
  cloud: Cloud,
  stack: string,
  named: string | undefined,
  say: Say,
  pollMs?: number,
): Promise<string | undefined> => {
  if (!(await cloud.hasTable(stack))) return undefined;
  const bucket = named ?? (await findBucket(cloud, stack));
  say(`    an earlier ${stack} left the table ${stack} and the bucket ${bucket}: taking them over with what they hold`);
  await cloud.importStack(stack, toStoreTemplate(stack, { hasOutputs: false }), [
    { type: 'AWS::DynamoDB::Table', id: 'Table', identifier: { TableName: stack } },
    { type: 'AWS::S3::Bucket', id: 'Bucket', identifier: { BucketName: bucket } },
  ]);
  const found = await repairStack(cloud, stack, say, pollMs);
  if (found?.status !== 'IMPORT_COMPLETE')
    throw new Error(
      `${stack} could not take over its table and bucket${found?.reason ? ` (${found.reason})` : ''}: see its events in the CloudFormation console, then deploy again`,
    );
  return bucket;
};

/** CloudFormation names a bucket for its stack. */
const findBucket = async (cloud: Cloud, stack: string): Promise<string> => {
  const found = await cloud.findBuckets(`${stack}-bucket-`);
  const [bucket] = found;
  if (bucket !== undefined && found.length === 1) return bucket;
  const what = bucket === undefined ? 'its bucket is not' : `it may belong to any of the buckets ${found.join(', ')}`;
  throw new Error(
    `an earlier ${stack} left the table ${stack}, and ${what}: say which with --bucket NAME, or delete the table if nothing in it matters`,
  );
};
