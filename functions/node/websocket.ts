import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Log } from '../../shared/base/ports.ts';
import type { PeerEnv } from '../../shared/kube/access/peer.ts';
import { toRequestInfo } from '../../shared/kube/request.ts';
import type { Fetch } from '../fetch.ts';
import { toPlace } from '../tenants/place.ts';

export interface SocketParts {
  readonly fetch: Fetch;
  /** Answers a request that asks for another protocol and does not get it, as if it had not asked. */
  readonly plain: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
  readonly envOf: (incoming: IncomingMessage) => PeerEnv;
  readonly log: Log;
}

/** Ends every socket that is open; ends those to come at once. */
export type EndSockets = () => void;

type OnUpgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Watches over WebSockets, for browsers above all: every event is a text message. The token may come as the subprotocol
 * `base64url.bearer.authorization.k8s.io.<token>`, which is not chosen; the first other one is.
 */
export const acceptSockets = (parts: SocketParts): { onUpgrade: OnUpgrade; end: EndSockets } => {
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false, handleProtocols });
  const ends = new Set<() => void>();
  let isClosing = false;
  /** Tells when a socket ends: when it is closed, or all are. */
  const endOf = (socket: Duplex): AbortController => {
    const stop = new AbortController();
    const end = (): void => stop.abort();
    ends.add(end);
    socket.once('close', end);
    stop.signal.addEventListener('abort', () => ends.delete(end), { once: true });
    if (isClosing || socket.destroyed) end();
    return stop;
  };
  const onUpgrade: OnUpgrade = (incoming, socket, head) => {
    socket.on('error', error => parts.log.debug('a socket broke', { error: error.message }));
    if (!isWatch(incoming)) return answerPlain(parts, incoming, socket);
    void open(parts, server, incoming, socket, head, endOf(socket)).catch((error: unknown) => {
      parts.log.error('a socket met a bug', { error });
      socket.destroy();
    });
  };
  return {
    onUpgrade,
    end: () => {
      isClosing = true;
      for (const end of ends) end();
    },
  };
};

const bearer = 'base64url.bearer.authorization.k8s.io.';

const handleProtocols = (offered: Set<string>): string | false =>
  [...offered].find(protocol => !protocol.startsWith(bearer)) ?? false;

const isWatch = ({ method = '', url = '', headers }: IncomingMessage): boolean => {
  if (method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket') return false;
  try {
    const { pathname, search } = new URL(url, 'https://localhost');
    const path = toPlace(pathname)?.path ?? pathname;
    return toRequestInfo(method, new URL(path + search, 'https://localhost')).verb === 'watch';
  } catch {
    return false;
  }
};

const open = async (
  { fetch, envOf, log }: SocketParts,
  server: WebSocketServer,
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  stop: AbortController,
): Promise<void> => {
  const isForeign = isOfForeignPage(incoming);
  if (isForeign && !bringsToken(incoming))
    return refuse(socket, new Response('Forbidden: the page is of another origin\n', { status: 403 }));
  const { peer, ...env } = envOf(incoming);
  // The token alone says who it is.
  const response = await fetch(toRequest(incoming, stop.signal), isForeign || !peer ? env : { ...env, peer });
  if (response.status !== 200 || response.body === null) return refuse(socket, response);
  const { body } = response;
  if (socket.destroyed) return body.cancel();
  server.handleUpgrade(incoming, socket, head, client => {
    const beat = keepAlive(client);
    client.on('error', error => log.debug('a socket broke', { error: error.message }));
    client.on('close', () => stop.abort());
    void forward(body, client).finally(() => {
      beat.stop();
      stop.abort();
    });
  });
};

/**
 * Browsers show their client certificate to whoever makes them connect: a page of another origin must bring a token of its
 * own. A page cannot add headers to the opening of a socket: what was forwarded comes from a proxy (Headlamp, `kubectl
 * proxy`), whose certificate it is, and who knows its own pages.
 */
const isOfForeignPage = ({ headers }: IncomingMessage): boolean => {
  const { origin, host } = headers;
  if (origin === undefined) return false;
  if (['forwarded', 'x-forwarded-for', 'x-forwarded-host'].some(name => headers[name] !== undefined)) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
};

const bringsToken = ({ headers }: IncomingMessage): boolean =>
  headers['sec-websocket-protocol']?.includes(bearer) ?? false;

const toRequest = ({ url = '', headers, rawHeaders }: IncomingMessage, signal: AbortSignal): Request => {
  const kept = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (!/^(connection|upgrade|host|sec-websocket-(key|version|extensions))$/i.test(name)) kept.append(name, value);
  }
  return new Request(new URL(url, `https://${headers.host ?? 'localhost'}`), { headers: kept, signal });
};

/** Every line is an event, and a message. The next one is not read before this one is on its way. */
const forward = async (body: ReadableStream<Uint8Array>, client: WebSocket): Promise<void> => {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    // The platform's types do not say that a stream can be read so.
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) await send(client, `${line}\n`);
    }
    client.close(1000);
  } catch {
    client.terminate();
  }
};

const send = (client: WebSocket, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const closed = (): void => reject(new Error('the socket was closed'));
    client.once('close', closed);
    client.send(text, error => {
      client.off('close', closed);
      if (error) reject(error);
      else resolve();
    });
  });

const beatMs = 30_000;

/** Who does not answer for a while is gone. */
const keepAlive = (client: WebSocket): { stop(): void } => {
  let isAlive = true;
  client.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) return client.terminate();
    isAlive = false;
    client.ping();
  }, beatMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
};

/** An answer that opens no socket, as HTTP. */
const refuse = async (socket: Duplex, response: Response): Promise<void> => {
  const body = Buffer.from(await response.arrayBuffer());
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = `HTTP/1.1 ${response.status} ${response.statusText || 'Refused'}\r\n${headers}`;
  socket.end(Buffer.concat([Buffer.from(`${head}connection: close\r\ncontent-length: ${body.length}\r\n\r\n`), body]));
};

const answerPlain = ({ plain }: SocketParts, incoming: IncomingMessage, socket: Duplex): void => {
  const outgoing = new ServerResponse(incoming);
  outgoing.shouldKeepAlive = false;
  // The socket of a server over TLS is one.
  outgoing.assignSocket(socket as never);
  outgoing.once('finish', () => socket.end());
  plain(incoming, outgoing);
};
