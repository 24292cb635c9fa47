import type {
  AttributeValue,
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  ConsumedCapacity,
  ReturnValuesOnConditionCheckFailure,
  TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { fromAttributes, toAttribute, toAttributes } from './attribute.ts';
import { toCancellation, toTableFault, toUnmet } from './awsfault.ts';
import { Expression } from './expression.ts';
import type { Action, Condition, Item, Key, Meter, Reason, Table, Written } from './table.ts';
import { TableFault } from './tablefault.ts';

export interface AwsTableOptions {
  /** The table's name. */
  readonly table: string;
  readonly region?: string;
  /** Another place than AWS: an emulator's URL. */
  readonly endpoint?: string;
  /** Default: found as every program of AWS finds them. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Longest wait for an answer, in milliseconds; default 5,000. */
  readonly timeoutMs?: number;
  readonly meter?: Meter;
}

/** A table of DynamoDB. Asks once; who wants to ask again wraps it with `insistent`. */
export const createAwsTable = ({ table, meter, timeoutMs = 5000, ...options }: AwsTableOptions): Table => {
  const sockets = { keepAlive: true, maxSockets: 256 };
  const client = new DynamoDBClient({
    ...options,
    maxAttempts: 1,
    requestHandler: {
      requestTimeout: timeoutMs,
      connectionTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: sockets,
      httpsAgent: sockets,
    },
  });
  const metered = meter && ({ ReturnConsumedCapacity: 'TOTAL' } as const);

  /** Reports what an answer consumed. */
  const measure = async <Output extends Metered>(operation: keyof Table, answer: Promise<Output>): Promise<Output> => {
    const output = await answer;
    meter?.(operation, toUnits(operation, output.ConsumedCapacity));
    return output;
  };

  /** Says in our words what went wrong. */
  const ask = async <Output extends Metered>(operation: keyof Table, answer: Promise<Output>): Promise<Output> => {
    try {
      return await measure(operation, answer);
    } catch (error) {
      throw toTableFault(error, table);
    }
  };

  /** A write of one item, whose condition may be false. */
  const write = async (operation: keyof Table, answer: Promise<Metered & Changed>): Promise<Written> => {
    try {
      const { Attributes } = await measure(operation, answer);
      return { ok: true, ...(Attributes && { item: fromAttributes(Attributes) }) };
    } catch (error) {
      const unmet = toUnmet(error);
      if (unmet !== undefined) return { ok: false, ...unmet };
      throw toTableFault(error, table);
    }
  };

  return {
    async get(key, { isEventual = false } = {}) {
      const command = { TableName: table, Key: toKey(key), ConsistentRead: !isEventual, ...metered };
      const { Item } = await ask('get', client.send(new GetItemCommand(command)));
      return Item && fromAttributes(Item);
    },

    async batchGet(keys, { isEventual = false } = {}) {
      const found = new Map<string, Item>();
      for (let i = 0; i < keys.length; i += 100) {
        let left: Record<string, AttributeValue>[] | undefined = keys.slice(i, i + 100).map(toKey);
        while (left !== undefined && left.length > 0) {
          const RequestItems: BatchGetItemCommandInput['RequestItems'] = {
            [table]: { Keys: left, ConsistentRead: !isEventual },
          };
          const output: BatchGetItemCommandOutput = await ask(
            'batchGet',
            client.send(new BatchGetItemCommand({ RequestItems, ...metered })),
          );
          const items = output.Responses?.[table] ?? [];
          for (const item of items.map(fromAttributes)) found.set(toId(item), item);
          left = output.UnprocessedKeys?.[table]?.Keys;
          if (left !== undefined && left.length > 0 && items.length === 0) throw throttled();
        }
      }
      return keys.map(key => found.get(toId(key)));
    },

    async query(query) {
      const { PK, after, limit, isDescending = false, isEventual = false } = query;
      const expression = new Expression();
      const command = {
        TableName: table,
        KeyConditionExpression: expression.range(query),
        ...expression.terms,
        ConsistentRead: !isEventual,
        ScanIndexForward: !isDescending,
        ...(limit !== undefined && { Limit: limit }),
        ...(after !== undefined && { ExclusiveStartKey: toKey({ PK, SK: after }) }),
        ...metered,
      };
      const output = await ask('query', client.send(new QueryCommand(command)));
      return { items: (output.Items ?? []).map(fromAttributes), next: output.LastEvaluatedKey?.['SK']?.S };
    },

    put(item, condition) {
      const command = { TableName: table, Item: toAttributes(item), ...toCondition(condition), ...metered };
      return write('put', client.send(new PutItemCommand(command)));
    },

    update(key, change, condition) {
      const expression = new Expression();
      const command = {
        TableName: table,
        Key: toKey(key),
        UpdateExpression: expression.update(change),
        ...toCondition(condition, expression),
        ReturnValues: 'ALL_NEW' as const,
        ...metered,
      };
      return write('update', client.send(new UpdateItemCommand(command)));
    },

    delete(key, condition) {
      const command = { TableName: table, Key: toKey(key), ...toCondition(condition), ...metered };
      return write('delete', client.send(new DeleteItemCommand(command)));
    },

    async batchDelete(keys) {
      for (let i = 0; i < keys.length; i += 25) {
        let left = keys.slice(i, i + 25).map(key => ({ DeleteRequest: { Key: toKey(key) } }));
        while (left.length > 0) {
          const command = new BatchWriteItemCommand({ RequestItems: { [table]: left }, ...metered });
          const output = await ask('batchDelete', client.send(command));
          const unprocessed = (output.UnprocessedItems?.[table] ?? []) as typeof left; // only what was asked comes back
          if (unprocessed.length === left.length) throw throttled();
          left = unprocessed;
        }
      }
    },

    async transact(actions, token) {
      const command = new TransactWriteItemsCommand({
        TransactItems: actions.map(action => toTransactItem(table, action)),
        ClientRequestToken: token,
        ...metered,
      });
      try {
        await measure('transact', client.send(command));
        return { ok: true };
      } catch (error) {
        const reasons = toCancellation(error);
        if (reasons !== undefined) return { ok: false, reasons };
        throw toTableFault(error, table);
      }
    },

    async transactGet(keys) {
      const TransactItems = keys.map(key => ({ Get: { TableName: table, Key: toKey(key) } }));
      try {
        const command = new TransactGetItemsCommand({ TransactItems, ...metered });
        const { Responses = [] } = await measure('transactGet', client.send(command));
        return keys.map((_, i) => {
          const found = Responses[i]?.Item;
          return found && fromAttributes(found);
        });
      } catch (error) {
        const reasons = toCancellation(error);
        throw reasons === undefined ? toTableFault(error, table) : toPassing(reasons);
      }
    },

    close: () => client.destroy(),
  };
};

interface Metered {
  readonly ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] | undefined;
}

