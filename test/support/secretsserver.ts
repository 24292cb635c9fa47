import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SecretsServer {
  readonly endpoint: string;
  /** What is answered instead, when it is set: the name of an error. */
  failure: string | undefined;
  /** Keeps a secret, or another text in it. */
  keep(id: string, text: string): void;
  close(): void;
}

/** A Secrets Manager with one secret at first, which fails on demand. */
export const openSecretsServer = async (id: string, secret: string): Promise<SecretsServer> => {
  const secrets = new Map([[id, secret]]);
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const asked = JSON.parse(text) as { SecretId?: string }; // as the SDK sends it
    const { SecretId: name = '' } = asked;
    const found = secrets.get(name);
    const failure = made.failure ?? (found === undefined ? 'ResourceNotFoundException' : undefined);
    response.writeHead(failure ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(failure ? { __type: failure, message: failure } : { Name: name, SecretString: found }));
  });
  // As a cloud does, it closes no connection that a client of a busy machine is about to use again.
  server.keepAliveTimeout = 300_000;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port.
  const { port } = server.address() as AddressInfo;
  const made: SecretsServer = {
    endpoint: `http://127.0.0.1:${port}`,
    failure: undefined,
    keep: (name, text) => void secrets.set(name, text),
    close: () => server.close(),
  };
  return made;
};
