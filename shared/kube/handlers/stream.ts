import { concat } from '../../base/concat.ts';
import type { Clock } from '../../base/ports.ts';

/**
 * Pieces that come one by one as a body that streams. What comes close together goes out together: each piece at once when
 * the stream was quiet, at most `pauseMs` later when it was not, because a chunk costs much more than its bytes. A reader
 * that does not read stops the source. `stop` is called when the reader goes away.
 */
export const toStream = (
  source: AsyncIterable<Uint8Array>,
  clock: Clock,
  stop: () => void,
): ReadableStream<Uint8Array> => {
  const state: State = { clock, waiting: [], size: 0, lastFlush: 0, gone: false, resume: ignore };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        void pump(source, state, controller);
      },
      pull: () => state.resume(),
      cancel: () => {
        state.gone = true;
        state.resume();
        stop();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: maxQueuedBytes }),
  );
};

/** Two chunks of a busy stream are at least so far apart. */
const pauseMs = 8;
/** Enough to go out without waiting for more. */
const chunkBytes = 64 * 1024;
/** What a slow reader may leave lying here; beyond it the source waits, and is cut off when it falls out of history. */
const maxQueuedBytes = 256 * 1024;

interface State {
  readonly clock: Clock;
  waiting: Uint8Array[];
  size: number;
  lastFlush: number;
  timer?: ReturnType<typeof setTimeout> | undefined;
  gone: boolean;
  /** Called when there may be room again. */
  resume: () => void;
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

const ignore = (): void => {};

const pump = async (source: AsyncIterable<Uint8Array>, state: State, controller: Controller): Promise<void> => {
  try {
    for await (const piece of source) {
      if (state.gone) return;
      state.waiting.push(piece);
      state.size += piece.length;
      const quiet = state.clock.now() - state.lastFlush >= pauseMs;
      if (quiet || state.size >= chunkBytes) flush(state, controller);
      else state.timer ??= setTimeout(() => flush(state, controller), pauseMs);
      if ((controller.desiredSize ?? 0) <= 0) await room(state, controller);
    }
    flush(state, controller);
    if (!state.gone) controller.close();
  } catch (error) {
    clearTimeout(state.timer);
    if (!state.gone) controller.error(error);
  }
};

const flush = (state: State, controller: Controller): void => {
  clearTimeout(state.timer);
  state.timer = undefined;
  if (state.gone || state.size === 0) return;
  controller.enqueue(concat(state.waiting));
  state.waiting = [];
  state.size = 0;
  state.lastFlush = state.clock.now();
};

const room = (state: State, controller: Controller): Promise<void> =>
  new Promise(resolve => {
    state.resume = () => {
      if (!state.gone && (controller.desiredSize ?? 0) <= 0) return;
      state.resume = ignore;
      resolve();
    };
    state.resume();
  });
