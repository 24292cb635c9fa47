import { createAwsTable } from '../../shared/store/drivers/dynamo/awstable.ts';
import { openDynamoStore } from '../../shared/store/drivers/dynamo/dynamo.ts';
import type { Table } from '../../shared/store/drivers/dynamo/table.ts';
import type { LocalDynamo } from '../support/dynoxide.ts';
import { createTestPorts } from '../support/ports.ts';
import { createClock, silentLog } from './clock.ts';
import type { StoreSetup } from './store.ts';

/** What the battery of stores leaves out of what the DynamoDB store does not promise. */
export const dynamoWithout = { remaining: true, historyBytes: true, density: true } as const;

/** Sets up stores for the battery in a table of a server, each in a tenant of its own. `server` is asked once it runs. */
export const dynamoSetups = (server: () => LocalDynamo, tableName: string): (() => StoreSetup) => {
  const { random } = createTestPorts();
  let count = 0;
  return () => {
    const clock = createClock();
    const tenant = `t${++count}`;
    const tables: Table[] = [];
    return {
      clock,
      isDurable: true,
      without: dynamoWithout,
      async open(limits) {
        const table = createAwsTable({ ...server(), table: tableName });
        tables.push(table);
        return openDynamoStore({ table, tenant, clock, random, log: silentLog, pollMs: 1, ...limits });
      },
      crash() {},
      async remove() {
        for (const table of tables) table.close();
      },
    };
  };
};
