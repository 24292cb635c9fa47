import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { isMap } from '../shared/base/own.ts';
import { parseYaml } from '../shared/base/yaml.ts';

/** A server and how to speak with it, as a kubeconfig's current context says. */
export interface Cluster {
  readonly server: string;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly token?: string;
}

/** Reads a kubeconfig. Throws an Error that says what is missing; programs that fetch credentials are not run. */
export const readCluster = (path: string): Cluster => {
  if (!existsSync(path)) throw new Error(`${path} does not exist: give another kubeconfig with --kubeconfig`);
  const config = mapOf(parseYaml(readFileSync(path, 'utf8')));
  const context = mapOf(named(config['contexts'], config['current-context'])['context']);
  const cluster = mapOf(named(config['clusters'], context['cluster'])['cluster']);
  const user = mapOf(named(config['users'], context['user'])['user']);
  const server = cluster['server'];
  if (typeof server !== 'string') throw new Error(`${path} names no server in its current context`);
  const ca = material(cluster, 'certificate-authority');
  const cert = material(user, 'client-certificate');
  const key = material(user, 'client-key');
  const token = user['token'];
  if (typeof token !== 'string' && (!cert || !key))
    throw new Error(
      `${path} has neither a token nor a client certificate. With other credentials say: kubectl get --raw /backup > FILE`,
    );
  return { server, ...(ca && { ca }), ...(cert && key && { cert, key }), ...(typeof token === 'string' && { token }) };
};

/**
 * GET of a path, below that of the server; the answer once it has begun. Throws an Error with what the server says when it
 * refuses; `advice` comes with it when the server has no such thing.
 */
export const download = async (
  { server, token, ...tls }: Cluster,
  path: string,
  advice?: string,
): Promise<IncomingMessage> => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    // A server may be at a path itself.
    request(new URL(server.replace(/\/$/, '') + path), { ...tls, headers, agent: false }, resolve)
      .on('error', cause => reject(new Error(`${server} does not answer: ${cause.message}`, { cause })))
      .end();
  });
  if (answer.statusCode === 200) return answer;
  let text = '';
  for await (const part of answer.setEncoding('utf8')) if (text.length < maxMessage) text += part;
  const hint = advice && answer.statusCode === 404 ? `\n${advice}` : '';
  throw new Error(`${server} answers ${answer.statusCode}: ${messageOf(text)}${hint}`);
};

const maxMessage = 65_536;

/** The message of a Status; else the text. */
const messageOf = (text: string): string => {
  try {
    const status: unknown = JSON.parse(text);
    return isMap(status) && typeof status['message'] === 'string' ? status['message'] : text;
  } catch {
    return text;
  }
};

type Map = Readonly<Record<string, unknown>>;

const mapOf = (value: unknown): Map => (isMap(value) ? value : {});

const named = (list: unknown, name: unknown): Map =>
  mapOf(Array.isArray(list) ? list.find(one => isMap(one) && one['name'] === name) : undefined);

/** Inline (base64), or a file. */
const material = (map: Map, name: string): Buffer | undefined => {
  const { [`${name}-data`]: data, [name]: path } = map;
  if (typeof data === 'string') return Buffer.from(data, 'base64');
  return typeof path === 'string' ? readFileSync(path) : undefined;
};
