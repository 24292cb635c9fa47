import { Hono } from 'hono';
import { isFault } from '../../base/fault.ts';
import { type Metrics, metricsType } from '../../base/metrics.ts';
import type { Accounts } from '../access/accounts/accounts.ts';
import type { Catalog } from '../catalog.ts';
import { notAcceptable } from '../faults.ts';
import { toBody } from '../wire/body.ts';
import { matches, mediaTypes, negotiate, negotiateError, parseAccept } from '../wire/negotiate.ts';
import { toStatus } from '../wire/status.ts';
import { createDescriptions, type Description } from './descriptions.ts';
import { type Check, type Checks, checkHealth } from './health.ts';
import { toRootPaths } from './paths.ts';
import { type Build, toVersionInfo } from './version.ts';

/** What the self-description is made of. */
export interface DescribeParts {
  readonly catalog: Catalog;
  readonly build?: Build;
  readonly checks?: Checks;
  /** Whose ServiceAccount tokens are to be believed, for others that are shown one. */
  readonly accounts?: Pick<Accounts, 'configuration' | 'keySet'>;
  /** What is counted; absent: `/metrics` is nothing. */
  readonly metrics?: Pick<Metrics, 'print'>;
  /** Told why a health check failed; the answer withholds it. */
  readonly onFailure?: (check: string, error: unknown) => void;
}

/**
 * What the API says about itself: discovery, OpenAPI, version and health (kubernetes-api reference §1.4 to §1.6). Knows no
 * access rules: whoever mounts it has asked already. Any other path is `404 page not found`.
 */
export const createDescribeApp = (parts: DescribeParts): Hono => {
  const { catalog, build, checks = {}, onFailure, accounts, metrics } = parts;
  const app = new Hono({ strict: false });
  const descriptions = createDescriptions(catalog);
  const version = toVersionInfo(build);

  const published = [
    ...(accounts ? ['/.well-known/openid-configuration', '/openid/v1/jwks'] : []),
    ...(metrics ? ['/metrics'] : []),
  ];
  app.get('/', ({ req }) => plain(req.raw, { paths: toRootPaths(catalog, checks, published) }));
  app.get('/version', ({ req }) => plain(req.raw, version));
  app.get('/api', ({ req }) => roots(req.raw, descriptions.aggregated(true), descriptions.versions(hostOf(req.raw))));
  app.get('/apis', ({ req }) => roots(req.raw, descriptions.aggregated(false), descriptions.groups()));
  app.get('/apis/:group', ({ req }) => plain(req.raw, descriptions.group(req.param('group'))));
  app.get('/api/:version', ({ req }) => plain(req.raw, descriptions.resources('', req.param('version'))));
  app.get('/apis/:group/:version', ({ req }) =>
    plain(req.raw, descriptions.resources(req.param('group'), req.param('version'))),
  );
  app.get('/openapi/v3', ({ req }) => document(req.raw, descriptions.openApiRoot(), [mediaTypes.json]));
  app.get('/openapi/v3/:path{.+}', ({ req }) =>
    hashed(req.raw, descriptions.openApiV3(req.param('path').replace(/\/$/, ''))),
  );
  app.get('/openapi/v2', ({ req }) => openApiV2(req.raw, descriptions));
  if (accounts) {
    app.get('/.well-known/openid-configuration', () => keepable(accounts.configuration, mediaTypes.json));
    app.get('/openid/v1/jwks', () => keepable(accounts.keySet, 'application/jwk-set+json'));
  }
  if (metrics) app.get('/metrics', () => new Response(metrics.print(), { headers: { 'content-type': metricsType } }));
  for (const endpoint of ['healthz', 'livez', 'readyz'] as const) {
    const own: readonly Check[] = checks[endpoint] ?? [];
    const answer = (request: Request, only?: string) =>
      health(checkHealth(endpoint, own, new URL(request.url).searchParams, only, onFailure));
    app.get(`/${endpoint}`, ({ req }) => answer(req.raw));
    app.get(`/${endpoint}/:name`, ({ req }) => answer(req.raw, req.param('name')));
  }
  app.notFound(() => pageNotFound());
  app.onError((error, { req }) => {
    if (!isFault(error)) throw error;
    const { text, contentType } = toBody(toStatus(error), negotiateError(req.raw));
    return new Response(text, { status: error.code, headers: { 'content-type': contentType } });
  });
  return app;
};

