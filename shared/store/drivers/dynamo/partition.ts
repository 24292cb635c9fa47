import type { Item, Query, Table } from './table.ts';

/** Every item of a partition, or of a range of it, page by page. */
export async function* readPartition(table: Table, query: Query): AsyncGenerator<Item> {
  let after = query.after;
  do {
    const page = await table.query({ ...query, ...(after !== undefined && { after }) });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}
