import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { frameLength, headLength, readFrame } from './frame.ts';
import type { SegmentId } from './position.ts';
import type { Posting, Summary, Trailer } from './postings.ts';
import { findPostings, Postings, readAt, readTrailer } from './postings.ts';

/** A file of frames that is complete, or as far as it was durable when looked at. */
export interface Segment {
  readonly id: SegmentId;
  readonly summary: Summary;
  /** In order of arrival. */
  postings(device: string): Promise<Posting[]>;
}

export const toDataFile = (dir: string, id: SegmentId): string => join(dir, `${id}.log`);
export const toIndexFile = (dir: string, id: SegmentId): string => join(dir, `${id}.idx`);

/** A segment with an index file. Undefined when there is no whole index, or it speaks of more than there is. */
export const openSealed = async (dir: string, id: SegmentId, dataLength: number): Promise<Segment | undefined> => {
  const trailer = await withFile(toIndexFile(dir, id), readTrailer).catch(() => undefined);
  if (trailer === undefined || trailer.summary.dataLength > dataLength) return undefined;
  return toSegment(dir, id, trailer);
};

/** Writes the index of a segment to which nothing more will be added. */
export const seal = async (dir: string, id: SegmentId, postings: Postings): Promise<Segment> => {
  const file = toIndexFile(dir, id);
  const draft = `${file}.tmp`;
  await withFile(
    draft,
    async handle => {
      await handle.writeFile(postings.encode());
      await handle.sync();
    },
    'w',
  );
  await rename(draft, file);
  const trailer = await withFile(file, readTrailer);
  if (trailer === undefined) throw new Error(`${file} was not written whole`);
  return toSegment(dir, id, trailer);
};

/** Finds every whole frame of a segment that was not sealed, cuts off what follows the last, and seals it. */
export const recover = async (dir: string, id: SegmentId): Promise<{ segment: Segment | undefined; cut: number }> => {
  const postings = new Postings();
  const file = toDataFile(dir, id);
  const cut = await withFile(
    file,
    async handle => {
      const { size } = await handle.stat();
      for await (const { record, offset, length } of scan(handle, 0, size)) postings.add(record, offset, length);
      const { dataLength } = postings.summary;
      if (size > dataLength) {
        await handle.truncate(dataLength);
        await handle.sync();
      }
      return size - dataLength;
    },
    'r+',
  );
  if (postings.summary.records === 0) {
    await rm(file);
    return { segment: undefined, cut };
  }
  return { segment: await seal(dir, id, postings), cut };
};

/** Frames one after the other from an offset on, until `end` or the first that is not whole. */
export async function* scan(file: FileHandle, start: number, end: number) {
  let position = start;
  let wanted = chunkLength;
  while (position + headLength <= end) {
    const chunk = await readAt(file, position, Math.min(wanted, end - position));
    let offset = 0;
    for (;;) {
      const frame = readFrame(chunk, offset);
      if (frame === undefined) break;
      yield { ...frame, offset: position + offset };
      offset += frame.length;
    }
    const next = frameLength(chunk, offset);
    // A frame that is there whole and does not read is damaged; one that the chunk cuts is read again from its start.
    if (next === undefined ? chunk.length - offset >= headLength : offset + next <= chunk.length) return;
    if (next !== undefined && position + offset + next > end) return;
    wanted = Math.max(chunkLength, next ?? 0);
    if (offset === 0 && next === undefined) return;
    position += offset;
  }
}

export const withFile = async <T>(path: string, use: (file: FileHandle) => Promise<T>, flags = 'r'): Promise<T> => {
  const handle = await open(path, flags);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
};

const toSegment = (dir: string, id: SegmentId, trailer: Trailer): Segment => ({
  id,
  summary: trailer.summary,
  postings: device => withFile(toIndexFile(dir, id), file => findPostings(file, trailer, device)),
});

const chunkLength = 1 << 20;
