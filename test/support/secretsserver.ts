import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SecretsServer {
  readonly endpoint: string;
  /** What is answered instead, when it is set: the name of an error. */
  failure: string | undefined;
  close(): void;
}

/** A Secrets Manager with one secret, which fails on demand. */
export const openSecretsServer = async (id: string, secret: string): Promise<SecretsServer> => {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const asked = JSON.parse(text) as { SecretId?: string }; // as the SDK sends it
    const failure = made.failure ?? (asked.SecretId === id ? undefined : 'ResourceNotFoundException');
    response.writeHead(failure ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(failure ? { __type: failure, message: failure } : { Name: id, SecretString: secret }));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port.
  const { port } = server.address() as AddressInfo;
  const made: SecretsServer = { endpoint: `http://127.0.0.1:${port}`, failure: undefined, close: () => server.close() };
  return made;
};
