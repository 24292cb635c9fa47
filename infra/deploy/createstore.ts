import { adoptStore } from './adopt.ts';
import type { Cloud } from './cloud.ts';
import { repairStack, type Say } from './repair.ts';
import { toStoreTemplate } from './storetemplate.ts';

/**
 * Makes a stack of its table and its bucket alone, so that something can be put into them before functions begin to: those that an
 * earlier stack left, else new ones. Returns the name of the bucket. Throws an Error that says what to do.
 */
export const createStore = async (
  cloud: Cloud,
  stack: string,
  named: string | undefined,
  say: Say,
  pollMs?: number,
): Promise<string> => {
  const adopted = await adoptStore(cloud, stack, named, say, pollMs);
  if (adopted !== undefined) return adopted;
  say(`    the table and the bucket of ${stack} first`);
  await cloud.createStack(stack, toStoreTemplate(stack, { hasOutputs: true }));
  const found = await repairStack(cloud, stack, say, pollMs);
  const bucket = found?.outputs['BucketName'];
  if (bucket === undefined)
    throw new Error(
      `the table and the bucket of ${stack} were not made: see its events in the CloudFormation console, then deploy again`,
    );
  return bucket;
};
