import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Fault } from '../../base/fault.ts';
import type { Random } from '../../base/ports.ts';
import type { Blob, Blobs, PutOptions, Range } from '../blobs.ts';
import { checkKey, checkPrefix } from '../key.ts';
import { isError, retryConflicts, toFault } from './s3errors.ts';
import { putInParts } from './s3parts.ts';

export interface S3BlobsOptions {
  readonly bucket: string;
  /** What all names begin with in the bucket, such as `tenant/`; nothing when absent. */
  readonly prefix?: string;
  readonly region: string;
  /** Of a server that is not AWS, such as `http://127.0.0.1:7070`: it is asked for `/bucket/key`. */
  readonly endpoint?: string;
  /** What the runtime is given when absent: environment, profile, role. */
  readonly credentials?: Credentials;
  readonly random: Random;
  /** Larger objects are put in parts of this many bytes; S3 wants at least 5 MiB. Default 16 MiB. */
  readonly partBytes?: number;
  /** How long one attempt may be silent, in milliseconds, default 10,000. There are three. */
  readonly attemptMs?: number;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Blobs as objects of one bucket of S3 or of a server that speaks its language, conditional writes included. What is put
 * carries a name of its own as metadata: who finds an object there after an answer was lost knows whether it is theirs.
 */
export const createS3Blobs = (options: S3BlobsOptions): Blobs => new S3Blobs(options);

/** What the parts of this driver share. */
export interface Place {
  readonly client: S3Client;
  readonly bucket: string;
  readonly partBytes: number;
}

class S3Blobs implements Blobs {
  readonly #place: Place;
  readonly #prefix: string;
  readonly #random: Random;

  constructor({ bucket, prefix = '', random, partBytes = 16 << 20, ...options }: S3BlobsOptions) {
    this.#place = { client: createClient(options), bucket, partBytes };
    this.#prefix = prefix;
    this.#random = random;
  }

  async put(key: string, bytes: Uint8Array, { ifAbsent = false }: PutOptions = {}): Promise<boolean> {
    const place = this.#place;
    const target = { Bucket: place.bucket, Key: this.#name(key) };
    const mark = this.#random.uuid();
    return this.#guard(async () => {
      try {
        await retryConflicts(async () => {
          const object = { ...target, Metadata: { [markName]: mark } };
          if (bytes.length > place.partBytes) return putInParts(place, object, bytes, ifAbsent);
          const condition = ifAbsent ? { IfNoneMatch: '*' } : {};
          await place.client.send(new PutObjectCommand({ ...object, ...condition, Body: bytes }));
        });
        return true;
      } catch (error) {
        // An upload that is gone was completed by the attempt whose answer was lost, or by nobody.
        if (!isError(error, 'PreconditionFailed', 'NoSuchUpload')) throw error;
        const there = await this.#head(target);
        if (there?.Metadata?.[markName] === mark) return true;
        if (isError(error, 'PreconditionFailed')) return false;
        throw error;
      }
    });
  }

