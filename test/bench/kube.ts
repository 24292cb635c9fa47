import { readFileSync } from 'node:fs';
import https from 'node:https';
import { parse } from 'yaml';
import type { Target } from './wire.ts';

interface Kubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
  users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
}

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString();

/** Where a kubeconfig points, and as whom. */
export const toTarget = (kubeconfig: string): Target => {
  const config = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  return {
    host: '127.0.0.1',
    port: Number(new URL(cluster.server).port),
    ca: decode(cluster['certificate-authority-data']),
    client: { cert: decode(user['client-certificate-data']), key: decode(user['client-key-data']) },
  };
};

/** The few requests a bench makes of the Kubernetes API, over TLS with the kubeconfig's client certificate. */
export const connectKube = (kubeconfig: string) => {
  const config = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const agent = new https.Agent({
    keepAlive: true,
    maxSockets: 256,
    ca: decode(cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  });

  const open = (method: string, path: string, body?: unknown, contentType = 'application/json') =>
    new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      const request = https.request(
        new URL(path, cluster.server),
        { method, agent, headers: body === undefined ? {} : { 'content-type': contentType } },
        resolve,
      );
      request.on('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });

  const ask = async <T>(method: string, path: string, body?: unknown, contentType?: string): Promise<T> => {
    const response = await open(method, path, body, contentType);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    if ((response.statusCode ?? 500) >= 300) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
    return JSON.parse(text) as T;
  };

  return {
    get: <T>(path: string) => ask<T>('GET', path),
    create: <T>(path: string, body: unknown) => ask<T>('POST', path, body),
    remove: <T>(path: string) => ask<T>('DELETE', path),
    merge: <T>(path: string, body: unknown) => ask<T>('PATCH', path, body, 'application/merge-patch+json'),
    /** Calls `event` with each line of a watch until `stop` is called. Resolves when the answer's head has arrived. */
    async watch(path: string, event: (line: string) => void): Promise<{ stop: () => void }> {
      const response = await open('GET', path);
      if (response.statusCode !== 200) throw new Error(`GET ${path}: ${response.statusCode}`);
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) event(line);
      });
      response.on('error', () => undefined);
      return { stop: () => response.destroy() };
    },
    close: () => agent.destroy(),
  };
};

export type Kube = ReturnType<typeof connectKube>;
