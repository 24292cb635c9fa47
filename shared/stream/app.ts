import { Hono } from 'hono';
import { Fault } from '../base/fault.ts';
import type { JsonMap, ObjectRef } from '../base/object.ts';
import type { Ports } from '../base/ports.ts';
import type { PeerEnv } from '../kube/access/peer.ts';
import { type Visit, type VisitParts, visit } from '../kube/visit.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { authorizePath, authorizeTarget } from './access.ts';
import { toBody } from './body.ts';
import { type Bootstrap, serveBootstrap, toBootstrapTarget } from './bootstrap.ts';
import { readEntries } from './entries.ts';
import { type Preview, servePreview, toPreviewTarget } from './preview.ts';
import type { StreamRequest } from './request.ts';
import { toStreamRequest } from './request.ts';
import { toErrorResponse } from './status.ts';
import type { Target } from './target.ts';
import { toTarget } from './target.ts';

export interface StreamParts extends VisitParts {
  readonly telemetry: Telemetry;
  /** The Device that has a UUID; the UUID is lower case. */
  findDevice(uuid: string): Promise<ObjectRef | undefined>;
  readonly decode: Decode;
  /** What a Device would be told if objects were applied; absent: nobody can ask. */
  readonly preview?: Preview;
  /** First settings of Devices; absent: nobody can have any. */
  readonly bootstrap?: Bootstrap;
  readonly ports: Ports;
  /** Ends everything that is followed: the process is about to end. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<StreamLimits>;
}

/**
 * The entries of one record, oldest first: of `log` and `applog` one for each line, else one. A line has `content`, and
 * `severity` and `source` where it says so. Throws a Fault when the body cannot be read.
 */
export type Decode = (kind: string, body: Uint8Array) => Promise<readonly JsonMap[]>;

export interface StreamLimits {
  /** Followers at a time; one more is told TooManyRequests. Default 1,000. */
  readonly followers: number;
  /** How long one may follow; then the stream ends and its reader comes again, authorised anew. Default one hour. */
  readonly followMs: number;
  /** Silence after which an event stream is sent a comment, so that nothing on the way gives it up. Default 15 s. */
  readonly keepAliveMs: number;
}

/**
 * What devices sent, for people and tools: `GET /edgenode/<uuid>/{log,info,metrics,flowlog,hardwarehealth,attestation}` and
 * `/edgenode/<uuid>/apps/<app uuid>/log`. Answers errors as Status. The door hands `PeerEnv` beside the request.
 */
export const createStreamApp = (parts: StreamParts): Hono<{ Bindings: PeerEnv }> => {
  const app = new Hono<{ Bindings: PeerEnv }>();
  const limits = { followers: 1000, followMs: 3_600_000, keepAliveMs: 15_000, ...parts.limits };
  const serve = createServe(parts, limits);
  const { log, random } = parts.ports;
  app.all('*', ({ req: { raw: request }, env }) =>
    visit(
      { ...parts, random },
      request,
      env ?? {},
      visitor => serve(request, env ?? {}, visitor),
      error => toErrorResponse(error, log),
    ),
  );
  return app;
};

const createServe = (parts: StreamParts, limits: StreamLimits) => {
  let followers = 0;
  return async (
    request: Request,
    { leftMs = limits.followMs }: PeerEnv,
    { user, authorizer, stay }: Visit,
  ): Promise<Response> => {
    const guard = { ...parts, authorizer };
    const url = new URL(request.url);
    const previewed = toPreviewTarget(url.pathname);
    if (previewed !== undefined && parts.preview) return servePreview(guard, parts.preview, request, user, previewed);
    const begun = toBootstrapTarget(url.pathname);
    if (begun !== undefined && parts.bootstrap) return serveBootstrap(guard, parts.bootstrap, request, user, begun);
    const target = toTarget(url.pathname);
    if (target === undefined) return authorizePath(guard, user, url.pathname);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new Fault('MethodNotAllowed', 'the server does not allow this method on the requested resource');
    }
    const wanted = toStreamRequest(request, url, target, parts.ports.clock.now());
    await authorizeTarget(guard, user, target, wanted.isFollowing ? 'watch' : 'get');
    await checkPosition(parts, target, wanted.selection.after?.cursor);
    if (request.method === 'HEAD') return new Response(null, { headers: toHeaders(wanted) });
    if (wanted.isFollowing && followers >= limits.followers) {
      const retryAfterSeconds = 5;
      throw new Fault('TooManyRequests', 'Too many streams are followed, please try again later.', {
        retryAfterSeconds,
      });
    }
    const share = wanted.isFollowing ? 1 : 0;
    const leave = wanted.isFollowing ? stay() : undefined;
    followers += share;
    const own = { ...limits, followMs: Math.min(limits.followMs, leftMs) };
    return respond(parts, target, wanted, own, () => {
      followers -= share;
      leave?.();
    });
  };
};

const respond = async (
  { telemetry, decode, ports, signal }: StreamParts,
  target: Target,
  wanted: StreamRequest,
  { keepAliveMs, followMs }: StreamLimits,
  onEnd: () => void,
): Promise<Response> => {
  const { selection, isFollowing, format } = wanted;
  const stop = stopAfter(followMs, signal);
  const read = readEntries({ telemetry, decode, target, selection, isFollowing, signal: stop.signal });
  // Whoever follows hears at once that he does.
  const entries = isFollowing ? read : await begin(read).catch((error: unknown) => giveUp(error, stop, onEnd));
  const body = toBody(entries, { format, event: target.event, keepAliveMs, stop, onEnd, log: ports.log });
  return new Response(body, { headers: toHeaders(wanted) });
};

/** Reads the first group, so that the answer's status tells what goes wrong before there is any. */
const begin = async <T>(entries: AsyncGenerator<T, void, void>): Promise<AsyncIterable<T>> => {
  let first: IteratorResult<T, void> | undefined = await entries.next();
  const next = async (): Promise<IteratorResult<T, void>> => {
    const result = first ?? (await entries.next());
    first = undefined;
    return result;
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: () => entries.return() }) };
};

const giveUp = (error: unknown, stop: AbortController, onEnd: () => void): never => {
  stop.abort();
  onEnd();
  throw error;
};

const toHeaders = ({ format }: StreamRequest): Record<string, string> => ({
  'content-type': format === 'sse' ? 'text/event-stream; charset=utf-8' : 'application/x-ndjson',
  'cache-control': 'no-cache, private, no-transform',
  // Whatever compresses answers on the way would hold lines back.
  'content-encoding': 'identity',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
});

/** Throws BadRequest for a position that is none, while the answer's status can still say so. */
const checkPosition = async ({ telemetry }: StreamParts, target: Target, after: string | undefined): Promise<void> => {
  if (after === undefined) return;
  for await (const _ of telemetry.read(target.kind, { device: target.uuid, after, limit: 1 })) break;
};

const stopAfter = (ms: number, signal: AbortSignal | undefined): AbortController => {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const timer = setTimeout(abort, ms);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  stop.signal.addEventListener('abort', () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  });
  return stop;
};
