import type { Blobs } from '../shared/blob/blobs.ts';
import type { S3BlobsOptions } from '../shared/blob/drivers/s3.ts';
import { lazyBlobs } from '../shared/blob/lazyblobs.ts';

/** A bucket whose client is loaded with the first use. */
export const openBucket = (options: S3BlobsOptions): Blobs =>
  lazyBlobs(async () => (await import('../shared/blob/drivers/s3.ts')).createS3Blobs(options));
