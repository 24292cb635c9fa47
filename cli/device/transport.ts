import { Agent, request } from 'node:https';

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
  /**
   * EVE opens a connection for every request and resumes the TLS session; that is the default. True keeps connections,
   * for those who measure something else.
   */
  readonly keepAlive?: boolean;
}

/** HTTPS to one controller. Rejects when no answer came. */
export const openTransport = ({ server, rootPem, keepAlive = false }: TransportOptions): Transport => {
  const { hostname, port } = new URL(`https://${server}`);
  const host = hostname.replace(/^\[|\]$/g, '');
  const agent = new Agent({ keepAlive, ca: rootPem, maxCachedSessions: 4 });
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

/** EVE's `timer.send.timeout`. */
const sendTimeoutMs = 120_000;