const pageNotFound = (): Response =>
  new Response('404 page not found\n', {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  });

/** A value of no kind that clients cache; undefined: there is no such thing. */
const plain = (request: Request, value: unknown): Response => {
  if (value === undefined) return pageNotFound();
  const { text, contentType } = toBody(value, negotiate(request));
  return new Response(text, { headers: { 'content-type': contentType } });
};

/** `/api` and `/apis`: aggregated for those who ask for it, else the legacy list. */
const roots = (request: Request, aggregated: Description, legacy: unknown): Response => {
  for (const clause of parseAccept(request.headers.get('accept') ?? '')) {
    if (!matches(clause, mediaTypes.json)) continue;
    const { parameters } = clause;
    if (!parameters.has('as') && !parameters.has('g')) break;
    const wanted = parameters.get('as') === 'APIGroupDiscoveryList' && parameters.get('g') === 'apidiscovery.k8s.io';
    if (wanted && parameters.get('v') === 'v2') return cached(request, aggregated, { 'cache-control': 'public' });
  }
  const response = plain(request, legacy);
  response.headers.set('vary', 'Accept');
  return response;
};

const openApiV2 = (request: Request, descriptions: ReturnType<typeof createDescriptions>): Response => {
  for (const clause of parseAccept(request.headers.get('accept') ?? '')) {
    if (matches(clause, mediaTypes.json)) return cached(request, descriptions.openApiV2());
    if (v2Protobuf.some(type => matches(clause, type))) return cached(request, descriptions.openApiV2Protobuf());
  }
  throw notAcceptable([mediaTypes.json, ...v2Protobuf]);
};

/** Both spellings are asked for: the second is no media type, strictly, but the one that client-go sends. */
const v2Protobuf = [
  'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
];

/** What verifiers of tokens may keep for an hour. */
const keepable = (value: unknown, contentType: string): Response =>
  new Response(JSON.stringify(value), {
    headers: { 'content-type': contentType, 'cache-control': 'public, max-age=3600' },
  });

/** A document of OpenAPI v3 by its hash: the right one is good for ever, a wrong one leads to the right one. */
const hashed = (request: Request, found: (Description & { readonly url: string }) | undefined): Response => {
  if (found === undefined) return pageNotFound();
  const asked = new URL(request.url).searchParams.get('hash');
  if (asked === null || asked === '') return document(request, found, [mediaTypes.json]);
  if (asked !== found.hash) return new Response(null, { status: 301, headers: { location: found.url } });
  return document(request, found, [mediaTypes.json], {
    'cache-control': 'public, immutable, max-age=31536000',
  });
};

const document = (
  request: Request,
  description: Description,
  supported: readonly string[],
  headers: Record<string, string> = {},
): Response => {
  const clauses = parseAccept(request.headers.get('accept') ?? '');
  if (!clauses.some(clause => supported.some(type => matches(clause, type)))) throw notAcceptable(supported);
  return cached(request, description, headers);
};

const cached = (request: Request, description: Description, headers: Record<string, string> = {}): Response => {
  const etag = `"${description.hash}"`;
  const common = { etag, vary: 'Accept, Accept-Encoding', ...headers };
  const known = (request.headers.get('if-none-match') ?? '').split(',').map(tag => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*')) return new Response(null, { status: 304, headers: common });
  const type = { 'content-type': description.contentType };
  const gzipped = acceptsGzip(request) ? description.gzipped() : undefined;
  if (gzipped === undefined) return new Response(description.bytes, { headers: { ...type, ...common } });
  return new Response(gzipped, { headers: { ...type, ...common, 'content-encoding': 'gzip' } });
};

const acceptsGzip = (request: Request): boolean =>
  /(^|,)\s*gzip\s*(,|$|;\s*q=(?!0(\.0*)?\s*(,|$)))/i.test(request.headers.get('accept-encoding') ?? '');

const health = async (result: ReturnType<typeof checkHealth>): Promise<Response> => {
  const { status, body } = await result;
  return new Response(body, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  });
};

const hostOf = (request: Request): string => request.headers.get('host') ?? new URL(request.url).host;
