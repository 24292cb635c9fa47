import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, type Writable } from 'node:stream';
import type { Prelude } from '../../functions/lambda/answer.ts';
import type { HttpEvent } from '../../functions/lambda/event.ts';
import type { Runtime, StreamHandler } from '../../functions/lambda/stream.ts';

/** The global of the managed runtime: what a handler does with it reaches the host through the stream. */
export const runtime: Runtime = {
  streamifyResponse: handler => handler,
  HttpResponseStream: {
    from(out, prelude) {
      // As the runtime does it, the stream carries what comes before it.
      (out as Writable & Partial<Carrier>).onPrelude?.(prelude);
      return out;
    },
  },
};

interface Carrier {
  onPrelude(prelude: Prelude): void;
}

export interface LambdaHost {
  readonly url: string;
  close(): Promise<void>;
}

/** A function URL in the mode RESPONSE_STREAM: turns HTTP into events, and writes what the handler streams as it comes. */
export const hostStream = async (
  handler: StreamHandler,
  { remainingMs = 900_000, event = toEvent }: { remainingMs?: number; event?: typeof toEvent } = {},
): Promise<LambdaHost> => {
  const server = createServer(async (incoming, outgoing) => {
    const out: PassThrough & Partial<Carrier> = new PassThrough();
    out.onPrelude = ({ statusCode, headers }) => {
      outgoing.writeHead(statusCode, headers);
      outgoing.flushHeaders();
    };
    const began = Date.now();
    outgoing.on('close', () => out.destroy());
    out.on('error', () => outgoing.destroy());
    const getRemainingTimeInMillis = () => remainingMs - (Date.now() - began);
    out.pipe(outgoing);
    const context = { awsRequestId: 'request', getRemainingTimeInMillis };
    // A handler that fails before it answers is a 502 to the client.
    await handler(await event(incoming), out, context).catch(() => {
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** Format 2.0, with the body as base64 as it comes when it is no text. */
const toEvent = async (incoming: IncomingMessage): Promise<HttpEvent> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
  const body = Buffer.concat(chunks);
  const [path = '/', query = ''] = (incoming.url ?? '/').split('?');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    version: '2.0',
    rawPath: path,
    rawQueryString: query,
    headers: Object.fromEntries(headers) as Record<string, string>,
    ...(body.length > 0 && { body: body.toString('base64'), isBase64Encoded: true }),
    requestContext: {
      domainName: 'localhost',
      http: { method: incoming.method ?? 'GET', sourceIp: incoming.socket.remoteAddress ?? '' },
    },
  };
};
