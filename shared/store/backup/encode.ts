import { createHash } from 'node:crypto';
import { fromUtf8, toBase64 } from '../../base/bytes.ts';
import type { BackupHead, BackupRecord } from './record.ts';
import { backupFormat } from './record.ts';

/**
 * A backup as text: a JSON object a line, the first says what it is, the last how many records there are and the SHA-256 of
 * all lines before. Bytes that are text stand as text, so that a backup can be looked at. Chunks end anywhere.
 */
export async function* encodeBackup(
  { id, at }: BackupHead,
  records: AsyncIterable<BackupRecord>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let lines: string[] = [toLine({ kubeve: 'backup', format: backupFormat, id, at })];
  let size = 0;
  let count = 0;
  const flush = (): Uint8Array => {
    const chunk = fromUtf8(lines.join(''));
    hash.update(chunk);
    lines = [];
    size = 0;
    return chunk;
  };
  for await (const record of records) {
    const line = toLine(toPlain(record));
    lines.push(line);
    size += line.length;
    count += 1;
    if (size >= chunkSize) yield flush();
  }
  yield flush();
  yield fromUtf8(toLine({ end: count, sha256: hash.digest('hex') }));
}

const chunkSize = 65_536;

const toLine = (value: object): string => `${JSON.stringify(value)}\n`;

const toPlain = (record: BackupRecord): object => {
  if ('type' in record) return record;
  if ('identity' in record) return { identity: record.identity.name, text: record.identity.text };
  if ('mark' in record) return { space: record.mark.space, key: record.mark.key, ...toText(record.mark.value) };
  const { key, revision, terms, expiresAt, value } = record.entry;
  return {
    key,
    revision,
    ...(terms.length > 0 && { terms }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...toText(value),
  };
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const toText = (value: Uint8Array): { text: string } | { base64: string } => {
  try {
    return { text: utf8.decode(value) };
  } catch {
    return { base64: toBase64(value) };
  }
};
