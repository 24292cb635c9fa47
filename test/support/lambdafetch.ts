import { X509Certificate } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Fetch } from '../../functions/fetch.ts';
import type { HttpResult } from '../../functions/lambda/answer.ts';
import type { HttpEvent } from '../../functions/lambda/event.ts';
import type { Context, StreamHandler } from '../../functions/lambda/stream.ts';
import type { WholeHandler } from '../../functions/lambda/whole.ts';
import type { PeerEnv } from '../../shared/kube/access/peer.ts';
import { openResponseStream } from './responsestream.ts';

/** What stands between clients and a function: a function URL knows nothing of client certificates, a domain of a REST API does. */
export type Gateway = 'function URL' | 'REST API';

export interface Invocation {
  readonly gateway: Gateway;
  /** How long the function may take over a request. */
  remainingMs(request: Request): number;
}

const contextOf = (remainingMs: number): Context => {
  const end = Date.now() + remainingMs;
  return { awsRequestId: 'request', getRemainingTimeInMillis: () => end - Date.now() };
};

/** What a gateway does: makes an event of a request, and an answer of what the handler gives at once. */
export const throughWhole =
  (handler: WholeHandler, { gateway, remainingMs }: Invocation): Fetch =>
  async (request, env) => {
    const event = await toEvent(request, env, gateway);
    const { statusCode, headers, body }: HttpResult = await handler(event, contextOf(remainingMs(request)));
    const bytes = Buffer.from(body, 'base64');
    return new Response(bytes.length > 0 ? bytes : null, { status: statusCode, headers });
  };

/** The same for a handler that streams. */
export const throughStream =
  (handler: StreamHandler, { gateway, remainingMs }: Invocation): Fetch =>
  async (request, env) => {
    const event = await toEvent(request, env, gateway);
    const { out, prelude, body } = openResponseStream();
    const invoked = handler(event, out, contextOf(remainingMs(request)));
    const { statusCode, headers } = await Promise.race([prelude, invoked.then(() => prelude)]);
    // An answer that has begun is cut where its function breaks.
    invoked.catch((error: Error) => body.destroy(error));
    const isEmpty = statusCode === 204 || statusCode === 304 || request.method === 'HEAD';
    if (isEmpty) body.resume();
    // The same class, of which two sets of types exist.
    const shown = isEmpty ? null : (Readable.toWeb(body) as ReadableStream<Uint8Array>);
    return new Response(shown, { status: statusCode, headers });
  };

const toEvent = async (request: Request, { peer, remoteAddress }: PeerEnv, gateway: Gateway): Promise<HttpEvent> => {
  const { pathname, search, searchParams, host } = new URL(request.url);
  const bytes = Buffer.from(await request.arrayBuffer());
  const body = bytes.length > 0 ? { body: bytes.toString('base64'), isBase64Encoded: true } : {};
  const sourceIp = remoteAddress ? { sourceIp: remoteAddress } : {};
  const headers = Object.fromEntries(request.headers);
  if (gateway === 'function URL') {
    return {
      version: '2.0',
      rawPath: pathname,
      rawQueryString: search.slice(1),
      headers,
      ...body,
      requestContext: { domainName: host, http: { method: request.method, ...sourceIp } },
    };
  }
  const clientCertPem = peer?.verified && peer.certificate && new X509Certificate(peer.certificate).toString();
  return {
    httpMethod: request.method,
    path: pathname,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    multiValueQueryStringParameters: Object.fromEntries(
      [...new Set(searchParams.keys())].map(name => [name, searchParams.getAll(name)]),
    ),
    ...body,
    requestContext: {
      domainName: host,
      identity: { ...sourceIp, ...(clientCertPem && { clientCert: { clientCertPem } }) },
    },
  };
};
