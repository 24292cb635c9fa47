import { createHash } from 'node:crypto';
import { fromBase64, fromUtf8 } from '../../base/bytes.ts';
import { Fault, isFault } from '../../base/fault.ts';
import { isMap } from '../../base/own.ts';
import type { BackupHead, BackupRecord } from './record.ts';
import { backupFormat } from './record.ts';

/**
 * Reads what `encodeBackup` wrote: first what the backup says of itself, then its records. Throws a Fault that says what to do
 * for what is no backup, is of a later format, was cut off, or is not what was written; the last two only at the end, so that
 * nothing may be done with what was read before the end came.
 */
export async function* decodeBackup(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<BackupRecord | { head: BackupHead }> {
  const hash = createHash('sha256');
  let count = -1;
  let end: Line | undefined;
  for await (const line of splitLines(bytes)) {
    if (end !== undefined) throw damaged('there is more behind its end');
    const value = parse(line);
    if (value === undefined) throw count < 0 ? foreign() : damaged(`record ${count + 1} cannot be read`);
    if ('end' in value) {
      end = value;
      continue;
    }
    hash.update(line).update('\n');
    const record = count < 0 ? { head: toHead(value) } : toRecord(value);
    if (record === undefined) throw damaged(`record ${count + 1} is none that this format has`);
    count += 1;
    yield record;
  }
  if (count < 0) throw foreign();
  if (end === undefined) throw damaged('its end is missing');
  if (end['end'] !== count) throw damaged(`it has ${count} records, not ${String(end['end'])}`);
  if (end['sha256'] !== hash.digest('hex')) throw damaged('its checksum is another');
}

type Line = Readonly<Record<string, unknown>>;

/** A line holds at most one value of a store. */
const maxLine = 64 << 20;
const newline = 10;

async function* splitLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of bytes) {
      let start = 0;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
        yield join([...parts, chunk.subarray(start, at)]);
        parts = [];
        length = 0;
        start = at + 1;
      }
      parts.push(chunk.subarray(start));
      length += chunk.length - start;
      if (length > maxLine) throw damaged(`a line is longer than ${maxLine} bytes`);
    }
  } catch (error) {
    if (isFault(error)) throw error;
    if (isNoGzip(error)) throw foreign();
    // The reader or what decompresses.
    throw damaged(error instanceof Error ? error.message : String(error), error);
  }
  if (length > 0) yield join(parts);
}

/** What decompresses says so of the first bytes: they are no gzip's. */
const isNoGzip = (error: unknown): boolean => error instanceof Error && error.message === 'incorrect header check';

const join = (parts: readonly Uint8Array[]): Uint8Array => {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const parse = (line: Uint8Array): Line | undefined => {
  try {
    const value: unknown = JSON.parse(utf8.decode(line));
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const toHead = ({ kubeve, format, id, at }: Line): BackupHead => {
  if (kubeve !== 'backup' || typeof id !== 'string' || typeof at !== 'string') throw foreign();
  if (format !== backupFormat) {
    throw new Fault(
      'BadRequest',
      `The backup has format ${String(format)}; this program reads format ${backupFormat}. Restore it with the version of kubeve that made it, or a later one.`,
    );
  }
  return { id, at };
};

const toRecord = (line: Line): BackupRecord | undefined => {
  const { type, identity, space, key, revision, terms = [], expiresAt } = line;
  if (typeof type === 'string') return isRevision(revision) ? { type, revision } : undefined;
  if (typeof identity === 'string') {
    return typeof line['text'] === 'string' ? { identity: { name: identity, text: line['text'] } } : undefined;
  }
  const value = toValue(line);
  if (typeof key !== 'string' || value === undefined) return undefined;
  if (typeof space === 'string') return { mark: { space, key, value } };
  if (!isRevision(revision) || !isTexts(terms)) return undefined;
  if (expiresAt === undefined) return { entry: { key, value, revision, terms } };
  return typeof expiresAt === 'number' ? { entry: { key, value, revision, terms, expiresAt } } : undefined;
};

const toValue = ({ text, base64 }: Line): Uint8Array | undefined => {
  if (typeof text === 'string') return fromUtf8(text);
  return typeof base64 === 'string' ? fromBase64(base64) : undefined;
};

const isRevision = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(each => typeof each === 'string');

const foreign = (): Fault =>
  new Fault('BadRequest', 'This is no backup of kubeve. Give a file that `kubeve backup` wrote.');

const damaged = (what: string, cause?: unknown): Fault =>
  new Fault('BadRequest', `The backup is damaged: ${what}. Nothing of it was restored; take another one.`, { cause });
