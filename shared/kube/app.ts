import { Hono } from 'hono';
import { parseDuration } from '../base/duration.ts';
import { Fault } from '../base/fault.ts';
import type { Ports } from '../base/ports.ts';
import { impersonate } from './access/impersonate.ts';
import type { Peer, PeerEnv } from './access/peer.ts';
import type { Attributes, Authorizer, User } from './access/user.ts';
import { badRequest, unauthorized, unauthorizedFor } from './faults.ts';
import type { Exchange } from './handlers/exchange.ts';
import { respondFault } from './handlers/respond.ts';
import { toWarnings } from './handlers/warnings.ts';
import type { Registry } from './registry/registry.ts';
import { type RequestInfo, toRequestInfo } from './request.ts';
import { toRoute } from './route.ts';

/** What the app is made of. */
export interface KubeAppParts extends Ports {
  readonly registry: Registry;
  /** Who is calling; undefined for nobody. Throws Unauthorized for a credential that does not hold. */
  readonly authenticate: (request: Request, peer?: Peer) => Promise<User | undefined>;
  readonly authorizer: Authorizer;
  /** Answers what is no resource: discovery, OpenAPI, health, version. 404 for paths it does not know. */
  readonly describe: { fetch(request: Request): Response | Promise<Response> };
  /** Aborts when the server is about to close: open watches end cleanly. */
  readonly closing?: AbortSignal;
  /** Told of every request once it is answered; a watch when it began. */
  readonly audit?: (event: AuditEvent) => void;
}

/** One request, as an audit log wants to know it. Never holds bodies, tokens or header values. */
export interface AuditEvent {
  readonly auditId: string;
  readonly verb: string;
  readonly uri: string;
  readonly user?: User;
  /** Who acted as `user`, when that is somebody else. */
  readonly impersonator?: string;
  readonly remoteAddress?: string;
  readonly userAgent?: string;
  readonly code: number;
  readonly decision?: { readonly allowed: boolean; readonly reason: string };
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
  readonly warnings: Set<string>;
  info?: RequestInfo;
  user?: User;
  impersonator?: string;
  decision?: { allowed: boolean; reason: string };
}

const serve = async (parts: KubeAppParts, request: Request, env: PeerEnv): Promise<Response> => {
  const auditId = toAuditId(parts, request);
  const journey: Journey = { warnings: new Set() };
  const url = new URL(request.url);
  let response: Response;
  try {
    response = await answer(parts, request, url, env, journey);
  } catch (error) {
    response = await respondFault(request, toFault(parts, error, auditId));
    if (journey.decision?.allowed === false) response.headers.set('x-content-type-options', 'nosniff');
  }
  finish(response, auditId, journey);
  audit(parts, request, url, env, journey, auditId, response.status);
  return request.method === 'HEAD' ? new Response(null, response) : response;
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
  journey.user = caller;
  const info = toRequestInfo(request.method, url);
  journey.info = info;
  const user = await impersonate(request.headers, caller, parts.authorizer);
  if (user !== caller) Object.assign(journey, { user, impersonator: caller.name });
  await authorize(parts.authorizer, toAttributes(info, user), journey);
  if (info.verb === 'watch') return dispatch(parts, request, url, info, user, journey);
  return within(toTimeoutMs(url), () => dispatch(parts, request, url, info, user, journey));
};

const dispatch = async (
  parts: KubeAppParts,
  request: Request,
  url: URL,
  info: RequestInfo,
  user: User,
  { warnings }: Journey,
): Promise<Response> => {
  const { resource } = info;
  if (resource === undefined) return parts.describe.fetch(request);
  const route = toRoute(parts.registry.catalog, info.verb, resource);
  if (route === undefined) return pageNotFound();
  const { clock, random, log, registry, authorizer } = parts;
  const allow = (verb: string): Promise<void> => authorize(authorizer, toAttributes({ ...info, verb }, user));
  const { type, handler } = route;
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
    warnings,
    allow,
    ...(parts.closing && { closing: parts.closing }),
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
  if (ms === undefined || ms < 0) throw badRequest(`invalid timeout specified in the request URL - ${text}`);
  return ms === 0 ? maxTimeoutMs : Math.min(ms, maxTimeoutMs);
};

/** What was begun goes on, its answer is thrown away: a write may have happened, as the message says. */
const within = async (ms: number, work: () => Promise<Response>): Promise<Response> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Fault('Timeout', tooLate)), ms);
  });
  try {
    return await Promise.race([work(), late]);
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

const toAuditId = ({ random }: Ports, request: Request): string => {
  const given = request.headers.get('audit-id');
  return given && /^[\x21-\x7e]{1,128}$/.test(given) ? given : random.uuid();
};

const finish = ({ headers }: Response, auditId: string, { warnings }: Journey): void => {
  headers.set('audit-id', auditId);
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-cache, private');
  for (const warning of toWarnings(warnings)) headers.append('warning', warning);
};

const audit = (
  parts: KubeAppParts,
  request: Request,
  url: URL,
  { remoteAddress }: PeerEnv,
  { info, user, impersonator, decision }: Journey,
  auditId: string,
  code: number,
): void => {
  const userAgent = request.headers.get('user-agent');
  parts.audit?.({
    auditId,
    verb: info?.verb ?? request.method.toLowerCase(),
    uri: url.pathname + url.search,
    code,
    ...(user && { user }),
    ...(impersonator !== undefined && { impersonator }),
    ...(remoteAddress !== undefined && { remoteAddress }),
    ...(userAgent !== null && { userAgent }),
    ...(decision && { decision }),
  });
};

const pageNotFound = (): Response =>
  new Response('404 page not found\n', {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  });
