import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What one request asks, with its signature already checked. */
export interface Asked {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** Objects of one bucket, and what may be asked of them. Each request is decided in one step. */
export class Bucket {
  readonly #objects = new Map<string, Kept>();
  readonly #uploads = new Map<string, Upload>();
  #count = 0;

  get keys(): string[] {
    return [...this.#objects.keys()].sort();
  }

  /** Uploads that were neither completed nor aborted. */
  get openUploads(): number {
    return this.#uploads.size;
  }

  clear(): void {
    this.#objects.clear();
    this.#uploads.clear();
  }

  answer(asked: Asked): Answer {
    const { method, key, query } = asked;
    const upload = query.get('uploadId');
    if (key === '') {
      if (method === 'GET' && query.get('list-type') === '2') return this.#list(query);
      if (method === 'POST' && query.has('delete')) return this.#deleteMany(asked);
    } else if (method === 'PUT') {
      return upload === null ? this.#put(asked) : this.#putPart(asked, upload);
    } else if (method === 'POST' && query.has('uploads')) {
      return this.#begin(asked);
    } else if (method === 'POST' && upload !== null) {
      return this.#complete(asked, upload);
    } else if (method === 'DELETE' && upload !== null) {
      return this.#uploads.delete(upload) ? { status: 204 } : refuse(404, 'NoSuchUpload');
    } else if (method === 'GET' || method === 'HEAD') {
      return this.#read(asked);
    }
    return refuse(501, 'NotImplemented');
  }

  #put(asked: Asked): Answer {
    const { key, body } = asked;
    const refused = checkBody(asked) ?? this.#checkCondition(asked);
    if (refused) return refused;
    const etag = `"${md5(body).toString('hex')}"`;
    this.#objects.set(key, { body, etag, at: new Date(), metadata: toMetadata(asked) });
    return { status: 200, headers: { etag } };
  }

  #checkCondition({ key, header }: Asked): Answer | undefined {
    const there = this.#objects.get(key);
    if (header('if-none-match') === '*' && there) return refuse(412, 'PreconditionFailed');
    const match = header('if-match');
    if (match === undefined) return undefined;
    if (!there) return refuse(404, 'NoSuchKey');
    return match === there.etag ? undefined : refuse(412, 'PreconditionFailed');
  }

