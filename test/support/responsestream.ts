import { PassThrough, type Readable, type Writable } from 'node:stream';
import type { Prelude } from '../../functions/lambda/answer.ts';
import type { Runtime } from '../../functions/lambda/stream.ts';

/** What a handler writes to, as the managed runtime gives it, and what the gateway gets of it. */
export interface ResponseStream {
  /** No stream of Node's, but an object with some of its methods. */
  readonly out: Writable;
  /** Known once something was written. */
  readonly prelude: Promise<Prelude>;
  readonly body: Readable;
  /** The client is gone, or the invocation is over. */
  destroy(): void;
}

type Inner = PassThrough & Begun;

interface Begun {
  _onBeforeFirstWrite?(write: (part: string | Uint8Array) => void): void;
}

/** The global of the managed runtime: what comes before the body stands before eight zeros, and goes out with the first write. */
export const runtime: Runtime = {
  streamifyResponse: handler => handler,
  HttpResponseStream: {
    from: (out, prelude) =>
      Object.assign(out, {
        _onBeforeFirstWrite(write: (part: string | Uint8Array) => void) {
          write(JSON.stringify(prelude));
          write(new Uint8Array(delimiterBytes));
        },
      }),
  },
};

const delimiterBytes = 8;

export const openResponseStream = (): ResponseStream => {
  const inner: Inner = new PassThrough();
  let isBegun = false;
  const write = inner.write.bind(inner) as (...args: unknown[]) => boolean; // of which Node declares two forms
  const first = (...args: unknown[]): boolean => {
    if (!isBegun) shown._onBeforeFirstWrite?.(part => write(part));
    isBegun = true;
    return write(...args);
  };
  const shown: Begun = Object.defineProperties(
    Object.fromEntries([
      ...methods.map(name => [name, inner[name].bind(inner)]),
      ['write', first],
      ['setContentType', () => undefined],
    ]),
    Object.fromEntries(properties.map(name => [name, { get: () => inner[name] }])),
  );
  const { prelude, body } = divide(inner);
  // Handlers take it for a stream, as they do on the platform.
  return { out: shown as unknown as Writable, prelude, body, destroy: () => void inner.destroy() };
};

const methods = [
  'cork',
  'destroy',
  'end',
  'uncork',
  'addListener',
  'emit',
  'eventNames',
  'getMaxListeners',
  'listenerCount',
  'listeners',
  'off',
  'on',
  'once',
  'prependListener',
  'prependOnceListener',
  'rawListeners',
  'removeAllListeners',
  'removeListener',
  'setMaxListeners',
] as const;

const properties = ['destroyed', 'writable', 'writableFinished', 'writableEnded', 'writableNeedDrain'] as const;

/** Takes off what comes before the eight zeros. */
const divide = (source: Readable): { prelude: Promise<Prelude>; body: Readable } => {
  const body = new PassThrough();
  const prelude = new Promise<Prelude>((resolve, reject) => {
    let head = Buffer.alloc(0);
    const onData = (part: Buffer): void => {
      head = Buffer.concat([head, part]);
      const end = head.indexOf(Buffer.alloc(delimiterBytes));
      if (end < 0) return;
      source.off('data', onData);
      body.write(head.subarray(end + delimiterBytes));
      source.pipe(body);
      resolve(JSON.parse(head.subarray(0, end).toString()) as Prelude); // as `HttpResponseStream.from` wrote it
    };
    source.on('data', onData);
    source.once('close', () => {
      if (!source.readableEnded) body.destroy();
      reject(new Error('the handler ended before it answered'));
    });
  });
  prelude.catch(() => undefined);
  return { prelude, body };
};
