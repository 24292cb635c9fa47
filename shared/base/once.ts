/** Does it when it is asked first, and answers what came of that ever after. What failed is done again when it is asked next. */
export const once = <T>(act: () => Promise<T>): (() => Promise<T>) => {
  let done: Promise<T> | undefined;
  return () => {
    done ??= act().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
};
