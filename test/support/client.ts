import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import type { ApiObject } from '../../shared/base/object.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  /** The body as JSON, for an object or a Status. */
  readonly json: ApiObject & { readonly message?: string; readonly reason?: string; readonly items?: ApiObject[] };
}

export interface Client {
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** GET of something that goes on: `heard` gets all the text so far whenever there is more. Resolves when it ends. */
  follow(path: string, heard: (text: string) => void): Promise<Answer>;
  close(): void;
}

/** HTTPS to a controller: as the administrator of its data folder, or with nothing but what `as` gives. */
export const connect = (url: string, data: string, as: 'admin' | 'nobody' = 'admin'): Client => {
  const pem = (name: string) => readFileSync(join(data, 'pki', name), 'utf8');
  const own = as === 'admin' ? { key: pem('admin.key.pem'), cert: pem('admin.pem') } : {};
  const agent = new Agent({ keepAlive: true, maxSockets: 16, ca: pem('root.pem'), ...own });
  const exchange = (
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
    heard: (text: string) => void,
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const options = { method, agent, headers: { ...type, ...headers } };
      const outgoing = request(new URL(path, url), options, incoming => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (part: string) => {
          text += part;
          heard(text);
        });
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            get json() {
              return JSON.parse(text) as Answer['json']; // the tests compare what it holds
            },
          }),
        );
      });
      outgoing.on('error', reject);
      outgoing.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
    });
  return {
    ask: (method, path, body, headers = {}) => exchange(method, path, body, headers, () => undefined),
    follow: (path, heard) => exchange('GET', path, undefined, {}, heard),
    close: () => agent.destroy(),
  };
};

export const merge = { 'content-type': 'application/merge-patch+json' };
export const eve = (plural: string, namespace = 'default', name = ''): string =>
  `/apis/eve.lfedge.org/v1beta1/namespaces/${namespace}/${plural}${name === '' ? '' : `/${name}`}`;
