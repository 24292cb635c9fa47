import type { FileHandle } from 'node:fs/promises';
import { open, rm } from 'node:fs/promises';
import type { TelemetryRecord } from '../telemetry.ts';
import { toFrame } from './frame.ts';
import type { SegmentId } from './position.ts';
import type { Posting } from './postings.ts';
import { Postings } from './postings.ts';
import type { Segment } from './segment.ts';
import { toDataFile, withFile } from './segment.ts';

/** The segment that grows. Its postings speak only of what is durable. */
export class Writer implements Segment {
  readonly id: SegmentId;
  readonly index = new Postings();
  readonly #file: FileHandle;
  #length = 0;

  private constructor(id: SegmentId, file: FileHandle) {
    this.id = id;
    this.#file = file;
  }

  /** Creates the file; it must not exist. */
  static async create(dir: string, id: SegmentId): Promise<Writer> {
    const path = toDataFile(dir, id);
    const file = await open(path, 'ax');
    try {
      // Without this a power cut could forget the file's name.
      await withFile(dir, handle => handle.sync());
      return new Writer(id, file);
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
  }

  get summary() {
    return this.index.summary;
  }

  async postings(device: string): Promise<Posting[]> {
    return this.index.get(device);
  }

  /**
   * Appends records; they are durable when it resolves with the length of each. When it rejects, the segment must not be
   * written to again; nothing of the group counts.
   */
  async write(records: readonly TelemetryRecord[]): Promise<number[]> {
    const frames = records.map(toFrame);
    const bytes = Buffer.concat(frames);
    let done = 0;
    while (done < bytes.length) done += (await this.#file.write(bytes, done)).bytesWritten;
    await this.#file.datasync();
    return frames.map(frame => frame.length);
  }

  /** Lets readers find what was written. Answers where each record begins. */
  admit(records: readonly TelemetryRecord[], lengths: readonly number[]): number[] {
    return records.map((record, i) => {
      const offset = this.#length;
      this.#length += lengths[i] ?? 0;
      this.index.add(record, offset, this.#length - offset);
      return offset;
    });
  }

  /** Closes the file and cuts off what a failed write may have left. */
  async end(): Promise<void> {
    try {
      const { size } = await this.#file.stat();
      if (size > this.#length) await this.#file.truncate(this.#length);
    } finally {
      await this.#file.close();
    }
  }
}
