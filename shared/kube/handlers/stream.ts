/**
 * Chunks that come one by one as a body that streams. The first goes out at once; small ones keep `pauseMs` between them,
 * in which the source gathers more, because a chunk costs much more than its bytes. A reader that does not read stops the
 * source. `stop` is called when the reader goes away.
 */
export const toStream = (source: AsyncIterable<Uint8Array>, stop: () => void): ReadableStream<Uint8Array> => {
  const state: State = { gone: false, resume: ignore };
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

/** Hardly felt by who watches, and enough for some changes to travel together when there are many. */
const pauseMs = 25;
/** A chunk of this size has gathered enough. */
const largeBytes = 64 * 1024;
/** What a slow reader may leave lying here; beyond it the source waits, and is cut off when it falls out of history. */
const maxQueuedBytes = 256 * 1024;

interface State {
  gone: boolean;
  /** Called when there may be room again. */
  resume: () => void;
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

const ignore = (): void => {};

const pump = async (source: AsyncIterable<Uint8Array>, state: State, controller: Controller): Promise<void> => {
  try {
    for await (const chunk of source) {
      if (state.gone) return;
      controller.enqueue(chunk);
      if ((controller.desiredSize ?? 0) <= 0) await room(state, controller);
      if (chunk.length < largeBytes) await pause();
    }
    if (!state.gone) controller.close();
  } catch (error) {
    if (!state.gone) controller.error(error);
  }
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

const pause = (): Promise<void> => new Promise(resolve => setTimeout(resolve, pauseMs));
