import { Fault } from '../base/fault.ts';
import type { Leave } from '../kube/access/fairness.ts';
import type { AdamRoom } from './room.ts';

/** How many streams are followed now. */
export interface Followers {
  count: number;
}

export interface Streaming {
  readonly room: AdamRoom;
  readonly followers: Followers;
  readonly isFollowing: boolean;
  /** Called when one begins to follow, and what it returns when that is over. */
  stay(): Leave;
  /** Text to send, as it comes; ends when the signal aborts. */
  lines(signal: AbortSignal): AsyncIterator<string>;
}

/**
 * An answer of lines, no faster than they are read. What happens after the answer has begun is not missed: following starts
 * before its head is sent, and an empty line at once makes sure that the head is. A failure on the way breaks the
 * connection, so that nobody takes what came for all.
 */
export const streamLines = ({ room, followers, isFollowing, stay, lines }: Streaming): Response => {
  if (isFollowing && followers.count >= maxFollowers)
    throw new Fault('TooManyRequests', 'too many streams are followed', { retryAfterSeconds: 5 });
  const leave = isFollowing ? stay() : undefined;
  const stop = stopWith(room.signal);
  const iterator = lines(stop.signal);
  const share = isFollowing ? 1 : 0;
  followers.count += share;
  let next: Promise<IteratorResult<string>> | undefined;
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    followers.count -= share;
    leave?.();
    stop.abort();
    iterator.return?.().catch((error: unknown) => room.ports.log.error('stream did not end well', { error }));
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        next = iterator.next();
        next.catch(() => {}); // `pull` tells of it.
        if (isFollowing) controller.enqueue(encode('\n'));
      },
      async pull(controller) {
        try {
          const result = await (next ?? iterator.next());
          next = undefined;
          if (!result.done) return controller.enqueue(encode(result.value));
          end();
          controller.close();
        } catch (error) {
          end();
          room.ports.log.error('stream broke', { error });
          controller.error(error);
        }
      },
      cancel: end,
    },
    // Nothing more is read before somebody wants it.
    { highWaterMark: 0 },
  );
  return new Response(body, { headers });
};

const maxFollowers = 1000;

const headers = {
  'content-type': 'application/json',
  'cache-control': 'no-cache, no-store, no-transform',
  // Whatever compresses answers on the way would hold lines back.
  'content-encoding': 'identity',
  'x-content-type-options': 'nosniff',
};

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const stopWith = (signal: AbortSignal | undefined): AbortController => {
  const stop = new AbortController();
  const abort = () => stop.abort();
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  stop.signal.addEventListener('abort', () => signal?.removeEventListener('abort', abort));
  return stop;
};
