import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchAnswer } from '../../functions/lambda/follow.ts';
import type { StreamRecord } from '../../functions/lambda/happened.ts';
import { wakesCompose } from './streamfilter.ts';

export interface EventSourceParts {
  /** What came since it was asked last. */
  records(): Promise<readonly StreamRecord[]>;
  compose(records: readonly StreamRecord[]): Promise<BatchAnswer>;
  /** What nobody could take. */
  readonly deadLetters: StreamRecord[];
}

/** As serverless.yml says. */
const batchSize = 500;
const maximumRetryAttempts = 5;

/**
 * What an event source mapping does for one shard: filters as `infra/stream.yml` says, gives again from the first that failed
 * on, in halves when that was the first of all, and puts away the one that failed too often.
 */
export const pumpEvents = async (
  { records, compose, deadLetters }: EventSourceParts,
  signal: AbortSignal,
): Promise<void> => {
  const attempts = new Map<string, number>();
  let waiting: StreamRecord[] = [];
  let size = batchSize;
  while (!signal.aborted) {
    waiting.push(...(await records()).filter(wakesCompose));
    if (waiting.length === 0) {
      await sleep(50);
      continue;
    }
    const batch = waiting.slice(0, size);
    const left = await compose(batch).then(
      ({ batchItemFailures }) => {
        const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        return batch.findIndex(record => failed.has(sequenceOf(record)));
      },
      () => 0,
    );
    waiting = waiting.slice(left < 0 ? batch.length : left);
    size = left === 0 ? Math.max(batch.length >> 1, 1) : batchSize;
    const [first] = waiting;
    if (left < 0 || !first) continue;
    const count = (attempts.get(sequenceOf(first)) ?? 0) + 1;
    attempts.set(sequenceOf(first), count);
    if (count > maximumRetryAttempts) deadLetters.push(...waiting.splice(0, 1));
    await sleep(20);
  }
};

const sequenceOf = ({ dynamodb }: StreamRecord): string => dynamodb?.SequenceNumber ?? '';
