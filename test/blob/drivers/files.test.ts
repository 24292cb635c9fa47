import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileBlobs } from '../../../shared/blob/drivers/files.ts';
import { describeBlobs } from '../../conformance/blobs.ts';
import { createTestPorts } from '../../support/ports.ts';

const newDir = () => mkdtemp(join(tmpdir(), 'kubeve-blobs-'));
let opened = 0;
/** As another process: with randomness of its own. */
const open = (dir: string) => {
  const { clock, random } = createTestPorts();
  random.bytes(++opened * 32);
  return openFileBlobs({ dir, clock, random: { ...random, uuid: () => `${opened++}` } });
};

describeBlobs('files', async () => {
  const dir = await newDir();
  return {
    isShared: true,
    largeBytes: 1 << 20,
    open: () => open(dir),
    clear: async () => {
      for (const name of await readdir(dir)) if (name !== '.drafts') await rm(join(dir, name), { recursive: true });
    },
    remove: () => rm(dir, { recursive: true }),
  };
});

describe('blobs in files', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await newDir();
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('keep no empty directories and no drafts', async () => {
    const blobs = await open(dir);
    await blobs.put('a/b/c', new Uint8Array(9));
    await blobs.put('a/d', new Uint8Array(9));
    await blobs.put('a/d', new Uint8Array(9), { ifAbsent: true });
    await blobs.delete(['a/b/c']);
    expect(await readdir(join(dir, 'a'))).toEqual(['d']);
    await blobs.delete(['a/d']);
    expect(await readdir(dir)).toEqual(['.drafts']);
    expect(await readdir(join(dir, '.drafts'))).toEqual([]);
  });

  it('refuse a name that is a folder, and one below a file', async () => {
    const blobs = await open(dir);
    await blobs.put('a/b', new Uint8Array(1));
    await expect(blobs.put('a', new Uint8Array(1))).rejects.toMatchObject({ reason: 'ServiceUnavailable' });
    await expect(blobs.put('a/b/c', new Uint8Array(1))).rejects.toMatchObject({ reason: 'ServiceUnavailable' });
    expect((await blobs.get('a/b'))?.length).toBe(1);
  });

  it('survive puts and deletes that make and remove the same directory', async () => {
    const blobs = await open(dir);
    for (let round = 0; round < 50; round++) {
      await Promise.all([blobs.put('a/b/x', new Uint8Array(1)), blobs.delete(['a/b/y']), blobs.delete(['a/b/z'])]);
      expect(await blobs.head('a/b/x')).toBeDefined();
      await blobs.delete(['a/b/x']);
    }
  });

  it('forget what a killed process left half written, but not what another process writes just now', async () => {
    await mkdir(join(dir, '.drafts'));
    await writeFile(join(dir, '.drafts', 'old'), 'half');
    await writeFile(join(dir, '.drafts', 'young'), 'half');
    const { clock } = createTestPorts();
    const old = new Date(clock.now() - 2 * 3_600_000);
    await utimes(join(dir, '.drafts', 'old'), old, old);
    const blobs = await open(dir);
    expect(await readdir(join(dir, '.drafts'))).toEqual(['young']);
    for await (const { key } of blobs.list('')) expect(key).toBe('nothing');
  });

  it('say what to do when files cannot be written', async () => {
    const blobs = await open(dir);
    await rm(join(dir, '.drafts'), { recursive: true });
    await writeFile(join(dir, '.drafts'), 'a file in the way');
    const putting = blobs.put('a', new Uint8Array(1));
    await expect(putting).rejects.toMatchObject({ reason: 'ServiceUnavailable', code: 503 });
    await expect(putting).rejects.toThrow(/ENOTDIR.*disk has room/);
  });
});
