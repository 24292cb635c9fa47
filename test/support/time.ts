const stepMs = 20;

/**
 * Milliseconds that passed since, as far as this process was there to see them: where the machine stands still, or is busy with
 * others, a step counts no longer than it was to last.
 */
export const watchTime = (): (() => number) => {
  let steps = 0;
  const timer = setInterval(() => {
    steps += 1;
  }, stepMs);
  return () => {
    clearInterval(timer);
    return steps * stepMs;
  };
};
