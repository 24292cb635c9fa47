/** Resolves after so many milliseconds, or as soon as `signal` aborts. */
export const delay = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal?.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });

/** Lets everything else that is due run first: for long loops that would otherwise hold up requests. */
export const breathe = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0));
