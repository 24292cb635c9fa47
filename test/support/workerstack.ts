import { Buffer } from 'node:buffer';
import { setTimeout as sleep } from 'node:timers/promises';
import { Miniflare } from 'miniflare';
import type { Fetch } from '../../functions/fetch.ts';
import type { Guest } from '../../functions/node/door.ts';
import type { Peer } from '../../shared/kube/access/peer.ts';
import { workerBundle } from './bundles.ts';
import { type CloudServers, openDynoxideServers } from './cloudservers.ts';
import type { S3Server } from './s3/server.ts';
import { type DeployedSite, openTestSite } from './site.ts';

export interface WorkerSite extends DeployedSite {
  /** What went wrong in the worker when it was called by time. */
  readonly complaints: readonly unknown[];
  readonly secrets: CloudServers['secrets'];
  /** Asks the worker without the door. */
  readonly fetch: Fetch;
  /** Calls it by time from now on, as a cron trigger would, only oftener. */
  begin(): void;
}

export interface WorkerStackOptions {
  /** Texts of further secrets, by their names. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Further bindings. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Tenants with host names and certificates of their own. */
  readonly guests?: readonly Guest[];
  /** Default: one of its own. Closed with the stack. */
  readonly s3?: Promise<S3Server>;
}

/**
 * The bundled worker in workerd, on a DynamoDB (dynoxide), an S3 and a Secrets Manager of their own, behind a door that speaks
 * TLS and tells of the client what the platform would; `scheduled` is called once at first, and then not before `begin`.
 */
export const openWorkerStack = async (dynoxide: string, options: WorkerStackOptions = {}): Promise<WorkerSite> => {
  const { secrets, s3 } = options;
  const servers = await openDynoxideServers(dynoxide, { ...(secrets && { secrets }), ...(s3 && { s3 }) });
  let workerd: Miniflare | undefined;
  const stop = new AbortController();
  const complaints: unknown[] = [];
  let clock: Promise<void> | undefined;
  const fetch: Fetch = (request, env) => {
    if (!workerd) throw new Error('the worker does not run');
    return through(workerd)(request, env);
  };
  const site = await openTestSite({
    guests: options.guests,
    async open({ serving }) {
      const bundle = (await workerBundle()).get('worker.mjs');
      workerd = new Miniflare({
        modules: true,
        script: new TextDecoder().decode(bundle),
        compatibilityDate: '2026-04-01',
        compatibilityFlags: ['nodejs_compat', 'enable_request_signal'],
        bindings: { ...(await servers.settle(serving)), ...options.environment },
      });
      await workerd.ready;
      await callerOf(workerd)();
      return fetch;
    },
    async close() {
      stop.abort();
      await clock;
      await workerd?.dispose();
      await servers.close();
    },
  });
  const begin = (): void => {
    if (workerd) clock = tick(callerOf(workerd), complaints, stop.signal);
  };
  return { ...site, complaints, fetch, begin, secrets: servers.secrets };
};

interface Scheduled {
  scheduled(options: { readonly cron: string }): Promise<{ readonly outcome: string }>;
}

const callerOf = (workerd: Miniflare) => async (): Promise<void> => {
  // Its type is known to those who know the platform's types.
  const worker = (await workerd.getWorker()) as unknown as Scheduled;
  const { outcome } = await worker.scheduled({ cron: '* * * * *' });
  if (outcome !== 'ok') throw new Error(`the worker's round by time ended: ${outcome}`);
};

const tick = async (call: () => Promise<void>, complaints: unknown[], signal: AbortSignal): Promise<void> => {
  let tookMs = 0;
  while (!signal.aborted) {
    // On a slow machine a round must leave time for what is served meanwhile.
    await sleep(Math.max(500, 2 * tookMs), undefined, { signal }).catch(() => undefined);
    const began = performance.now();
    if (!signal.aborted) await call().catch((error: unknown) => complaints.push(error));
    tookMs = performance.now() - began;
  }
};

const through =
  (workerd: Miniflare): Fetch =>
  async (request, { peer }) => {
    const { method, signal } = request;
    const body = method === 'GET' || method === 'HEAD' ? undefined : new Uint8Array(await request.arrayBuffer());
    // Both have the same classes, of which two sets of types exist.
    const response = await workerd.dispatchFetch(request.url, {
      method,
      headers: Object.fromEntries(request.headers),
      signal: signal as never,
      cf: { tlsClientAuth: toClientTls(peer) },
      redirect: 'manual',
      ...(body?.length && { body }),
    });
    const headers = new Headers([...response.headers]);
    // It was decoded on the way.
    if (headers.has('mf-content-encoding')) headers.delete('content-length');
    const isEmpty = response.status === 204 || response.status === 304;
    return new Response(isEmpty ? null : (response.body as ReadableStream | null), {
      status: response.status,
      headers,
    });
  };

/** What the platform tells of a client; see `functions/workerd/peer.ts`. */
const toClientTls = (peer: Peer | undefined) =>
  peer?.certificate
    ? {
        certPresented: '1',
        certVerified: peer.verified ? 'SUCCESS' : 'FAILED:unable to get local issuer certificate',
        certRevoked: '0',
        certRFC9440: `:${Buffer.from(peer.certificate).toString('base64')}:`,
      }
    : { certPresented: '0', certVerified: 'NONE', certRevoked: '0', certRFC9440: '' };
