/** How far one has come with steps that end in another order than they begin. */
export interface Progress {
  /** Begins a step. Call what it gives when the step is done. */
  enter(at: string): () => void;
  /** There are no more steps. */
  end(): void;
  /** The last step that is done with all before it. */
  reached(): string;
  /** Whether there are no more steps, and all are done. */
  isDone(): boolean;
}

export const createProgress = (from: string): Progress => {
  const open: { readonly at: string; isDone: boolean }[] = [];
  let reached = from;
  let isEnded = false;
  return {
    enter(at) {
      const step = { at, isDone: false };
      open.push(step);
      return () => {
        step.isDone = true;
        for (let first = open[0]; first?.isDone; first = open[0]) {
          reached = first.at;
          open.shift();
        }
      };
    },
    end() {
      isEnded = true;
    },
    reached: () => reached,
    isDone: () => isEnded && open.length === 0,
  };
};
