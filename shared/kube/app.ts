import { Hono } from 'hono';
import { parseDuration } from '../base/duration.ts';
import { Fault } from '../base/fault.ts';
import type { JsonMap } from '../base/object.ts';
import type { Ports } from '../base/ports.ts';
import { type Fairness, isExempt, type Leave } from './access/fairness.ts';
import { impersonate } from './access/impersonate.ts';
import type { Peer, PeerEnv } from './access/peer.ts';
import type { Attributes, Authorizer, User } from './access/user.ts';
import type { Auditor, Trail } from './audit/auditor.ts';
import { toAuditId } from './audit/id.ts';
import { badRequest, unauthorized, unauthorizedFor } from './faults.ts';
import type { Exchange } from './handlers/exchange.ts';
import { respondFault } from './handlers/respond.ts';
import { toWarnings } from './handlers/warnings.ts';
import type { Meter } from './measure.ts';
import type { Registry } from './registry/registry.ts';
import { type RequestInfo, toRequestInfo } from './request.ts';
import { toRoute } from './route.ts';
import { toStatus } from './wire/status.ts';

/** What the app is made of. */
export interface KubeAppParts extends Ports {
  readonly registry: Registry;
  /** Brings the registry's catalog up to date: awaited by every request before it is routed. */
  readonly refresh?: () => Promise<void>;
  /** Who is calling; undefined for nobody. Throws Unauthorized for a credential that does not hold. */
  readonly authenticate: (request: Request, peer?: Peer) => Promise<User | undefined>;
  readonly authorizer: Authorizer;
  /** Answers what is no resource: discovery, OpenAPI, health, version. 404 for paths it does not know. */
  readonly describe: { fetch(request: Request): Response | Promise<Response> };
  /** Aborts when the server is about to close: open watches end cleanly. */
  readonly closing?: AbortSignal;
  /** Records requests. */
  readonly auditor?: Auditor;
  /** Shares the server out among its users. */
  readonly fairness?: Fairness;
  /** Counts requests. */
  readonly meter?: Meter;
}

/** The Kubernetes API. `app.fetch(request, env)` with what the door knows of the connection. */
export const createKubeApp = (parts: KubeAppParts): Hono<{ Bindings: PeerEnv }> => {
  const app = new Hono<{ Bindings: PeerEnv }>();
  // The order of filters is fixed and the paths are the catalog's: there is one route.
  app.all('*', context => serve(parts, context.req.raw, context.env ?? {}));
  return app;
};

/** What becomes known of a request on its way. */
interface Journey {
  readonly auditId: string;
  readonly warnings: Set<string>;
  info?: RequestInfo;
  decision?: { allowed: boolean; reason: string };
  trail?: Trail | undefined;
  /** What went wrong, as it was answered. */
  status?: JsonMap;
  /** Called when an answer that goes on for long is over: gives the place back … */
  ended?: (() => void) | undefined;
  /** … and completes the record. */
  over?: () => void;
}

const serve = async (parts: KubeAppParts, request: Request, env: PeerEnv): Promise<Response> => {
  const journey: Journey = { auditId: toAuditId(parts.random, request), warnings: new Set() };
  const url = new URL(request.url);
  const measured = parts.meter?.begin(request, url);
  let response: Response;
  try {
    response = await answer(parts, request, url, env, journey);
  } catch (error) {
    const fault = toFault(parts, error, journey.auditId);
    if (fault.reason === 'Unauthorized') journey.trail ??= beginTrail(parts, request, url, env, journey);
    response = await respondFault(request, fault);
    journey.status = toStatus(fault);
    if (journey.decision?.allowed === false) response.headers.set('x-content-type-options', 'nosniff');
  }
  finish(response, journey);
  record(response, journey);
  measured?.(journey.info, response.status);
  // A watch that did not begin is over.
  if (response.status !== 200) journey.ended?.();
  return request.method === 'HEAD' ? withoutBody(response) : response;
};

/** Who, whether they may, and then what: a stranger learns nothing, not even which paths exist. */
const answer = async (
  parts: KubeAppParts,
  request: Request,
  url: URL,
  env: PeerEnv,
  journey: Journey,
): Promise<Response> => {
  const caller = await parts.authenticate(request, env.peer);
  if (caller === undefined) throw unauthorized();
  const info = toRequestInfo(request.method, url);
  journey.info = info;
  journey.trail = beginTrail(parts, request, url, env, journey, caller);
  const user = await impersonate(request.headers, caller, parts.authorizer);
  if (user !== caller) journey.trail?.impersonated(user);
  const isWatch = info.verb === 'watch';
  const leave = await enter(parts, info, user, journey);
  if (leave === undefined) return tooManyRequests();
  let work: Promise<Response> | undefined;
  try {
    await authorize(parts.authorizer, toAttributes(info, user), journey);
    const limit = isWatch ? undefined : Math.min(toTimeoutMs(url), env.leftMs ?? maxTimeoutMs);
    work = dispatch(parts, request, url, info, user, journey, env.leftMs);
    return await (limit === undefined ? work : within(limit, work));
  } finally {
    // Not before the work is over: what is thrown away because it took too long still runs.
    void Promise.resolve(work).then(leave, leave);
  }
};

