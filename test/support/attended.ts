import type { Table } from '../../shared/store/drivers/dynamo/table.ts';

/** The same table, and when all that was asked of it until now is answered. */
export const attended = (table: Table): { table: Table; answered(): Promise<void> } => {
  const asked = new Set<Promise<unknown>>();
  const noting = new Proxy(table, {
    get(_, name) {
      const method = Reflect.get(table, name);
      if (typeof method !== 'function' || name === 'close') return method;
      return (...args: unknown[]) => {
        const answer: Promise<unknown> = method.apply(table, args);
        const forget = () => void asked.delete(answer);
        asked.add(answer);
        answer.then(forget, forget);
        return answer;
      };
    },
  });
  return {
    table: noting,
    async answered() {
      await Promise.allSettled(asked);
    },
  };
};
