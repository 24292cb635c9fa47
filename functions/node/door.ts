import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
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
  /** Others with host names, and certificates for them, of their own. */
  readonly guests?: readonly Guest[];
  /** 0: any free one. */
  readonly port: number;
  readonly fetch: Fetch;
  readonly log: Log;
}

/** A tenant, as far as TLS has to do with it. */
export interface Guest {
  readonly name: string;
  readonly hosts: readonly string[];
  /** Whether it is reached under the door's own host names too: their clients are asked for its certificates then. */
  readonly path: boolean;
  readonly identity: Pick<Identity, 'clientAuthority'> & Partial<Pick<Identity, 'server'>>;
  readonly clientCa?: string | undefined;
}

export interface Door {
  readonly port: number;
  /** Shows another certificate to who connects from now on, of the guest of that name or of the door itself. */
  replace(identity: Pick<Identity, 'server'>, guest?: string): void;
  /** Asks those who connect from now on for certificates of other authorities. */
  trust(clientCa: string | undefined, guest?: string): void;
  /** Takes no more, lets what runs end, ends open streams, and is shut within `graceMs`. */
  close(): Promise<void>;
}

/**
 * The HTTPS listener. A client certificate is asked for and never demanded: what it is worth is for the applications to
 * say. TLS 1.2 or later, sessions are resumed by ticket. Rejects with Node's error when the address cannot be had.
 */
export const openDoor = async (options: DoorOptions): Promise<Door> => {
  const { host, port, fetch, log, identity, clientCa } = options;
  let tls: TlsParts | undefined = identity && { identity, clientCa, guests: options.guests ?? [] };
  let contexts = tls ? toContexts(tls) : new Map<string, SecureContext>();
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
  const secure =
    tls &&
    createServer(
      { ...tlsOptions(tls), ...limits, SNICallback: (name, found) => found(null, contexts.get(name.toLowerCase())) },
      serve,
    );
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
    contexts = toContexts(tls);
    secure?.setSecureContext(tlsOptions(tls));
  };
  /** The same with other parts of the guest, or of the door itself. */
  const changeOf = (guest: string | undefined, parts: Pick<TlsParts, 'clientCa'> | ServerOnly): void =>
    change(now => {
      if (guest === undefined) return merge(now, parts);
      return { ...now, guests: now.guests.map(one => (one.name === guest ? merge(one, parts) : one)) };
    });
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    replace: ({ server: shown }, guest) => changeOf(guest, { server: shown }),
    trust: (ca, guest) => changeOf(guest, { clientCa: ca }),
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
  readonly guests: readonly Guest[];
}

type ServerOnly = Pick<Identity, 'server'>;

const merge = <T extends Pick<TlsParts, 'clientCa'> & { readonly identity: object }>(
  parts: T,
  next: Pick<TlsParts, 'clientCa'> | ServerOnly,
): T => ('server' in next ? { ...parts, identity: { ...parts.identity, ...next } } : { ...parts, ...next });

/** Whose certificates clients are asked for. What one is worth is for each application to say. */
const authoritiesOf = ({ identity, clientCa }: Pick<Guest, 'identity' | 'clientCa'>): string[] => [
  identity.clientAuthority.certificatePem,
  ...(clientCa === undefined ? [] : [clientCa]),
];

/** How connections to host names of guests begin. */
const toContexts = ({ guests }: TlsParts): Map<string, SecureContext> => {
  const contexts = new Map<string, SecureContext>();
  for (const guest of guests) {
    const { server } = guest.identity;
    if (!server || guest.hosts.length === 0) continue;
    const context = createSecureContext({ ...pairOf(server), ca: authoritiesOf(guest), ...tlsLimits });
    for (const host of guest.hosts) contexts.set(host, context);
  }
  return contexts;
};

const pairOf = (server: Identity['server']) => ({ key: server.keyPem, cert: server.certificatePem });

const tlsOptions = (parts: TlsParts) => ({
  ...pairOf(parts.identity.server),
  ca: [parts, ...parts.guests.filter(({ path }) => path)].flatMap(authoritiesOf),
  requestCert: true,
  rejectUnauthorized: false,
  ...tlsLimits,
});

const tlsLimits = {
  minVersion: 'TLSv1.2' as const,
  // Devices connect anew for each request: their sessions outlive the interval between two of them.
  sessionTimeout: 24 * 3600,
  sessionIdContext: 'kubeve',
};

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
