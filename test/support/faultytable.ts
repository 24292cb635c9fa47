import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Failure } from './s3/server.ts';

/** Stands before a DynamoDB, and fails on demand: for what no emulator can be told to do. */
export interface FaultyTable {
  readonly endpoint: string;
  /** What befalls a request from now on, by its operation (`GetItem`, `TransactWriteItems` …); undefined: nothing. */
  fault: (operation: string) => Failure | undefined;
  close(): void;
}

export const openFaultyTable = async (target: string): Promise<FaultyTable> => {
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    const failure = made.fault(String(request.headers['x-amz-target']).split('.').at(-1) ?? '');
    if (failure && 'reset' in failure && failure.reset === 'before') return request.socket.destroy();
    if (failure && 'status' in failure) {
      response.writeHead(failure.status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${failure.code}`, message: '' }));
      return;
    }
    try {
      const headers = Object.fromEntries(passed.flatMap(name => [[name, String(request.headers[name] ?? '')]]));
      const answer = await fetch(target, { method: 'POST', headers, body });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (failure && 'lateMs' in failure) await new Promise(resolve => setTimeout(resolve, failure.lateMs));
      if (failure && 'reset' in failure) return request.socket.destroy();
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(bytes);
    } catch {
      // The DynamoDB behind it has ended.
      request.socket.destroy();
    }
  });
  // As a cloud does, it closes no connection that a client of a busy machine is about to use again.
  server.keepAliveTimeout = 300_000;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const made: FaultyTable = {
    endpoint: `http://127.0.0.1:${port}`,
    fault: () => undefined,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return made;
};

const passed = ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'];

const readBody = async (request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return new Uint8Array(Buffer.concat(chunks));
};
