import { lookup } from 'node:dns';
import { Agent, request } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import { trustForTls } from './tlsroots.ts';

export interface Answer {
  readonly status: number;
  /** The Content-Type, '' when there was none. */
  readonly type: string;
  readonly body: Uint8Array;
}

export interface Transport {
  send(method: 'GET' | 'POST', path: string, body?: Uint8Array, headers?: Record<string, string>): Promise<Answer>;
  close(): void;
}

export interface TransportOptions {
  /** `host[:port]`, as in the file `server`. */
  readonly server: string;
  readonly rootPem: string;
  /** Further roots for TLS, in PEM. */
  readonly tlsRoots?: string | undefined;
  /** Addresses by host name that no name server is asked for. */
  readonly hosts?: ReadonlyMap<string, string> | undefined;
  /**
   * EVE opens a connection for every request and resumes the TLS session; that is the default. True keeps connections,
   * for those who measure something else.
   */
  readonly keepAlive?: boolean;
}

/** HTTPS to one controller. Rejects when no answer came. */
export const openTransport = (options: TransportOptions): Transport => {
  const { server, rootPem, tlsRoots, hosts, keepAlive = false } = options;
  const { hostname, port } = new URL(`https://${server}`);
  const host = hostname.replace(/^\[|\]$/g, '');
  const agent = new Agent({
    keepAlive,
    secureContext: trustForTls(tlsRoots === undefined ? [rootPem] : [tlsRoots, rootPem]),
    maxCachedSessions: 4,
    ...(hosts && { lookup: lookupIn(hosts) }),
  });
  return {
    send: (method, path, body, headers = {}) =>
      new Promise((resolve, reject) => {
        const length = body ? { 'content-length': String(body.length) } : {};
        const options = { agent, host, port: port || 443, method, path, headers: { ...headers, ...length } };
        const outgoing = request({ ...options, timeout: sendTimeoutMs }, incoming => {
          const parts: Buffer[] = [];
          incoming.on('data', (part: Buffer) => parts.push(part));
          incoming.on('error', reject);
          incoming.on('end', () =>
            resolve({
              status: incoming.statusCode ?? 0,
              type: incoming.headers['content-type'] ?? '',
              body: Buffer.concat(parts),
            }),
          );
        });
        outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
        outgoing.on('error', reject);
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
};

const lookupIn =
  (hosts: ReadonlyMap<string, string>): LookupFunction =>
  (name, options, found) => {
    const address = hosts.get(name.toLowerCase());
    if (address === undefined) return lookup(name, options, found);
    const family = isIPv6(address) ? 6 : 4;
    if (options.all) found(null, [{ address, family }]);
    else found(null, address, family);
  };

/** EVE's `timer.send.timeout`. */
const sendTimeoutMs = 120_000;