interface Changed {
  readonly Attributes?: Record<string, AttributeValue> | undefined;
}

const toKey = ({ PK, SK }: Key): Record<string, AttributeValue> => ({ PK: toAttribute(PK), SK: toAttribute(SK) });

const toId = ({ PK, SK }: Key): string => `${PK}\0${SK}`;

const shown: { ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure } = {
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
};

const toCondition = (condition: Condition | undefined, expression = new Expression()) =>
  condition === undefined
    ? expression.terms
    : { ConditionExpression: expression.condition(condition), ...expression.terms, ...shown };

const toTransactItem = (table: string, action: Action): TransactWriteItem => {
  const TableName = table;
  if ('put' in action) {
    return { Put: { TableName, Item: toAttributes(action.put), ...toCondition(action.condition) } };
  }
  if ('delete' in action) {
    return { Delete: { TableName, Key: toKey(action.delete), ...toCondition(action.condition) } };
  }
  const expression = new Expression();
  if ('update' in action) {
    const UpdateExpression = expression.update(action.change);
    return {
      Update: { TableName, Key: toKey(action.update), UpdateExpression, ...toCondition(action.condition, expression) },
    };
  }
  const ConditionExpression = expression.condition(action.condition);
  return {
    ConditionCheck: { TableName, Key: toKey(action.check), ConditionExpression, ...expression.terms, ...shown },
  };
};

const isRead = (operation: keyof Table): boolean => /get|query/i.test(operation);

const toUnits = (operation: keyof Table, consumed: ConsumedCapacity | ConsumedCapacity[] = []) => {
  const units = [consumed].flat().reduce((sum, each) => sum + (each.CapacityUnits ?? 0), 0);
  return isRead(operation) ? { read: units, write: 0 } : { read: 0, write: units };
};

/** Why a read of many items did not happen: some write had one of them, or the table has enough to do. */
const toPassing = (reasons: readonly Reason[]): TableFault =>
  reasons.some(({ code }) => code === 'throttled')
    ? throttled()
    : new TableFault('conflict', 'A write has one of the items just now.');

const throttled = (): TableFault => new TableFault('throttled', 'The table takes no more requests now.');
