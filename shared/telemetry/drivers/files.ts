import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../base/fault.ts';
import type { Log } from '../../base/ports.ts';
import { follow } from '../follow.ts';
import { checkKind, checkRecord, isKind } from '../record.ts';
import type { StoredRecord, Telemetry } from '../telemetry.ts';
import { Channel } from './channel.ts';

export interface FileTelemetryOptions {
  /** A directory of its own; made when absent. One process at a time. */
  readonly dir: string;
  readonly log: Log;
  /** Default 64 MiB. What an unclean end leaves to be read again at the next start is at most this, per kind. */
  readonly segmentBytes?: number;
}

/**
 * Telemetry in files: `<dir>/<kind>/<yyyymmddhh><part>.log` holds records as they came, `.idx` beside it says which
 * device's records lie where, so that reading one device's records reads no others. Appends that arrive while the disk
 * is busy share the next write and sync. The directory is readable by its owner alone.
 */
export const openFileTelemetry = async (options: FileTelemetryOptions): Promise<Telemetry> => {
  const { dir, log, segmentBytes = 64 << 20 } = options;
  await mkdir(dir, { recursive: true });
  // Also one that is there already. A file system without modes keeps what it has.
  await chmod(dir, 0o700).catch(() => undefined);
  const channels = new Map<string, Promise<Channel>>();
  let isClosed = false;
  const open = (kind: string): Promise<Channel> => {
    if (isClosed) throw new Fault('ServiceUnavailable', 'Telemetry is closed.');
    checkKind(kind);
    const known = channels.get(kind);
    if (known !== undefined) return known;
    const opening = Channel.open({ dir: join(dir, kind), log, segmentBytes });
    channels.set(kind, opening);
    opening.catch(() => channels.delete(kind));
    return opening;
  };
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (entry.isDirectory() && isKind(entry.name)) await open(entry.name);
  }
  return {
    async append(kind, records) {
      records.forEach(checkRecord);
      if (records.length > 0) await (await open(kind)).append(records);
    },
    async *read(kind, query): AsyncGenerator<StoredRecord> {
      yield* (await open(kind)).read(query);
    },
    async *tail(kind, query, signal): AsyncGenerator<StoredRecord> {
      yield* follow(await open(kind), query, signal);
    },
    async retain(kind, before) {
      await (await open(kind)).retain(before);
    },
    async close() {
      isClosed = true;
      for (const channel of channels.values()) await (await channel).close();
    },
  };
};
