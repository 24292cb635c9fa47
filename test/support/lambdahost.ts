import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpEvent } from '../../functions/lambda/event.ts';
import type { StreamHandler } from '../../functions/lambda/stream.ts';
import { openResponseStream } from './responsestream.ts';

export interface LambdaHost {
  readonly url: string;
  close(): Promise<void>;
}

/** A function URL in the mode RESPONSE_STREAM: turns HTTP into events, and writes what the handler streams as it comes. */
export const hostStream = async (
  handler: StreamHandler,
  { remainingMs = 900_000, event = toEvent }: { remainingMs?: number; event?: typeof toEvent } = {},
): Promise<LambdaHost> => {
  const server = createServer({ keepAliveTimeout: 300_000 }, async (incoming, outgoing) => {
    const { out, prelude, body, destroy } = openResponseStream();
    const began = Date.now();
    outgoing.on('close', destroy);
    const getRemainingTimeInMillis = () => remainingMs - (Date.now() - began);
    const context = { awsRequestId: 'request', getRemainingTimeInMillis };
    const invoked = event(incoming).then(one => handler(one, out, context));
    try {
      const { statusCode, headers } = await Promise.race([prelude, invoked.then(() => prelude)]);
      outgoing.writeHead(statusCode, headers);
      outgoing.flushHeaders();
      body.on('error', () => outgoing.destroy()).pipe(outgoing);
      await invoked;
    } catch {
      // A handler that fails before it answers is a 502 to the client.
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end();
    }
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
