import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Place } from './s3.ts';

interface NewObject {
  readonly Bucket: string;
  readonly Key: string;
  readonly Metadata: Record<string, string>;
}

/**
 * Puts an object in parts. Nobody sees it before the last step, which is also where `ifAbsent` is decided. What fails
 * leaves no parts behind, unless aborting fails too: then the bucket's lifecycle removes them.
 */
export const putInParts = async (
  { client, partBytes }: Place,
  object: NewObject,
  bytes: Uint8Array,
  ifAbsent: boolean,
): Promise<void> => {
  const { Bucket, Key } = object;
  const created = await client.send(new CreateMultipartUploadCommand({ ...object, ChecksumAlgorithm: 'CRC32' }));
  const upload = { Bucket, Key, UploadId: created.UploadId };
  try {
    const parts: CompletedPart[] = [];
    const send = async (start: number): Promise<void> => {
      const PartNumber = start / partBytes + 1;
      const Body = bytes.subarray(start, start + partBytes);
      const sent = await client.send(
        new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm: 'CRC32' }),
      );
      parts[PartNumber - 1] = {
        PartNumber,
        ETag: sent.ETag,
        ...(sent.ChecksumCRC32 !== undefined && { ChecksumCRC32: sent.ChecksumCRC32 }),
      };
    };
    for (let start = 0; start < bytes.length; start += partBytes * partsAtOnce) {
      const starts = Array.from({ length: partsAtOnce }, (_, i) => start + i * partBytes);
      await Promise.all(starts.filter(at => at < bytes.length).map(send));
    }
    const condition = ifAbsent ? { IfNoneMatch: '*' } : {};
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, ...condition, MultipartUpload: { Parts: parts } }),
    );
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
};

const partsAtOnce = 4;