  async get(key: string, range?: Range): Promise<Uint8Array | undefined> {
    const target = { Bucket: this.#place.bucket, Key: this.#name(key) };
    return this.#guard(async () => {
      if (range?.end !== undefined && range.end <= range.start) {
        return (await this.#head(target)) && new Uint8Array();
      }
      // What breaks in the middle of the body the client does not ask for again by itself.
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.#read(target, range);
        } catch (error) {
          if (attempt === readAttempts || isAnswer(error)) throw error;
        }
      }
    });
  }

  async head(key: string): Promise<Blob | undefined> {
    const target = { Bucket: this.#place.bucket, Key: this.#name(key) };
    return this.#guard(async () => {
      const found = await this.#head(target);
      return found && { key, size: found.ContentLength ?? 0, at: found.LastModified?.getTime() ?? 0 };
    });
  }

  async delete(keys: readonly string[]): Promise<void> {
    const names = keys.map(key => ({ Key: this.#name(key) }));
    await this.#guard(async () => {
      for (let i = 0; i < names.length; i += deletedAtOnce) await this.#remove(names.slice(i, i + deletedAtOnce));
    });
  }

  async *list(prefix: string, after = ''): AsyncGenerator<Blob> {
    checkPrefix(prefix);
    const { client, bucket } = this.#place;
    const wanted = {
      Bucket: bucket,
      Prefix: `${this.#prefix}${prefix}`,
      ...(after !== '' && { StartAfter: `${this.#prefix}${after}` }),
    };
    let token: string | undefined;
    do {
      const query = token === undefined ? wanted : { ...wanted, ContinuationToken: token };
      const page = await this.#guard(() => client.send(new ListObjectsV2Command(query)));
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
        yield { key: Key.slice(this.#prefix.length), size: Size, at: LastModified?.getTime() ?? 0 };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async close(): Promise<void> {
    this.#place.client.destroy();
  }

  #name(key: string): string {
    checkKey(key);
    return `${this.#prefix}${key}`;
  }

  async #head(target: Target) {
    try {
      return await this.#place.client.send(new HeadObjectCommand(target));
    } catch (error) {
      if (isError(error, 'NotFound', 'NoSuchKey')) return undefined;
      throw error;
    }
  }

  async #read(target: Target, range: Range | undefined): Promise<Uint8Array | undefined> {
    try {
      const wanted = range === undefined ? {} : { Range: toHeader(range) };
      const { Body } = await this.#place.client.send(new GetObjectCommand({ ...target, ...wanted }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      if (isError(error, 'NoSuchKey')) return undefined;
      if (isError(error, 'InvalidRange')) return new Uint8Array();
      throw error;
    }
  }

  /** Deletes some; what the server could not delete just now is asked for again. */
  async #remove(names: { Key: string }[]): Promise<void> {
    let left = names;
    for (let attempt = 1; left.length > 0; attempt++) {
      const wanted = { Bucket: this.#place.bucket, Delete: { Objects: left, Quiet: true } };
      const { Errors = [] } = await this.#place.client.send(new DeleteObjectsCommand(wanted));
      left = Errors.filter(({ Code }) => Code !== 'NoSuchKey').map(({ Key = '' }) => ({ Key }));
      if (left.length > 0 && attempt === deleteAttempts) {
        throw new Fault('ServiceUnavailable', `S3 could not delete ${left.length} objects (${Errors[0]?.Code}).`);
      }
    }
  }

  async #guard<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw toFault(error, this.#place.bucket);
    }
  }
}

interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

const markName = 'kubeve-put';
const deletedAtOnce = 1000;
const deleteAttempts = 3;
const readAttempts = 3;

const createClient = ({
  region,
  endpoint,
  credentials,
  attemptMs = 10_000,
}: Omit<S3BlobsOptions, 'bucket' | 'prefix' | 'random' | 'partBytes'>): S3Client => {
  const client = new S3Client({
    region,
    maxAttempts: 3,
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(credentials !== undefined && { credentials }),
    // Plain settings, so that each runtime brings its own handler.
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: attemptMs,
      socketTimeout: attemptMs,
      throwOnRequestTimeout: true,
    },
  });
  // The client asks again after errors that it knows, of which runtimes other than Node have others.
  client.middlewareStack.add(next => args => next(args).catch(rethrow), { step: 'deserialize', name: 'unanswered' });
  return client;
};

/** Says of what was not answered that it may be asked again. */
const rethrow = (error: unknown): never => {
  if (error instanceof Error && !isAnswer(error)) Object.assign(error, { $retryable: {} });
  throw error;
};

const toHeader = ({ start, end }: Range): string => `bytes=${start}-${end === undefined ? '' : end - 1}`;

/** Whether the server said no, as opposed to not saying all. */
const isAnswer = (error: unknown): boolean =>
  error instanceof Error && '$fault' in error && '$metadata' in error && error.name !== 'TimeoutError';
