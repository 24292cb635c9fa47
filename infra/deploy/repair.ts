import { setTimeout as sleep } from 'node:timers/promises';
import type { Cloud, Stack } from './cloud.ts';

/** Says what is done. */
export type Say = (line: string) => void;

/**
 * Brings a stack that an earlier deployment left half done to where it can be deployed: waits for what still runs, ends a
 * rollback that got stuck, takes away a stack whose first creation failed (nothing is in it yet). Throws an Error that says
 * what to do when only a person can go on.
 */
export const repairStack = async (cloud: Cloud, name: string, say: Say, pollMs = 5000): Promise<Stack | undefined> => {
  for (let polls = 0; polls < maxPolls; polls++) {
    const stack = await cloud.findStack(name);
    const status = stack?.status ?? 'DELETE_COMPLETE';
    switch (toStep(status, Object.keys(stack?.outputs ?? {}).length > 0)) {
      case 'deploy':
        return status === 'DELETE_COMPLETE' ? undefined : stack;
      case 'wait':
        say(`${name} is in ${status}; waiting`);
        break;
      case 'delete':
        say(`${name} was never created to its end (${status}): taking it away`);
        await cloud.deleteStack(name);
        break;
      case 'resume':
        say(`${name} stands in ${status}: ending its rollback`);
        await cloud.resumeRollback(name);
        break;
      case 'ask':
        throw new Error(
          `${name} is in ${status}${stack?.reason ? ` (${stack.reason})` : ''}: finish or undo that in the CloudFormation console, then deploy again`,
        );
    }
    await sleep(pollMs);
  }
  throw new Error(`${name} does not come to rest: look at it in the CloudFormation console, then deploy again`);
};

const maxPolls = 360;

type Step = 'deploy' | 'wait' | 'delete' | 'resume' | 'ask';

/** A stack without outputs was never deployed: what it took over stays when it goes. */
const toStep = (status: string, isDeployed: boolean): Step => {
  if (status === 'REVIEW_IN_PROGRESS') return 'delete';
  if (status === 'IMPORT_ROLLBACK_COMPLETE' && !isDeployed) return 'delete';
  if (status.endsWith('_IN_PROGRESS')) return 'wait';
  if (/^(CREATE_FAILED|ROLLBACK_COMPLETE|ROLLBACK_FAILED)$/.test(status)) return 'delete';
  if (status === 'UPDATE_ROLLBACK_FAILED') return 'resume';
  return status.endsWith('_COMPLETE') ? 'deploy' : 'ask';
};
