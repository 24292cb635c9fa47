import { Agent, request } from 'node:https';

export interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** One request over TLS, on a connection of its own. */
export interface Wish {
  /** PEM of whom the server's certificate must chain to. */
  readonly ca: string;
  readonly client?: { readonly key: string; readonly cert: string };
  readonly token?: string;
  /** Whom it is meant for; default: whoever is at the URL. */
  readonly host?: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the server at `url`, whatever host name the request is meant for. The certificate need not be for that name. */
export const say = (url: string, path: string, wish: Wish): Promise<Said> =>
  new Promise((resolve, reject) => {
    const { ca, client, token, host, method = 'GET', body } = wish;
    const { hostname, port } = new URL(url);
    const agent = new Agent({ ca, ...client, checkServerIdentity: () => undefined });
    const headers = {
      ...(host && { host: `${host}:${port}` }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...wish.headers,
    };
    const options = { host: hostname, port, path, method, agent, headers, ...(host && { servername: host }) };
    const outgoing = request(options, incoming => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        agent.destroy();
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
