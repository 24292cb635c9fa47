import { type BatchAnswer, follow } from './follow.ts';
import type { StreamRecord } from './happened.ts';
import { portsOf } from './open.ts';
import { openAllBehind } from './openbehind.ts';
import type { Context } from './stream.ts';

const ports = portsOf(process.env);
const open = openAllBehind('compose', ports);

/** Follows the stream of the table, each tenant's part of it by itself; see `follow`. */
export const handler = async (
  { Records }: { readonly Records: readonly StreamRecord[] },
  context: Context,
): Promise<BatchAnswer> => {
  const failures: BatchAnswer['batchItemFailures'][number][] = [];
  const all = open();
  // What names no item is nobody's: the first one says so.
  const [first] = all.keys();
  for (const [name, works] of all) {
    const own = Records.filter(record => isOf(record, name) || (name === first && !toPartition(record)));
    if (own.length === 0) continue;
    const { behind, opened } = await works();
    const { store, settings } = opened;
    const { batchItemFailures } = await follow(
      { store, tenant: settings.tenant, behind, log: ports.log },
      own,
      context,
    );
    failures.push(...batchItemFailures);
  }
  return { batchItemFailures: failures };
};

const toPartition = ({ dynamodb }: StreamRecord): string | undefined => dynamodb?.Keys?.['PK']?.S;

const isOf = (record: StreamRecord, tenant: string): boolean => toPartition(record)?.startsWith(`${tenant}|`) ?? false;
