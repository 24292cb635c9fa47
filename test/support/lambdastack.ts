import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { BatchAnswer } from '../../functions/lambda/follow.ts';
import type { StreamRecord } from '../../functions/lambda/happened.ts';
import type { Context, StreamHandler } from '../../functions/lambda/stream.ts';
import type { WholeHandler } from '../../functions/lambda/whole.ts';
import type { Guest } from '../../functions/node/door.ts';
import { route } from '../../functions/route.ts';
import { functions } from '../../infra/build.ts';
import { functionBundles, unpack } from './bundles.ts';
import type { CloudServers } from './cloudservers.ts';
import { openDynamoStream } from './dynamostream.ts';
import { pumpEvents } from './eventsource.ts';
import { type Gateway, throughStream, throughWhole } from './lambdafetch.ts';
import { runtime } from './responsestream.ts';
import { type DeployedSite, openTestSite } from './site.ts';

export interface LambdaSite extends DeployedSite {
  /** Records of the table's stream that nobody could take. */
  readonly deadLetters: readonly StreamRecord[];
  /** What devices were answered. */
  readonly deviceAnswers: readonly DeviceAnswer[];
}

export interface DeviceAnswer {
  /** The last part of the path: `config`, `log` … */
  readonly what: string;
  readonly status: number;
  /** When it was asked for, of `performance.now()`. */
  readonly askedAt: number;
  /** The header. */
  readonly retryAfter: string | null;
}

export interface LambdaStackOptions {
  readonly servers: CloudServers;
  /** Default: a function URL. */
  readonly gateway?: Gateway;
  /** How long one request may take, in milliseconds; default as in serverless.yml. */
  kubeMs?(request: Request): number;
  readonly deviceMs?: number;
  /** Tenants with host names and certificates of their own. */
  readonly guests?: readonly Guest[];
  /** Whether `sweep` may fail from the first call on, because something is wrong with one of several tenants. */
  readonly sweepMayFail?: boolean;
  /** Beyond what serverless.yml sets. */
  readonly environment?: Readonly<Record<string, string>>;
}

interface Handlers {
  readonly kube: StreamHandler;
  readonly device: WholeHandler;
  compose(event: { Records: readonly StreamRecord[] }, context: Context): Promise<BatchAnswer>;
  sweep(event: unknown, context: Context): Promise<void>;
}

/**
 * The bundled functions over a table, a bucket and a secret, behind a gateway that speaks TLS: requests become events, the table's
 * stream goes to `compose`, and `sweep` is called as a schedule would, only oftener. Closes the servers with itself.
 */
export const openLambdaStack = async (options: LambdaStackOptions): Promise<LambdaSite> => {
  const { servers, gateway = 'function URL', kubeMs = () => 300_000, deviceMs = 30_000, environment } = options;
  const bundles = mkdtempSync(join(tmpdir(), 'kubeve-bundles-'));
  const stop = new AbortController();
  const pumps: Promise<void>[] = [];
  const deadLetters: StreamRecord[] = [];
  const deviceAnswers: DeviceAnswer[] = [];
  let given: Readonly<Record<string, string>> = {};
  const site = await openTestSite({
    guests: options.guests,
    async open({ serving }) {
      given = { ...(await servers.settle(serving)), ...environment };
      Object.assign(process.env, given);
      Object.assign(globalThis, { awslambda: runtime });
      const handlers = await load(bundles);
      const records = await openDynamoStream(servers.dynamo.endpoint, servers.table);
      await handlers.sweep({}, contextOf(300_000)).catch((error: unknown) => {
        if (!options.sweepMayFail) throw error;
      });
      const compose = (batch: readonly StreamRecord[]) => handlers.compose({ Records: batch }, contextOf(120_000));
      pumps.push(pumpEvents({ records, compose, deadLetters }, stop.signal), pumpSchedule(handlers, stop.signal));
      const people = throughStream(handlers.kube, { gateway, remainingMs: request => kubeMs(request) });
      const device = throughWhole(handlers.device, { gateway: 'function URL', remainingMs: () => deviceMs });
      return route({
        kube: people,
        stream: people,
        adam: people,
        async device(request, env) {
          const askedAt = performance.now();
          const response = await device(request, env);
          const what = new URL(request.url).pathname.split('/').at(-1) ?? '';
          deviceAnswers.push({
            what,
            askedAt,
            status: response.status,
            retryAfter: response.headers.get('retry-after'),
          });
          return response;
        },
      });
    },
    async close() {
      stop.abort();
      await Promise.all(pumps);
      await servers.close();
      for (const name of Object.keys(given)) delete process.env[name];
      rmSync(bundles, { recursive: true, force: true });
    },
  });
  return { ...site, deadLetters, deviceAnswers };
};

const load = async (outdir: string): Promise<Handlers> => {
  unpack(await functionBundles(), outdir);
  const loaded = functions.map(async name => [
    name,
    (await import(pathToFileURL(join(outdir, `${name}.mjs`)).href)).handler,
  ]);
  // Each bundle exports the handler of its name.
  return Object.fromEntries(await Promise.all(loaded)) as unknown as Handlers;
};

/** One that fails is called again at its next time. */
const pumpSchedule = async ({ sweep }: Handlers, signal: AbortSignal): Promise<void> => {
  let tookMs = 0;
  while (!signal.aborted) {
    // On a slow machine a round must leave time for what is served meanwhile.
    await sleep(Math.max(1_000, 2 * tookMs), undefined, { signal }).catch(() => undefined);
    const began = performance.now();
    if (!signal.aborted) await sweep({}, contextOf(300_000)).catch(() => undefined);
    tookMs = performance.now() - began;
  }
};

const contextOf = (ms: number): Context => {
  const end = Date.now() + ms;
  return { awsRequestId: 'batch', getRemainingTimeInMillis: () => end - Date.now() };
};
