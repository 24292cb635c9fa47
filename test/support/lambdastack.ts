import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { BatchAnswer } from '../../functions/lambda/follow.ts';
import type { StreamRecord } from '../../functions/lambda/happened.ts';
import type { Context, StreamHandler } from '../../functions/lambda/stream.ts';
import type { WholeHandler } from '../../functions/lambda/whole.ts';
import { route } from '../../functions/route.ts';
import { buildFunction, functions } from '../../infra/build.ts';
import { openDynamoStream } from './dynamostream.ts';
import { startDynoxide } from './dynoxide.ts';
import { throughStream, throughWhole } from './lambdafetch.ts';
import { runtime } from './lambdahost.ts';
import { bucketName, openS3Server } from './s3/server.ts';
import { openSecretsServer } from './secretsserver.ts';
import { openTestSite, type TestSite } from './site.ts';

interface Handlers {
  readonly kube: StreamHandler;
  readonly device: WholeHandler;
  compose(event: { Records: readonly StreamRecord[] }, context: Context): Promise<BatchAnswer>;
  sweep(): Promise<void>;
}

/**
 * The bundled functions on a DynamoDB (dynoxide), an S3 and a Secrets Manager of their own, behind a gateway that speaks TLS:
 * requests become events, the table's stream goes to `compose`, and `sweep` is called as a schedule would, only oftener.
 */
export const openLambdaStack = async (dynoxide: string): Promise<TestSite> => {
  const table = 'kubeve';
  const bundles = mkdtempSync(join(tmpdir(), 'kubeve-bundles-'));
  const dynamo = await startDynoxide(dynoxide);
  await dynamo.createTable(table);
  const s3 = await openS3Server();
  let secrets: Awaited<ReturnType<typeof openSecretsServer>> | undefined;
  const stop = new AbortController();
  const pumps: Promise<void>[] = [];
  return openTestSite({
    async open({ serving }) {
      secrets = await openSecretsServer('kubeve/identity', serving);
      Object.assign(process.env, {
        AWS_REGION: dynamo.region,
        AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
        AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
        AWS_ENDPOINT_URL_S3: s3.endpoint,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
        KUBEVE_TABLE: table,
        KUBEVE_BUCKET: bucketName,
        KUBEVE_IDENTITY: 'kubeve/identity',
        KUBEVE_LOG_LEVEL: 'error',
      });
      Object.assign(globalThis, { awslambda: runtime });
      const handlers = await load(bundles);
      const records = await openDynamoStream(dynamo.endpoint, table);
      await handlers.sweep();
      pumps.push(pumpStream(handlers, records, stop.signal), pumpSchedule(handlers, stop.signal));
      const people = throughStream(handlers.kube);
      return route({ kube: people, stream: people, device: throughWhole(handlers.device) });
    },
    async close() {
      stop.abort();
      await Promise.all(pumps);
      dynamo.stop();
      secrets?.close();
      await s3.close();
      rmSync(bundles, { recursive: true, force: true });
    },
  });
};

const load = async (outdir: string): Promise<Handlers> => {
  const loaded = functions.map(async name => {
    await buildFunction(name, outdir);
    return [name, (await import(pathToFileURL(join(outdir, `${name}.mjs`)).href)).handler];
  });
  // Each bundle exports the handler of its name.
  return Object.fromEntries(await Promise.all(loaded)) as unknown as Handlers;
};

/** What an event source mapping does: filters as `infra/stream.yml` says, and gives again what failed. */
const pumpStream = async (
  { compose }: Handlers,
  records: () => Promise<readonly StreamRecord[]>,
  signal: AbortSignal,
): Promise<void> => {
  let waiting: StreamRecord[] = [];
  while (!signal.aborted) {
    const news = (await records()).filter(
      ({ eventName, dynamodb }) =>
        eventName === 'INSERT' && /^main\|(L#|T#info#\d)/.test(dynamodb?.Keys?.['PK']?.S ?? ''),
    );
    waiting.push(...news);
    if (waiting.length > 0) {
      const batch = waiting.slice(0, 500);
      const { batchItemFailures } = await compose({ Records: batch }, contextOf(120_000));
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      const first = batch.findIndex(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
      waiting = waiting.slice(first < 0 ? batch.length : first);
    }
    await sleep(50);
  }
};

const pumpSchedule = async ({ sweep }: Handlers, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await sleep(1_000, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await sweep();
  }
};

const contextOf = (ms: number): Context => ({ awsRequestId: 'batch', getRemainingTimeInMillis: () => ms });
