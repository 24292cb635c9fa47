import type { Item, Query, Table } from '../../../store/drivers/dynamo/table.ts';

/** All pages of a query. */
export const queryAll = async (table: Table, PK: string, between?: Query['between']): Promise<Item[]> => {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const query = { PK, ...(between && { between }), ...(after !== undefined && { after }) };
    const page = await table.query(query);
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
};
