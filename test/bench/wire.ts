import { once } from 'node:events';
import tls from 'node:tls';

/**
 * The lightest HTTP/1.1 client that is still one: requests are bytes made beforehand, answers are read for their status
 * and body by Content-Length. It must cost less than the server, or it would measure itself.
 */
export class Connection {
  readonly #socket: tls.TLSSocket;
  #buffer: Buffer = Buffer.alloc(0);
  #waiting: ((answer: Answer) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  private constructor(socket: tls.TLSSocket) {
    this.#socket = socket;
    socket.on('data', chunk => this.#read(chunk));
    socket.on('error', error => this.#fail?.(error));
    socket.on('close', () => this.#fail?.(new Error('the server closed the connection')));
  }

  static async open(target: Target, session?: Buffer): Promise<Connection> {
    const socket = tls.connect({
      host: target.host,
      port: target.port,
      ca: target.ca,
      servername: 'localhost',
      ...(target.client ?? {}),
      ...(session ? { session } : {}),
    });
    socket.setNoDelay(true);
    await once(socket, 'secureConnect');
    return new Connection(socket);
  }

  /** Resolves to the TLS session that a later connection may resume. */
  get session(): Promise<Buffer> {
    return once(this.#socket, 'session').then(([session]) => session as Buffer);
  }

  get isResumed(): boolean {
    return this.#socket.isSessionReused();
  }

  send(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = resolve;
      this.#fail = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#fail = undefined;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    const end = this.#buffer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#buffer.toString('latin1', 0, end).toLowerCase();
    const status = Number(head.slice(9, 12));
    const length = status === 304 || status === 204 ? 0 : Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
    if (this.#buffer.length < end + 4 + length) return;
    const body = this.#buffer.subarray(end + 4, end + 4 + length);
    this.#buffer = this.#buffer.subarray(end + 4 + length);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.({ status, body });
  }
}

export interface Target {
  readonly host: string;
  readonly port: number;
  /** PEM of the root that signs the server's certificate. */
  readonly ca: string;
  /** PEM of who calls, where that is asked. */
  readonly client?: { readonly cert: string; readonly key: string };
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** The bytes of a request. */
export const request = (
  target: Target,
  { method, path, contentType, body }: { method: string; path: string; contentType?: string; body?: Uint8Array },
): Buffer =>
  Buffer.concat([
    Buffer.from(
      `${method} ${path} HTTP/1.1\r\nHost: ${target.host}:${target.port}\r\n` +
        (contentType ? `Content-Type: ${contentType}\r\n` : '') +
        (body ? `Content-Length: ${body.length}\r\n` : '') +
        '\r\n',
    ),
    body ?? new Uint8Array(),
  ]);

/** The bytes of a POST of a device. */
export const post = (target: Target, path: string, body: Uint8Array): Buffer =>
  request(target, { method: 'POST', path, contentType: 'application/x-proto-binary', body });
