import type { Ports } from '../shared/base/ports.ts';
import type { Blobs } from '../shared/blob/blobs.ts';
import type { Credentials, S3BlobsOptions } from '../shared/blob/drivers/s3.ts';
import { createAwsTable } from '../shared/store/drivers/dynamo/awstable.ts';
import { type OpenedStore, openDynamoStore } from '../shared/store/drivers/dynamo/dynamo.ts';
import { createCloudTelemetry } from '../shared/telemetry/drivers/cloud/cloud.ts';
import type { Telemetry } from '../shared/telemetry/telemetry.ts';
import { retentionMs } from './retention.ts';
import { requireTenantName } from './tenants/name.ts';

export interface CloudSettings {
  /** The DynamoDB table. */
  readonly table: string;
  /** The S3 bucket. */
  readonly bucket: string;
  /** Prefix of all keys in both. */
  readonly tenant: string;
  readonly region: string;
  /** Of servers that are not AWS's. */
  readonly tableEndpoint?: string;
  readonly bucketEndpoint?: string;
  /** Absent: found as every program of AWS finds them. */
  readonly credentials?: Credentials;
}

export interface Cloud {
  readonly store: Omit<OpenedStore, 'recalled'>;
  readonly recalled: OpenedStore['recalled'];
  readonly blobs: Blobs;
  readonly telemetry: Telemetry;
  close(): Promise<void>;
}

/** How far reports were taken up, and who leads: those who work behind requests write them, and would wake themselves. */
const quietTypes = ['reports', 'objects/coordination.k8s.io/leases'];

/** Heartbeats of many devices are written together once in so long, by a process in which something may wait. */
const gatherMs = 60_000;
/** By another one, a heartbeat of a device once in so long. */
const heartbeatMs = 120_000;

const toHeartbeats = (isPatient: boolean) =>
  isPatient
    ? { gatheredMarks: { seen: gatherMs } }
    : { gatheredMarks: { seen: 0 }, sparedMarks: { seen: heartbeatMs } };

export interface CloudParts {
  /** How long telemetry waits for company, in milliseconds. */
  readonly flushMs: number;
  openBucket(options: S3BlobsOptions): Blobs;
}

/** A table and a bucket, as many processes at once may use them. Asks nothing of either yet. */
export const openCloud = (
  { table: name, bucket, tenant, region, tableEndpoint, bucketEndpoint, credentials }: CloudSettings,
  ports: Ports,
  { flushMs, openBucket }: CloudParts,
): Cloud => {
  // Without a name, its objects would lie among those of all others.
  requireTenantName('the tenant', tenant);
  const access = { region, ...(credentials && { credentials }) };
  const table = createAwsTable({ table: name, ...access, ...(tableEndpoint && { endpoint: tableEndpoint }) });
  const { random } = ports;
  const prefix = `${tenant}/`;
  const blobs = openBucket({
    bucket,
    prefix,
    random,
    ...access,
    ...(bucketEndpoint && { endpoint: bucketEndpoint }),
  });
  const heartbeats = toHeartbeats(flushMs > 0);
  const store = openDynamoStore({ table, tenant, spill: blobs, quietTypes, ...heartbeats, ...ports });
  const telemetry = createCloudTelemetry({ table, tenant, blobs, flushMs, ports, keptMs: kind => retentionMs[kind] });
  return {
    store,
    recalled: store.recalled,
    blobs,
    telemetry,
    async close() {
      await telemetry.close();
      await store.marks.close();
      await store.close();
      await blobs.close();
      table.close();
    },
  };
};
