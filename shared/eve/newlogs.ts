import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { Fault } from '../base/fault.ts';
import { parseJson } from '../base/json.ts';
import type { JsonMap } from '../base/object.ts';
import { fromRfc3339, toRfc3339 } from './timestamp.ts';

/** A file of log lines as devices send it: gzip, described by its header. */
export interface Newlogs {
  /** Of device logs: which EVE wrote them. */
  readonly image?: string;
  readonly eveVersion?: string;
  /** Of application logs: the application's display name. */
  readonly app?: string;
  readonly entries: readonly LogLine[];
}

/** One line. A line that is not JSON is all `content`. `timestamp` is RFC 3339, absent when the line has none. */
export interface LogLine {
  readonly severity?: string;
  readonly source?: string;
  /** Process, container or application instance. */
  readonly iid?: string;
  readonly content: string;
  readonly msgid?: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly timestamp?: string;
  readonly filename?: string;
  readonly function?: string;
}

/** Throws `Fault('Invalid')` when it is no gzip file, and `Fault('RequestEntityTooLarge')` when it unpacks to too much. */
export const readNewlogs = async (file: Uint8Array, maxBytes = 16 * 1024 * 1024): Promise<Newlogs> => {
  const { name, comment } = gzipHeader(file);
  const text = (await unpack(file, maxBytes)).toString('utf8');
  const origin = comment === undefined ? {} : parseObject(comment);
  return {
    ...(typeof origin.image === 'string' ? { image: origin.image } : {}),
    ...(typeof origin.eveVersion === 'string' ? { eveVersion: origin.eveVersion } : {}),
    ...(name === undefined ? {} : { app: plainName(name) }),
    entries: text
      .split('\n')
      .filter(line => line !== '')
      .map(toLine),
  };
};

/** Writes such a file, lines as Go's encoding/json writes them. */
export const writeNewlogs = async (logs: Newlogs, mtimeMs = 0): Promise<Uint8Array> => {
  const { image, eveVersion, app, entries } = logs;
  const packed = await gzipAsync(Buffer.from(entries.map(line => `${JSON.stringify(fromLine(line))}\n`).join('')));
  const head = Buffer.from(packed.subarray(0, 10));
  head[3] = app === undefined ? hasComment : hasName;
  head.writeUInt32LE(Math.floor(mtimeMs / 1000) >>> 0, 4);
  const text = app === undefined ? JSON.stringify({ image, eveVersion }) : app;
  // A zero byte would end it, and there is room for Latin-1 alone.
  const latin1 = Buffer.from(`${text.replace(/[^ -\u00ff]/g, escapeCharacter)}\0`, 'latin1');
  return Buffer.concat([head, latin1, packed.subarray(10)]);
};

export interface GzipHeader {
  readonly name?: string;
  readonly comment?: string;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** Reads the head alone: cheap enough for the request path. Throws `Fault('Invalid')`. */
export const gzipHeader = (bytes: Uint8Array): GzipHeader => {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 18 || view.readUInt16BE(0) !== 0x1f8b || view[2] !== 8) throw notGzip();
  const flags = view[3] ?? 0;
  let at = 10;
  if (flags & hasExtra) at += 2 + view.readUInt16LE(at);
  const text = (): string => {
    const end = at < view.length ? view.indexOf(0, at) : -1;
    if (end < 0) throw notGzip();
    const found = view.toString('latin1', at, end);
    at = end + 1;
    return found;
  };
  const name = flags & hasName ? text() : undefined;
  const comment = flags & hasComment ? text() : undefined;
  return {
    ...(name === undefined ? {} : { name }),
    ...(comment === undefined ? {} : { comment }),
    mtime: view.readUInt32LE(4),
  };
};

const hasExtra = 4;
const hasName = 8;
const hasComment = 16;

const gunzipAsync = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip);

const gzipAsync = promisify<Uint8Array, Buffer>(gzip);

const escapeCharacter = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

const fromLine = ({ timestamp, ...line }: LogLine): object => {
  const time = timestamp === undefined ? undefined : fromRfc3339(timestamp);
  return time === undefined ? line : { ...line, timestamp: time };
};

const unpack = async (file: Uint8Array, maxOutputLength: number): Promise<Buffer> => {
  try {
    return await gunzipAsync(file, { maxOutputLength });
  } catch (cause) {
    const tooLarge = cause instanceof RangeError || (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    if (tooLarge) throw new Fault('RequestEntityTooLarge', 'the log file unpacks to too much');
    throw new Fault('Invalid', 'the log file cannot be unpacked', { cause });
  }
};

/** Go's encoding/json of the generated struct, or proto-JSON: both are understood. */
const toLine = (line: string): LogLine => {
  const raw = parseObject(line);
  if (Object.keys(raw).length === 0) return { content: line };
  const text = (key: string): Record<string, string> => {
    const value = raw[key];
    return typeof value === 'string' && value !== '' ? { [key]: value } : {};
  };
  const msgid = Number(raw.msgid ?? 0);
  const timestamp = toTime(raw.timestamp);
  const tags = toTags(raw.tags);
  return {
    ...text('severity'),
    ...text('source'),
    ...text('iid'),
    content: typeof raw.content === 'string' ? raw.content : line,
    ...(Number.isSafeInteger(msgid) && msgid !== 0 ? { msgid } : {}),
    ...(tags === undefined ? {} : { tags }),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...text('filename'),
    ...text('function'),
  };
};

const toTime = (value: unknown): string | undefined => {
  if (typeof value === 'string') {
    const time = fromRfc3339(value);
    return time && toRfc3339(time);
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { seconds = 0, nanos = 0 } = value as { seconds?: unknown; nanos?: unknown }; // converted just below
  const time = { seconds: Number(seconds), nanos: Number(nanos) };
  return Number.isFinite(time.seconds) && Number.isFinite(time.nanos) ? toRfc3339(time) : undefined;
};

const toTags = (value: unknown): Record<string, string> | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, tag]) => [key, String(tag)]));
};

const parseObject = (text: string): JsonMap => {
  try {
    const value = parseJson(text, { maxDepth: 8 });
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
};

/** The header holds Latin-1; other characters are escaped. */
const plainName = (name: string): string =>
  name.replace(/\\u([0-9a-fA-F]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

const notGzip = () => new Fault('Invalid', 'the payload is not a gzip file');