/** A turn for the request; undefined when it has to come back later. A watch is counted besides, until it is over. */
const enter = async (
  { fairness, meter }: KubeAppParts,
  info: RequestInfo,
  user: User,
  journey: Journey,
): Promise<Leave | undefined> => {
  const isWatch = info.verb === 'watch';
  const uncount = isWatch ? meter?.stay(info) : undefined;
  journey.ended = uncount;
  if (!fairness || isExempt(user, info)) return () => {};
  const leave = await fairness.enter(user.name);
  if (leave === undefined || !isWatch) return leave;
  const over = fairness.stay(user.name);
  if (!over) leave();
  journey.ended = () => {
    over?.();
    uncount?.();
  };
  return over && leave;
};

const dispatch = async (
  parts: KubeAppParts,
  request: Request,
  url: URL,
  info: RequestInfo,
  user: User,
  journey: Journey,
  leftMs: number | undefined,
): Promise<Response> => {
  const { resource } = info;
  await parts.refresh?.();
  if (resource === undefined) return parts.describe.fetch(request);
  const route = toRoute(parts.registry.catalog, info.verb, resource);
  if (route === undefined) return pageNotFound();
  const { clock, random, log, registry, authorizer } = parts;
  const allow = (verb: string): Promise<void> => authorize(authorizer, toAttributes({ ...info, verb }, user));
  const { type, handler } = route;
  if (type.deprecationWarning !== undefined) journey.warnings.add(type.deprecationWarning);
  const exchange: Exchange = {
    clock,
    random,
    log,
    registry,
    request,
    url,
    info,
    resource,
    type,
    user,
    warnings: journey.warnings,
    allow,
    made: object => journey.trail?.concerns(object),
    annotate: (key, value) => journey.trail?.annotate(key, value),
    ended: () => {
      journey.ended?.();
      journey.over?.();
    },
    ...(parts.closing && { closing: parts.closing }),
    ...(leftMs !== undefined && { leftMs }),
  };
  return handler(exchange);
};

const authorize = async (authorizer: Authorizer, attributes: Attributes, journey?: Journey): Promise<void> => {
  const decision = await authorizer.authorize(attributes);
  if (journey) journey.decision = decision;
  if (!decision.allowed) throw unauthorizedFor(attributes, decision.reason);
};

const toAttributes = ({ verb, path, resource }: RequestInfo, user: User): Attributes => {
  if (resource === undefined) return { user, verb, path };
  const { group, version, plural, subresource, namespace, name } = resource;
  return {
    user,
    verb,
    resource: {
      group,
      version,
      resource: plural,
      ...(subresource !== undefined && { subresource }),
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
    },
  };
};

/** Upstream's limit for everything but watches; `?timeout=` may only shorten it. */
const maxTimeoutMs = 60_000;

const toTimeoutMs = (url: URL): number => {
  const text = url.searchParams.get('timeout');
  if (text === null || text === '') return maxTimeoutMs;
  const ms = parseDuration(text);
  if (ms === undefined) {
    const why = `time: invalid duration ${JSON.stringify(text)}`;
    throw badRequest(`invalid timeout specified in the request URL - ${why}`);
  }
  return ms <= 0 ? maxTimeoutMs : Math.min(ms, maxTimeoutMs);
};

/** What was begun goes on, its answer is thrown away: a write may have happened, as the message says. */
const within = async (ms: number, work: Promise<Response>): Promise<Response> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Fault('Timeout', tooLate)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

const tooLate = 'Timeout: request did not complete within the allotted timeout';

const toFault = ({ log }: Ports, error: unknown, auditId: string): Fault => {
  if (error instanceof Fault) {
    // A fault that names causes is the caller's, whatever its code: a version of the future.
    if (error.code >= 500 && error.causes.length === 0)
      log.warn('request failed', { auditId, reason: error.reason, message: error.message });
    return error;
  }
  log.error('request met a bug', { auditId, error });
  return new Fault('InternalError', 'Internal error occurred: the server met an unexpected condition');
};

const finish = ({ headers }: Response, { auditId, warnings }: Journey): void => {
  headers.set('audit-id', auditId);
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-cache, private');
  for (const warning of toWarnings(warnings)) headers.append('warning', warning);
};

const beginTrail = (
  { auditor }: KubeAppParts,
  request: Request,
  url: URL,
  { remoteAddress }: PeerEnv,
  { auditId }: Journey,
  user?: User,
): Trail | undefined =>
  auditor?.begin({
    auditId,
    request,
    url,
    info: toInfo(request, url),
    ...(user && { user }),
    ...(remoteAddress !== undefined && { remoteAddress }),
  });

/** A path that cannot be decoded stands for itself: who sent it was not let in. */
const toInfo = (request: Request, url: URL): RequestInfo => {
  try {
    return toRequestInfo(request.method, url);
  } catch {
    return { verb: request.method.toLowerCase(), path: url.pathname };
  }
};

const record = (response: Response, journey: Journey): void => {
  const { trail, decision, status, info } = journey;
  if (!trail) return;
  if (decision) {
    trail.annotate('authorization.k8s.io/decision', decision.allowed ? 'allow' : 'forbid');
    trail.annotate('authorization.k8s.io/reason', decision.reason);
  }
  if (info?.verb === 'watch' && response.status === 200) {
    trail.started(response);
    journey.over = () => trail.completed(response);
  } else trail.completed(response, status);
};

const tooManyRequests = (): Response =>
  new Response('Too many requests, please try again later.\n', {
    status: 429,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', 'retry-after': '1' },
  });

const withoutBody = (response: Response): Response => {
  const bare = new Response(null, response);
  void response.body?.cancel();
  return bare;
};

const pageNotFound = (): Response =>
  new Response('404 page not found\n', {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  });
