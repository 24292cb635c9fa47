// A worker that does with blobs, and with telemetry on them, what it is asked for: for batteries that run against workerd.
import { Fault } from '../../../shared/base/fault.ts';
import type { Ports } from '../../../shared/base/ports.ts';
import type { Blob, PutOptions, Range } from '../../../shared/blob/blobs.ts';
import { createS3Blobs, type S3BlobsOptions } from '../../../shared/blob/drivers/s3.ts';
import { type AwsTableOptions, createAwsTable } from '../../../shared/store/drivers/dynamo/awstable.ts';
import { createCloudTelemetry } from '../../../shared/telemetry/drivers/cloud/cloud.ts';
import type { TelemetryQuery } from '../../../shared/telemetry/telemetry.ts';

/** What is asked for, in the header `x-ask`; bytes are the body. */
export type Ask = { readonly s3: Omit<S3BlobsOptions, 'random'> } & (
  | { readonly act: 'put'; readonly key: string; readonly options?: PutOptions }
  | { readonly act: 'get'; readonly key: string; readonly range?: Range }
  | { readonly act: 'head'; readonly key: string }
  | { readonly act: 'delete'; readonly keys: readonly string[] }
  | { readonly act: 'list'; readonly prefix: string; readonly after?: string }
  | { readonly act: 'append'; readonly table: AwsTableOptions; readonly device: string }
  | { readonly act: 'read'; readonly table: AwsTableOptions; readonly query: TelemetryQuery }
);

const ports: Ports = {
  clock: Date,
  random: { bytes: length => crypto.getRandomValues(new Uint8Array(length)), uuid: () => crypto.randomUUID() },
  log: { debug() {}, info() {}, warn() {}, error() {} },
};

const answer = async (ask: Ask, body: Uint8Array): Promise<Response> => {
  const blobs = createS3Blobs({ ...ask.s3, random: ports.random });
  switch (ask.act) {
    case 'put':
      return Response.json(await blobs.put(ask.key, body, ask.options));
    case 'get': {
      const bytes = await blobs.get(ask.key, ask.range);
      return bytes === undefined ? new Response(null, { status: 404 }) : new Response(new Uint8Array(bytes));
    }
    case 'head':
      return Response.json((await blobs.head(ask.key)) ?? null);
    case 'delete':
      return Response.json((await blobs.delete(ask.keys)) ?? null);
    case 'list': {
      const found: Blob[] = [];
      for await (const blob of blobs.list(ask.prefix, ask.after)) found.push(blob);
      return Response.json(found);
    }
    default: {
      const telemetry = createCloudTelemetry({ table: createAwsTable(ask.table), blobs, ports, flushMs: 0 });
      if (ask.act === 'append') {
        await telemetry.append('log', [{ device: ask.device, at: Date.now(), body }]);
        return Response.json(null);
      }
      const texts: string[] = [];
      for await (const record of telemetry.read('log', ask.query)) texts.push(new TextDecoder().decode(record.body));
      return Response.json(texts);
    }
  }
};

export default {
  async fetch(request: Request): Promise<Response> {
    try {
      // Written by the tests.
      const ask = JSON.parse(request.headers.get('x-ask') ?? '') as Ask;
      return await answer(ask, new Uint8Array(await request.arrayBuffer()));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return Response.json({ reason: error.reason, message: error.message }, { status: error.code });
    }
  },
};
