import { printJson } from '../base/json.ts';
import type { Log } from '../base/ports.ts';
import type { Entry } from './entries.ts';
import { toErrorStatus } from './status.ts';

export interface BodyOptions {
  readonly format: 'ndjson' | 'sse';
  /** Name of the events of an event stream. */
  readonly event: string;
  readonly keepAliveMs: number;
  /** Aborted when the reader goes away; ends the entries. */
  readonly stop: AbortController;
  /** Called once when it is over, however it ends. */
  onEnd(): void;
  readonly log: Log;
}

/**
 * Entries as bytes, no faster than they are read. An error on the way is the last thing told: a Status as a line, or as an
 * event named `error`.
 */
export const toBody = (
  entries: AsyncIterable<readonly Entry[]>,
  { format, event, keepAliveMs, stop, onEnd, log }: BodyOptions,
): ReadableStream<Uint8Array> => {
  const iterator = entries[Symbol.asyncIterator]();
  const print = format === 'sse' ? printEvent(event) : printLine;
  let next: Promise<IteratorResult<readonly Entry[]>> | undefined;
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    stop.abort();
    // Lets go of what the reading holds open.
    iterator.return?.().catch(error => log.error('stream did not end well', { error }));
    onEnd();
  };
  return new ReadableStream(
    {
      start(controller) {
        // Whoever sees that it is connected hears what happens from then on.
        next = iterator.next();
        next.catch(() => {}); // `pull` tells of it.
        if (format === 'sse') controller.enqueue(encode(': following\n\n'));
      },
      async pull(controller) {
        try {
          next ??= iterator.next();
          const result = format === 'sse' ? await orSilence(next, keepAliveMs) : await next;
          if (result === undefined) return controller.enqueue(encode(':\n\n'));
          next = undefined;
          if (!result.done) return controller.enqueue(encode(result.value.map(print).join('')));
        } catch (error) {
          const status = printJson(toErrorStatus(error, log));
          controller.enqueue(encode(format === 'sse' ? `event: error\ndata: ${status}\n\n` : `${status}\n`));
        }
        end();
        controller.close();
      },
      cancel: end,
    },
    // Nothing more is read before somebody wants it.
    { highWaterMark: 0 },
  );
};

const printLine = ({ value }: Entry): string => `${printJson(value)}\n`;

const printEvent =
  (event: string) =>
  ({ position, value }: Entry): string =>
    `id: ${position}\nevent: ${event}\ndata: ${printJson(value)}\n\n`;

/** Undefined when nothing comes for so long. */
const orSilence = async <T>(next: Promise<T>, ms: number): Promise<T | undefined> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
  }
};

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
