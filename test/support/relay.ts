import { connect, createServer, type Socket } from 'node:net';

/** A TCP relay in front of a server, whose connections can be cut off: what a bad network does to a client. */
export interface Relay {
  readonly url: string;
  /** Connections that were cut so far. */
  readonly cuts: () => number;
  /** Cuts off everybody now. */
  cut(): void;
  close(): Promise<void>;
}

export const openRelay = async (target: string): Promise<Relay> => {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let cuts = 0;
  const server = createServer(client => {
    const upstream = connect(Number(port), hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
      socket.pipe(other);
    }
    open.add(client);
    client.on('close', () => open.delete(client));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  const cut = (): void => {
    cuts += open.size;
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    url: `https://127.0.0.1:${address.port}`,
    cuts: () => cuts,
    cut,
    close: () => {
      cut();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
};
