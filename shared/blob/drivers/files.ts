import { link, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../base/fault.ts';
import type { Clock, Random } from '../../base/ports.ts';
import type { Blob, Blobs, Range } from '../blobs.ts';
import { checkKey, checkPrefix } from '../key.ts';

export interface FileBlobsOptions {
  /** A directory of its own, on a file system with hard links; made when absent. Several processes may use it. */
  readonly dir: string;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Blobs as files: `<dir>/<name>`. A file is written whole and synced under `<dir>/.drafts` before it gets its name, and
 * the name is synced before `put` answers.
 */
export const openFileBlobs = async ({ dir, clock, random }: FileBlobsOptions): Promise<Blobs> => {
  const drafts = join(dir, '.drafts');
  await mkdir(drafts, { recursive: true });
  await removeOld(drafts, clock.now());
  const toPath = (key: string): string => {
    checkKey(key);
    return join(dir, key);
  };
  return {
    put: async (key, bytes, { ifAbsent = false } = {}) => {
      const path = toPath(key);
      return guard(async () => {
        const draft = join(drafts, random.uuid());
        try {
          await write(draft, bytes);
          return await name(dir, draft, path, ifAbsent);
        } finally {
          await rm(draft, { force: true });
        }
      });
    },
    get: async (key, range) => {
      const path = toPath(key);
      return guard(() => unlessMissing(read(path, range)));
    },
    head: async key => {
      const path = toPath(key);
      return guard(() => toBlob(path, key));
    },
    delete: async keys => {
      const paths = keys.map(toPath);
      return guard(async () => {
        for (const path of paths) await remove(dir, path);
      });
    },
    async *list(prefix, after = '') {
      checkPrefix(prefix);
      yield* walk(dir, '', prefix, after);
    },
    async close() {},
  };
};

/** A draft so old belongs to a process that is gone. */
const draftMs = 3_600_000;

const removeOld = async (drafts: string, now: number): Promise<void> => {
  for (const entry of await readdir(drafts)) {
    const path = join(drafts, entry);
    const found = await unlessMissing(stat(path));
    if (found && found.mtimeMs < now - draftMs) await rm(path, { force: true });
  }
};

const write = async (path: string, bytes: Uint8Array): Promise<void> => {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** Gives a draft its name. A directory that a delete found empty and removed meanwhile is made again. */
const name = async (dir: string, draft: string, path: string, ifAbsent: boolean): Promise<boolean> => {
  for (let attempt = 1; ; attempt++) {
    const made = await mkdir(dirname(path), { recursive: true });
    try {
      if (ifAbsent) await link(draft, path);
      else await rename(draft, path);
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      if (isCode(error, 'ENOENT') && attempt < 8) continue;
      throw error;
    }
    await syncNames(dirname(path), made === undefined ? dirname(path) : dirname(made), dir);
    return true;
  }
};

/** Syncs directories from the innermost to the outermost in which a name is new. */
const syncNames = async (from: string, to: string, dir: string): Promise<void> => {
  for (let at = from; ; at = dirname(at)) {
    const handle = await open(at);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (at === to || at === dir) return;
  }
};

const read = async (path: string, range: Range | undefined): Promise<Uint8Array> => {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = Math.min(range?.start ?? 0, size);
    const bytes = new Uint8Array(Math.max(0, Math.min(range?.end ?? size, size) - start));
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
      if (bytesRead === 0) throw new RangeError(`${path} became shorter`);
      done += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
};

const toBlob = async (path: string, key: string): Promise<Blob | undefined> => {
  const found = await unlessMissing(stat(path));
  return found?.isFile() ? { key, size: found.size, at: found.mtimeMs } : undefined;
};

/** Removes a file, and the directories that it leaves empty. */
const remove = async (dir: string, path: string): Promise<void> => {
  await unlessMissing(rm(path, { force: true }));
  for (let at = dirname(path); at !== dir; at = dirname(at)) {
    try {
      await rmdir(at);
    } catch (error) {
      if (isCode(error, 'ENOENT')) continue;
      return; // Something else is in it.
    }
  }
};

/** What a directory holds, in the order of names: a directory counts as the `/` that follows it in the names below it. */
async function* walk(dir: string, base: string, prefix: string, after: string): AsyncGenerator<Blob> {
  const entries = (await unlessMissing(readdir(join(dir, base), { withFileTypes: true }))) ?? [];
  const names = entries
    .filter(entry => !entry.name.startsWith('.'))
    .map(entry => `${base}${entry.name}${entry.isDirectory() ? '/' : ''}`);
  for (const found of names.sort()) {
    if (found.endsWith('/')) {
      const mayHold = found.startsWith(prefix) || prefix.startsWith(found);
      if (mayHold && (after < found || after.startsWith(found))) yield* walk(dir, found, prefix, after);
    } else if (found.startsWith(prefix) && found > after) {
      const blob = await toBlob(join(dir, found), found);
      if (blob) yield blob;
    }
  }
}

const guard = async <T>(act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const message = `Files cannot be written or read (${error.code}). See that the disk has room and the folder can be written to.`;
    throw new Fault('ServiceUnavailable', message, { cause: error });
  }
};

const unlessMissing = async <T>(found: Promise<T>): Promise<T | undefined> => {
  try {
    return await found;
  } catch (error) {
    // A folder, or what would be below a file, is no blob.
    if (isCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'ERR_FS_EISDIR')) return undefined;
    throw error;
  }
};

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(`${error.code}`);
