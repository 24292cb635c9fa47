import type { Metrics } from '../base/metrics.ts';
import type { Clock } from '../base/ports.ts';
import type { Marks } from './marks.ts';
import type { Store } from './store.ts';

/** The same store; counts what is asked of it and how long that takes. What is followed is not counted. */
export const measured = (
  store: Store & { readonly marks: Marks },
  metrics: Metrics,
  clock: Clock,
): Store & { readonly marks: Marks } => {
  const duration = metrics.histogram(
    { name: 'kubeve_store_request_duration_seconds', help: 'From a question to the store to its answer.', labels },
    [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  );
  const errors = metrics.counter({
    name: 'kubeve_store_request_errors_total',
    help: 'Questions to the store that it did not answer. A lost race is an answer.',
    labels,
  });
  const time = async <T>(operation: string, act: () => Promise<T>): Promise<T> => {
    const start = clock.now();
    try {
      return await act();
    } catch (error) {
      errors.add({ operation });
      throw error;
    } finally {
      duration.observe({ operation }, (clock.now() - start) / 1000);
    }
  };
  return {
    marks: store.marks,
    get: (type, key) => time('get', () => store.get(type, key)),
    list: (type, query) => time('list', () => store.list(type, query)),
    find: (type, term) => time('find', () => store.find(type, term)),
    findEntries: (type, term) => time('find', () => store.findEntries(type, term)),
    commit: (type, write, options) => time('commit', () => store.commit(type, write, options)),
    head: type => time('head', () => store.head(type)),
    tail: (type, after, signal) => store.tail(type, after, signal),
    sweep: () => time('sweep', () => store.sweep()),
    close: () => store.close(),
  };
};

const labels = ['operation'] as const;
