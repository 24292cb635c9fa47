import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from '../../shared/base/ports.ts';
import { openSqliteStore } from '../../shared/store/drivers/sqlite.ts';
import type { Marks } from '../../shared/store/marks.ts';
import type { Movable } from '../../shared/store/movable.ts';
import type { Store } from '../../shared/store/store.ts';

/** Where a store is: in a table and a bucket, or in a data folder. */
interface Place {
  readonly data: string;
  readonly table?: string | undefined;
  readonly bucket?: string | undefined;
  readonly tenant?: string | undefined;
  readonly region: string;
}

export interface OpenStore {
  readonly store: Store & Movable & { readonly marks: Marks };
  /** How to call it. */
  readonly name: string;
  close(): Promise<void>;
}

/** The store at a place: the table when one is named, else the data folder, which is made. */
export const openStore = async (place: Place, ports: Ports): Promise<OpenStore> => {
  const { data, table, bucket, tenant = 'main', region } = place;
  if (table === undefined && bucket === undefined) {
    mkdirSync(data, { recursive: true, mode: 0o700 });
    const store = await openSqliteStore({ file: join(data, 'store.db'), ...ports });
    return { store, name: data, close: () => store.marks.close().then(() => store.close()) };
  }
  if (!table || !bucket) throw new Error('--table and --bucket belong together');
  if (region === '') throw new Error('say the region of the table with --region');
  // Other commands need no client of a cloud.
  const { openCloud } = await import('../cloud.ts');
  const { openBucket } = await import('../bucket.ts');
  const { store, close } = openCloud({ table, bucket, tenant, region }, ports, { flushMs: 0, openBucket });
  return { store, name: `tenant ${tenant} of ${table}`, close };
};
