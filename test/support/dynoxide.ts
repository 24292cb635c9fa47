import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** A DynamoDB of its own, in another process. */
export interface LocalDynamo {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  createTable(name: string): Promise<void>;
  stop(): void;
}

/** Where the program is; undefined where the platform has none. */
export const findDynoxide = (): string | undefined => {
  try {
    const manifest = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json');
    return join(dirname(manifest), 'dynoxide');
  } catch {
    return undefined;
  }
};

/** What a tier of tests that needs it is called. */
export const dynoxideTier =
  findDynoxide() === undefined ? 'dynoxide: left out, it is not there for this platform' : 'dynoxide';

export const startDynoxide = (program: string): Promise<LocalDynamo> =>
  startAtPort(port => spawn(program, ['--port', port], { stdio: 'ignore' }));

/** Starts a server on a port that is free. */
export const startAtPort = async (start: (port: string) => ChildProcess): Promise<LocalDynamo> => {
  for (let tries = 1; ; tries++) {
    const port = await findPort();
    const child = start(`${port}`);
    try {
      return await toLocalDynamo(child, `http://127.0.0.1:${port}`);
    } catch (error) {
      // It ends when somebody else took the port meanwhile.
      if (child.exitCode === null || tries === 3) throw error;
    }
  }
};

/** Waits until a server answers. */
const toLocalDynamo = async (child: ChildProcess, endpoint: string): Promise<LocalDynamo> => {
  const access = { endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const client = new DynamoDBClient({ ...access, maxAttempts: 1 });
  const end = Date.now() + 300_000;
  for (;;) {
    try {
      await client.send(new DescribeTableCommand({ TableName: 'none' }));
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') break;
      if (Date.now() > end || child.exitCode !== null) throw error;
      await sleep(20);
    }
  }
  return {
    ...access,
    async createTable(name) {
      await client.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
          KeySchema: [
            { AttributeName: 'PK', KeyType: 'HASH' },
            { AttributeName: 'SK', KeyType: 'RANGE' },
          ],
          AttributeDefinitions: [
            { AttributeName: 'PK', AttributeType: 'S' },
            { AttributeName: 'SK', AttributeType: 'S' },
          ],
        }),
      );
      const describe = () => client.send(new DescribeTableCommand({ TableName: name }));
      while ((await describe()).Table?.TableStatus !== 'ACTIVE') await sleep(20);
    },
    stop() {
      client.destroy();
      child.kill('SIGKILL');
    },
  };
};

export const findPort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