  #begin(asked: Asked): Answer {
    const id = `upload-${++this.#count}`;
    this.#uploads.set(id, { key: asked.key, parts: new Map(), metadata: toMetadata(asked) });
    return toXml('InitiateMultipartUploadResult', `<UploadId>${id}</UploadId>`);
  }

  #putPart(asked: Asked, id: string): Answer {
    const upload = this.#uploads.get(id);
    if (upload?.key !== asked.key) return refuse(404, 'NoSuchUpload');
    const refused = checkBody(asked);
    if (refused) return refused;
    upload.parts.set(Number(asked.query.get('partNumber')), asked.body);
    const etag = `"${md5(asked.body).toString('hex')}"`;
    const sum = asked.header('x-amz-checksum-crc32');
    return { status: 200, headers: { etag, ...(sum !== undefined && { 'x-amz-checksum-crc32': sum }) } };
  }

  #complete(asked: Asked, id: string): Answer {
    const upload = this.#uploads.get(id);
    if (upload?.key !== asked.key) return refuse(404, 'NoSuchUpload');
    const refused = this.#checkCondition(asked);
    if (refused) return refused;
    const numbers = [...asked.body.toString().matchAll(/<PartNumber>(\d+)</g)].map(match => Number(match[1]));
    const parts = numbers.map(number => upload.parts.get(number));
    const isOrdered = numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0));
    if (parts.length === 0 || parts.some(part => part === undefined) || !isOrdered) return refuse(400, 'InvalidPart');
    const bodies = parts.filter(part => part !== undefined);
    const etag = `"${md5(Buffer.concat(bodies.map(md5))).toString('hex')}-${bodies.length}"`;
    const body = Buffer.concat(bodies);
    this.#objects.set(asked.key, { body, etag, at: new Date(), metadata: upload.metadata });
    this.#uploads.delete(id);
    return toXml('CompleteMultipartUploadResult', `<ETag>${toEntities(etag)}</ETag>`);
  }

  #read({ key, header }: Asked): Answer {
    const there = this.#objects.get(key);
    if (!there) return refuse(404, 'NoSuchKey');
    const { body, etag, at, metadata } = there;
    const headers = { etag, 'last-modified': at.toUTCString(), 'accept-ranges': 'bytes', ...metadata };
    const range = /^bytes=(\d+)-(\d*)$/.exec(header('range') ?? '');
    if (!range) return { status: 200, headers, body };
    const start = Number(range[1]);
    const end = range[2] ? Math.min(Number(range[2]) + 1, body.length) : body.length;
    if (start >= body.length) return refuse(416, 'InvalidRange');
    const contentRange = `bytes ${start}-${end - 1}/${body.length}`;
    return { status: 206, headers: { ...headers, 'content-range': contentRange }, body: body.subarray(start, end) };
  }

  #list(query: URLSearchParams): Answer {
    const prefix = query.get('prefix') ?? '';
    const token = query.get('continuation-token');
    const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
    const max = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
    const found = this.keys.filter(key => key.startsWith(prefix) && key > after);
    const page = found.slice(0, max);
    const isTruncated = found.length > max;
    const next = isTruncated ? Buffer.from(page.at(-1) ?? '').toString('base64url') : undefined;
    const contents = page.map(key => {
      const object = this.#objects.get(key);
      const size = `<Size>${object?.body.length}</Size>`;
      return `<Contents><Key>${toEntities(key)}</Key><LastModified>${object?.at.toISOString()}</LastModified>${size}</Contents>`;
    });
    const more = next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`;
    const counts = `<KeyCount>${page.length}</KeyCount><IsTruncated>${isTruncated}</IsTruncated>`;
    return toXml('ListBucketResult', `${counts}${more}${contents.join('')}`);
  }

  #deleteMany(asked: Asked): Answer {
    // As S3 does: no request of this kind without a digest of its body.
    const refused = checkBody(asked) ?? (hasDigest(asked) ? undefined : refuse(400, 'InvalidRequest'));
    if (refused) return refused;
    const keys = [...asked.body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(match => match[1] ?? '');
    if (keys.length > 1000) return refuse(400, 'MalformedXML');
    for (const key of keys) this.#objects.delete(key);
    return toXml('DeleteResult', '');
  }
}

export const refuse = (status: number, code: string): Answer => ({
  ...toXml('Error', `<Code>${code}</Code><Message>${code}</Message>`),
  status,
});

interface Kept {
  readonly body: Buffer;
  readonly etag: string;
  readonly at: Date;
  readonly metadata: Record<string, string>;
}

interface Upload {
  readonly key: string;
  readonly parts: Map<number, Buffer>;
  readonly metadata: Record<string, string>;
}

const checkBody = ({ header, body }: Asked): Answer | undefined => {
  if (/aws-chunked/.test(header('content-encoding') ?? '')) return refuse(501, 'NotImplemented');
  const crc = header('x-amz-checksum-crc32');
  const digest = header('content-md5');
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  const isGood =
    (crc === undefined || crc === sum.toString('base64')) &&
    (digest === undefined || digest === md5(body).toString('base64'));
  return isGood ? undefined : refuse(400, 'BadDigest');
};

const hasDigest = ({ header }: Asked): boolean =>
  header('x-amz-checksum-crc32') !== undefined || header('content-md5') !== undefined;

const toMetadata = ({ header }: Asked): Record<string, string> => {
  const mark = header('x-amz-meta-kubeve-put');
  return mark === undefined ? {} : { 'x-amz-meta-kubeve-put': mark };
};

const toXml = (name: string, content: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${content}</${name}>`,
});

const toEntities = (text: string): string => text.replace(/[<>&"]/g, char => `&#${char.charCodeAt(0)};`);
const md5 = (bytes: Buffer): Buffer => createHash('md5').update(bytes).digest();
