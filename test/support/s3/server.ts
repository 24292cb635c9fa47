import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Answer } from './bucket.ts';
import { Bucket, refuse } from './bucket.ts';
import { checkSignature } from './signature.ts';

/**
 * A server that speaks S3 and fails on demand: for what no real one can be told to do. The battery of blobs passes on this
 * one and on a real one alike.
 */
export interface S3Server {
  readonly endpoint: string;
  readonly bucket: Bucket;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Requests that were answered or failed, such as `PUT a/b` or `GET ?list-type`. */
  readonly requests: readonly string[];
  /** Lets the next requests (one, unless `times` says more) that `matches` fits fail. */
  fail(matches: RegExp, failure: Failure, times?: number): void;
  /** Ends all failing. */
  heal(): void;
  close(): Promise<void>;
}

export type Failure =
  /** Answers so, and does nothing. */
  | { readonly status: number; readonly code: string }
  /** Breaks the connection before doing what was asked, after it, or in the middle of the answer's body. */
  | { readonly reset: 'before' | 'after' | 'within' }
  /** Does what was asked and answers so late. */
  | { readonly lateMs: number };

export const bucketName = 'kubeve';

export const openS3Server = async (): Promise<S3Server> => {
  const bucket = new Bucket();
  const credentials = { accessKeyId: 'kubevetest', secretAccessKey: 'a secret of this test' };
  const requests: string[] = [];
  let failures: { matches: RegExp; failure: Failure; left: number }[] = [];
  const decide = (request: IncomingMessage, body: Buffer): Answer => {
    const secrets = { [credentials.accessKeyId]: credentials.secretAccessKey };
    const denied = checkSignature(request, body, secrets, Date.now());
    if (denied !== undefined) return refuse(403, denied);
    const url = new URL(request.url ?? '/', 'http://s3');
    const [, name = '', ...rest] = url.pathname.split('/');
    if (name !== bucketName) return refuse(404, 'NoSuchBucket');
    const header = (key: string): string | undefined => {
      const value = request.headers[key];
      return Array.isArray(value) ? value[0] : value;
    };
    const key = decodeURIComponent(rest.join('/'));
    return bucket.answer({ method: request.method ?? '', key, query: url.searchParams, header, body });
  };
  const takeFailure = (name: string): Failure | undefined => {
    const found = failures.find(({ matches, left }) => left > 0 && matches.test(name));
    if (found) found.left--;
    return found?.failure;
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const name = toName(request);
    requests.push(name);
    const failure = takeFailure(name);
    if (failure && 'reset' in failure && failure.reset === 'before') return request.socket.destroy();
    const answer = failure && 'status' in failure ? refuse(failure.status, failure.code) : decide(request, body);
    if (failure && 'reset' in failure && failure.reset === 'after') return request.socket.destroy();
    if (failure && 'lateMs' in failure) await new Promise(resolve => setTimeout(resolve, failure.lateMs));
    send(response, request.method === 'HEAD', answer, failure !== undefined && 'reset' in failure);
  });
  // As a cloud does, it closes no connection that a client of a busy machine is about to use again.
  server.keepAliveTimeout = 300_000;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    bucket,
    credentials,
    requests,
    fail: (matches, failure, times = 1) => void failures.push({ matches, failure, left: times }),
    heal: () => {
      failures = [];
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const send = (response: ServerResponse, isHead: boolean, { status, headers, body = '' }: Answer, isCut: boolean) => {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  if (isHead) response.end();
  else if (!isCut) response.end(bytes);
  else response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
};

/** `PUT a/b`, `PUT a/b?partNumber`, `POST ?delete`. */
const toName = ({ method = '', url = '/' }: IncomingMessage): string => {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const key = decodeURIComponent(pathname.split('/').slice(2).join('/'));
  const [action] = [...searchParams.keys()].filter(name => name !== 'x-id');
  return `${method} ${key}${action === undefined ? '' : `?${action}`}`;
};
