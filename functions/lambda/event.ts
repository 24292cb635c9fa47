import { Buffer } from 'node:buffer';
import { X509Certificate } from 'node:crypto';
import type { PeerEnv } from '../../shared/kube/access/peer.ts';

/** What the platform hands over for one HTTP request: of a function URL or an HTTP API (format 2.0), or of a REST API (1.0). */
export type HttpEvent = EventV1 | EventV2;

interface EventV2 {
  readonly version: '2.0';
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly cookies?: readonly string[];
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly domainName?: string;
    readonly http: { readonly method: string; readonly sourceIp?: string };
    readonly authentication?: { readonly clientCert?: ClientCert } | null;
  };
}

interface EventV1 {
  readonly version?: '1.0';
  readonly httpMethod: string;
  /** As the client sent it, without the API's stage. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  /** Decoded already. */
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly domainName?: string;
    readonly identity?: { readonly sourceIp?: string; readonly clientCert?: ClientCert | null } | null;
  };
}

/** Of a client that mutual TLS let in: its chain was verified against the truststore of the domain. */
interface ClientCert {
  readonly clientCertPem: string;
}

export interface Incoming {
  readonly request: Request;
  readonly env: PeerEnv;
}

/** The request that an event stands for. `signal` is that of the request. Throws a TypeError for an event of another sort. */
export const fromEvent = (event: HttpEvent, signal: AbortSignal): Incoming => {
  if (isV2(event)) {
    const { domainName, http, authentication } = event.requestContext;
    const headers = toHeaders(Object.entries(event.headers));
    if (event.cookies?.length) headers.set('cookie', event.cookies.join('; '));
    const target = toPath(event.rawPath) + (event.rawQueryString ? `?${event.rawQueryString}` : '');
    return {
      request: toRequest(event, http.method, target, headers, domainName, signal),
      env: toEnv(http.sourceIp, authentication?.clientCert),
    };
  }
  if (!isV1(event)) throw new TypeError('this is no event of an HTTP request');
  const { domainName, identity } = event.requestContext;
  const query = toQuery(event.multiValueQueryStringParameters ?? {});
  const headers = event.multiValueHeaders
    ? toHeaders(
        Object.entries(event.multiValueHeaders).flatMap(([name, values = []]) => values.map(one => [name, one])),
      )
    : toHeaders(Object.entries(event.headers ?? {}));
  return {
    request: toRequest(event, event.httpMethod, toPath(event.path) + query, headers, domainName, signal),
    env: toEnv(identity?.sourceIp, identity?.clientCert ?? undefined),
  };
};

const isV2 = (event: HttpEvent): event is EventV2 =>
  event.version === '2.0' && typeof event.requestContext?.http?.method === 'string';

const isV1 = (event: HttpEvent): event is EventV1 =>
  'httpMethod' in event && typeof event.httpMethod === 'string' && typeof event.path === 'string';

const toRequest = (
  event: HttpEvent,
  method: string,
  target: string,
  headers: Headers,
  domainName = 'localhost',
  signal: AbortSignal,
): Request => {
  const url = `https://${headers.get('host') ?? domainName}${target}`;
  const hasBody = method !== 'GET' && method !== 'HEAD' && typeof event.body === 'string';
  const body = hasBody ? Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8') : undefined;
  return new Request(url, { method, headers, signal, ...(body && { body }) });
};

/** Gateways hand over some paths decoded: what may not stand in a URL is encoded, what is encoded stays. */
const toPath = (path: string): string =>
  (path.startsWith('/') ? path : `/${path}`)
    .replace(/%(?![0-9A-Fa-f]{2})/g, '%25')
    .replace(/[^\x21-\x7e]+|["#<>?\\^`{|}]/gu, part => encodeURIComponent(part));

const toQuery = (parameters: Readonly<Record<string, readonly string[] | undefined>>): string => {
  const query = new URLSearchParams();
  for (const [name, values = []] of Object.entries(parameters)) for (const value of values) query.append(name, value);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
};

const toHeaders = (entries: readonly (readonly (string | undefined)[])[]): Headers => {
  const headers = new Headers();
  for (const [name, value] of entries) if (name !== undefined && value !== undefined) headers.append(name, value);
  return headers;
};

const toEnv = (remoteAddress: string | undefined, clientCert: ClientCert | undefined): PeerEnv => ({
  ...(remoteAddress && { remoteAddress }),
  ...(clientCert && { peer: { verified: true, certificate: new X509Certificate(clientCert.clientCertPem).raw } }),
});
