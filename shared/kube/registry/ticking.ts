/**
 * What `source` yields, and `undefined` in between each time that `delay()` milliseconds passed; no more of these once it
 * answers undefined. The source is asked for an item only when one is
 * wanted. Ends when the source does.
 */
export async function* ticking<T>(
  source: AsyncIterable<T>,
  delay: () => number | undefined,
): AsyncGenerator<T | undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const inbox: Inbox<T> = { asked: false, due: false, wake: ignore };
  const ask = (): void => {
    inbox.asked = true;
    iterator.next().then(
      result => deliver(inbox, { result }),
      error => deliver(inbox, { failure: { error } }),
    );
  };
  let timer = arm(inbox, delay());
  try {
    for (;;) {
      if (!inbox.asked) ask();
      const { due, result, failure } = await arrival(inbox);
      if (failure) throw failure.error;
      if (result?.done) return;
      if (result) {
        delete inbox.result;
        inbox.asked = false;
        yield result.value;
      } else if (due) {
        inbox.due = false;
        timer = arm(inbox, delay());
        yield undefined;
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

interface Inbox<T> {
  asked: boolean;
  due: boolean;
  result?: IteratorResult<T>;
  failure?: { readonly error: unknown };
  wake: () => void;
}

const ignore = (): void => {};

const deliver = <T>(inbox: Inbox<T>, mail: Partial<Inbox<T>>): void => {
  Object.assign(inbox, mail);
  inbox.wake();
};

const arrival = async <T>(inbox: Inbox<T>): Promise<Inbox<T>> => {
  if (!inbox.due && !inbox.result && !inbox.failure) {
    await new Promise<void>(resolve => {
      inbox.wake = resolve;
    });
  }
  return inbox;
};

const arm = <T>(inbox: Inbox<T>, ms: number | undefined) =>
  ms === undefined ? undefined : setTimeout(() => deliver(inbox, { due: true }), ms);
