import { describe, expect, it } from 'vitest';
import { createAwsTable } from '../../../../shared/store/drivers/dynamo/awstable.ts';
import { describeTable } from '../../../conformance/table.ts';
import { dynoxideTier, findDynoxide, startDynoxide } from '../../../support/dynoxide.ts';
import { ModelTable } from '../../../support/modeltable.ts';

describeTable('model', async () => ({ table: new ModelTable().connect(), remove() {} }));

const program = findDynoxide();
describe.skipIf(program === undefined)(dynoxideTier, () => {
  describeTable('dynoxide', async () => {
    const server = await startDynoxide(program ?? '');
    await server.createTable('table');
    const table = createAwsTable({ ...server, table: 'table' });
    return {
      table,
      remove() {
        table.close();
        server.stop();
      },
    };
  });
});

describe('what goes wrong with a table', () => {
  const credentials = { accessKeyId: 'x', secretAccessKey: 'not shown' };

  it('is said when nobody is there', async () => {
    const table = createAwsTable({ endpoint: 'http://127.0.0.1:9', region: 'x', credentials, table: 'objects' });
    await expect(table.get({ PK: 'a', SK: 'b' })).rejects.toMatchObject({
      kind: 'unreachable',
      reason: 'ServiceUnavailable',
      message: 'The table objects cannot be reached (ECONNREFUSED).',
    });
    table.close();
  });

  it.skipIf(program === undefined)('is said when there is no such table', async () => {
    const server = await startDynoxide(program ?? '');
    const table = createAwsTable({ ...server, table: 'objects' });
    await expect(table.get({ PK: 'a', SK: 'b' })).rejects.toMatchObject({
      kind: 'unfit',
      message: 'There is no table objects here. Name one that exists, or look at the region.',
    });
    table.close();
    server.stop();
  });
});
