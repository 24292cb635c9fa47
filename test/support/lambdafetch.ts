import { X509Certificate } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import type { Fetch } from '../../functions/fetch.ts';
import type { HttpResult, Prelude } from '../../functions/lambda/answer.ts';
import type { HttpEvent } from '../../functions/lambda/event.ts';
import type { Context, StreamHandler } from '../../functions/lambda/stream.ts';
import type { WholeHandler } from '../../functions/lambda/whole.ts';
import type { PeerEnv } from '../../shared/kube/access/peer.ts';

const context = (remainingMs = 30_000): Context => {
  const began = Date.now();
  return { awsRequestId: 'request', getRemainingTimeInMillis: () => remainingMs - (Date.now() - began) };
};

/** What a gateway does: makes an event of a request, and an answer of what the handler gives at once. */
export const throughWhole =
  (handler: WholeHandler): Fetch =>
  async (request, env) => {
    const { statusCode, headers, body }: HttpResult = await handler(await toEvent(request, env), context());
    const bytes = Buffer.from(body, 'base64');
    return new Response(bytes.length > 0 ? bytes : null, { status: statusCode, headers });
  };

/** The same for a handler that streams. */
export const throughStream =
  (handler: StreamHandler, remainingMs = 300_000): Fetch =>
  async (request, env) => {
    const event = await toEvent(request, env);
    const out: PassThrough & { onPrelude?: (prelude: Prelude) => void } = new PassThrough();
    return new Promise((resolve, reject) => {
      out.onPrelude = ({ statusCode, headers }) => {
        const isEmpty = statusCode === 204 || statusCode === 304 || request.method === 'HEAD';
        // The same class, of which two sets of types exist.
        const body = isEmpty ? null : (Readable.toWeb(out) as ReadableStream<Uint8Array>);
        if (isEmpty) out.resume();
        resolve(new Response(body, { status: statusCode, headers }));
      };
      handler(event, out, context(remainingMs)).catch(reject);
    });
  };

const toEvent = async (request: Request, { peer, remoteAddress }: PeerEnv): Promise<HttpEvent> => {
  const { pathname, search, host } = new URL(request.url);
  const body = Buffer.from(await request.arrayBuffer());
  const pem = peer?.verified && peer.certificate && new X509Certificate(peer.certificate).toString();
  return {
    version: '2.0',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: Object.fromEntries(request.headers),
    ...(body.length > 0 && { body: body.toString('base64'), isBase64Encoded: true }),
    requestContext: {
      domainName: host,
      http: { method: request.method, ...(remoteAddress && { sourceIp: remoteAddress }) },
      ...(pem && { authentication: { clientCert: { clientCertPem: pem } } }),
    },
  };
};
