import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import type { Log } from '../../shared/base/ports.ts';
import type { Peer, PeerEnv } from '../../shared/kube/access/peer.ts';
import type { Fetch } from '../fetch.ts';
import type { Identity } from '../identity/identity.ts';
import { acceptSockets } from './websocket.ts';

export interface DoorOptions {
  /** Absent: HTTP without TLS, for who ends it before. Client certificates are not seen then. */
  readonly identity?: Pick<Identity, 'server' | 'clientAuthority'>;
  /** PEM of further authorities for client certificates. */
  readonly clientCa?: string | undefined;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly fetch: Fetch;
  readonly log: Log;
}

export interface Door {
  readonly port: number;
  /** Shows another certificate to who connects from now on. */
  replace(identity: Pick<Identity, 'server'>): void;
  /** Asks those who connect from now on for certificates of other authorities. */
  trust(clientCa: string | undefined): void;
  /** Takes no more, lets what runs end, ends open streams, and is shut within `graceMs`. */
  close(): Promise<void>;
}

/**
 * The HTTPS listener. A client certificate is asked for and never demanded: what it is worth is for the applications to
 * say. TLS 1.2 or later, sessions are resumed by ticket. Rejects with Node's error when the address cannot be had.
 */
export const openDoor = async ({ host, port, fetch, log, identity, clientCa }: DoorOptions): Promise<Door> => {
  let tls: TlsParts | undefined = identity && { identity, clientCa };
  const running = new Set<ServerResponse>();
  let isClosing = false;
  const listener = getRequestListener(
    (request, { incoming }) => fetch(request, envOf(incoming.socket)),
    // Requests and responses are the adapter's own light ones: half the cost of a poll.
    { errorHandler: error => failed(error, log) },
  );
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    running.add(outgoing);
    outgoing.once('close', () => running.delete(outgoing));
    if (isClosing) outgoing.setHeader('connection', 'close');
    void listener(incoming, outgoing);
  };
  const secure = tls && createServer({ ...tlsOptions(tls), ...limits }, serve);
  const server: Server | TlsServer = secure ?? createPlainServer(limits, serve);
  const sockets = acceptSockets({ fetch, log, plain: serve, envOf: ({ socket }) => envOf(socket) });
  server.on('upgrade', sockets.onUpgrade);
  server.maxConnections = maxConnections;
  server.on('tlsClientError', error => log.debug('TLS handshake failed', { error: error.message }));
  await listen(server, host, port);
  const address = server.address();
  const change = (next: (now: TlsParts) => TlsParts): void => {
    if (!tls) return;
    tls = next(tls);
    secure?.setSecureContext(tlsOptions(tls));
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    replace: next => change(now => ({ ...now, identity: { ...now.identity, ...next } })),
    trust: clientCa => change(now => ({ ...now, clientCa })),
    close: () => {
      isClosing = true;
      sockets.end();
      return shut(server, running);
    },
  };
};

interface TlsParts {
  readonly identity: Pick<Identity, 'server' | 'clientAuthority'>;
  readonly clientCa?: string | undefined;
}

const tlsOptions = ({ identity: { server, clientAuthority }, clientCa }: TlsParts) => ({
  key: server.keyPem,
  cert: server.certificatePem,
  ca: [clientAuthority.certificatePem, ...(clientCa === undefined ? [] : [clientCa])],
  requestCert: true,
  rejectUnauthorized: false,
  minVersion: 'TLSv1.2' as const,
  // Devices connect anew for each request: their sessions outlive the interval between two of them.
  sessionTimeout: 24 * 3600,
  sessionIdContext: 'kubeve',
});

/** What one client may take: slow uplinks must be able to send a whole message, nobody may hold a socket for nothing. */
const limits = {
  headersTimeout: 20_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 75_000,
  maxHeaderSize: 32 * 1024,
  noDelay: true,
};
const maxConnections = 20_000;

/** Applications answer their own errors; what arrives here is a bug, and none of the caller's business. */
const failed = (error: unknown, log: Log): Response => {
  log.error('request failed', { error });
  return new Response('internal error\n', { status: 500 });
};

const envs = new WeakMap<Socket, PeerEnv>();

/** The same for every request of a connection. */
const envOf = (socket: Socket): PeerEnv => {
  const known = envs.get(socket);
  if (known) return known;
  const peer = socket instanceof TLSSocket ? { peer: peerOf(socket) } : {};
  const env = { ...peer, ...(socket.remoteAddress ? { remoteAddress: socket.remoteAddress } : {}) };
  envs.set(socket, env);
  return env;
};

const peerOf = (socket: TLSSocket): Peer => {
  const certificate = socket.getPeerX509Certificate()?.raw;
  return { verified: socket.authorized, ...(certificate ? { certificate } : {}) };
};

const listen = (server: Server | TlsServer, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

const shut = (server: Server | TlsServer, running: ReadonlySet<ServerResponse>): Promise<void> =>
  new Promise(resolve => {
    const start = Date.now();
    const sweep = setInterval(() => {
      // Watches and followed streams never end by themselves: what is written so far is whole, so they may end here.
      if (Date.now() - start >= patienceMs) for (const response of running) response.end();
      if (Date.now() - start >= graceMs) server.closeAllConnections();
      else server.closeIdleConnections();
    }, 50);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
  });

/** How long an ordinary request is given to end. */
const patienceMs = 500;
const graceMs = 2500;
