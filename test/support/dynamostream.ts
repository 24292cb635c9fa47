import type { StreamRecord } from '../../functions/lambda/happened.ts';

/** Reads the stream of a table from its beginning: each call gives what came since the one before. */
export const openDynamoStream = async (endpoint: string, table: string) => {
  const ask = async <T>(operation: string, body: object): Promise<T> => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
        // It looks whether there is a signature, and not at it.
        authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
        'x-amz-date': '20260101T000000Z',
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T; // as the service documents it
  };
  const { Streams } = await ask<{ Streams: { StreamArn: string }[] }>('ListStreams', { TableName: table });
  const StreamArn = Streams[0]?.StreamArn;
  const { StreamDescription } = await ask<{ StreamDescription: { Shards: { ShardId: string }[] } }>('DescribeStream', {
    StreamArn,
  });
  const iterators = new Map<string, string | undefined>();
  for (const { ShardId } of StreamDescription.Shards) {
    const asked = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    iterators.set(ShardId, (await ask<{ ShardIterator: string }>('GetShardIterator', asked)).ShardIterator);
  }
  return async (): Promise<StreamRecord[]> => {
    const found: StreamRecord[] = [];
    for (const [shard, ShardIterator] of iterators) {
      if (ShardIterator === undefined) continue;
      const page = await ask<{ Records: StreamRecord[]; NextShardIterator?: string }>('GetRecords', { ShardIterator });
      found.push(...page.Records);
      iterators.set(shard, page.NextShardIterator);
    }
    return found;
  };
};
