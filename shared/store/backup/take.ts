import type { Movable } from '../movable.ts';
import type { BackupRecord } from './record.ts';
import { unfinished } from './restore.ts';

/** What a backup of a store holds. Types in `without` say something about what is not in a backup. */
export async function* takeBackup(store: Movable, without: readonly string[]): AsyncGenerator<BackupRecord> {
  const { types, marks } = await store.snapshot();
  for (const { type, revision, entries } of types) {
    if (type === unfinished.type || without.includes(type)) continue;
    yield { type, revision };
    for await (const entry of entries()) yield { entry };
  }
  for await (const mark of marks()) yield { mark };
}
