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
  const unopened: unknown[] = [];
  const all = open();
  // What names no item is nobody's: the first one says so.
  const [first] = all.keys();
  const parts = [...all].flatMap(([name, works]) => {
    const own = Records.filter(record => isOf(record, name) || (name === first && !toPartition(record)));
    return own.length === 0 ? [] : [{ name, works, own }];
  });
  for (const { name, works, own } of parts) {
    try {
      const { behind, opened } = await works();
      const { store, settings } = opened;
      const { batchItemFailures } = await follow(
        { store, tenant: settings.tenant, behind, log: ports.log },
        own,
        context,
      );
      failures.push(...batchItemFailures);
    } catch (error) {
      // Others go on: what is wrong with one tenant, its secret perhaps, is none of theirs.
      unopened.push(error);
      ports.log.error('nothing is composed for a tenant', { tenant: name, error });
      failures.push(...own.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? '' })));
    }
  }
  // An alarm hears of what was no use at all.
  if (unopened.length > 0 && unopened.length === parts.length) throw unopened[0];
  return { batchItemFailures: failures };
};

const toPartition = ({ dynamodb }: StreamRecord): string | undefined => dynamodb?.Keys?.['PK']?.S;

const isOf = (record: StreamRecord, tenant: string): boolean => toPartition(record)?.startsWith(`${tenant}|`) ?? false;
