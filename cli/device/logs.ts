import { gzipSync } from 'node:zlib';

/** One line as EVE's log collector writes it (eve-device-api §7.4). */
export interface LogLine {
  readonly severity: 'debug' | 'info' | 'warning' | 'error';
  readonly source: string;
  readonly iid?: string;
  readonly content: string;
  readonly filename?: string;
  readonly function?: string;
}

/** Collects lines, and packs them as the gzip files that newlogs carry. */
export class LogBook {
  private readonly lines: string[] = [];
  private id = 0;

  add(line: LogLine, at = Date.now()): void {
    this.id += 1;
    const timestamp = { seconds: Math.floor(at / 1000), nanos: (at % 1000) * 1_000_000 };
    this.lines.push(JSON.stringify({ ...line, msgid: this.id, timestamp }));
  }

  /** What was collected since the last call, as one gzip file; undefined when there is nothing. */
  take(header: GzipHeader): Uint8Array | undefined {
    if (this.lines.length === 0) return undefined;
    return gzipFile(this.lines.splice(0, maxLines).join('\n').concat('\n'), header);
  }
}

/** A file stays below what EVE sends at once. */
const maxLines = 500;

/** Device logs carry `comment`, app logs `name`. */
export interface GzipHeader {
  readonly name?: string;
  readonly comment?: string;
}

/** gzip with the header fields that zlib does not offer to write (RFC 1952 §2.3). */
const gzipFile = (text: string, { name, comment }: GzipHeader): Uint8Array => {
  const packed = gzipSync(text);
  const head = Buffer.from(packed.subarray(0, 10));
  head[3] = (name === undefined ? 0 : 8) | (comment === undefined ? 0 : 16);
  head.writeUInt32LE(Math.floor(Date.now() / 1000), 4);
  const fields = [name, comment]
    .filter(field => field !== undefined)
    .map(field => Buffer.from(`${toLatin1(field)}\0`, 'latin1'));
  return Buffer.concat([head, ...fields, packed.subarray(10)]);
};

const toLatin1 = (text: string): string =>
  [...text]
    .map(char => ((char.codePointAt(0) ?? 0) < 256 ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`))
    .join('');
