import { join } from 'node:path';
import type { Ports } from '../../shared/base/ports.ts';
import { openSqliteStore } from '../../shared/store/drivers/sqlite.ts';
import type { Marks } from '../../shared/store/marks.ts';
import type { Movable } from '../../shared/store/movable.ts';
import type { Store } from '../../shared/store/store.ts';
import { openFileTelemetry } from '../../shared/telemetry/drivers/files.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { openBucket } from '../bucket.ts';
import type { CloudSettings } from '../cloud.ts';

/** Where a process keeps what it is told. */
export interface Storage {
  readonly store: Store & { readonly marks: Marks };
  readonly telemetry: Telemetry;
  /** The same store for who asks the same again and again, where that saves requests. */
  readonly recalled?: Storage['store'];
  /** Where all of the store can be taken out at once. */
  readonly movable?: Store & Movable;
  /** Whether other processes may use it at the same time. */
  readonly isShared: boolean;
  close(): Promise<void>;
}

/** A table and a bucket when there are settings for them, else the data folder. Rejects with an Error that says what to do. */
export const openStorage = async (dir: string, ports: Ports, cloud?: CloudSettings): Promise<Storage> => {
  if (cloud) {
    // Whoever keeps everything in a folder needs no client of a cloud.
    const { openCloud } = await import('../cloud.ts');
    const opened = openCloud(cloud, ports, { flushMs, openBucket });
    return { ...opened, movable: opened.store, isShared: true };
  }
  const store = await openSqliteStore({ file: join(dir, 'store.db'), clock: ports.clock, log: ports.log });
  const closeStore = (): Promise<void> => store.marks.close().then(() => store.close());
  try {
    const telemetry = await openFileTelemetry({ dir: join(dir, 'telemetry'), log: ports.log });
    const close = (): Promise<void> => telemetry.close().then(closeStore);
    return { store, telemetry, movable: store, isShared: false, close };
  } catch (error) {
    await closeStore();
    throw error;
  }
};

/** How long what devices send waits for company, in milliseconds: a second costs a tenth of what ten times as many puts do. */
const flushMs = 1_000;
