import { openDynamoStore } from '../../../../shared/store/drivers/dynamo/dynamo.ts';
import { createClock, silentLog } from '../../../conformance/clock.ts';
import { describeStore } from '../../../conformance/store.ts';
import { ModelTable } from '../../../support/modeltable.ts';
import { createTestPorts } from '../../../support/ports.ts';

const { random } = createTestPorts();
const without = { remaining: true, historyBytes: true } as const;

describeStore('dynamo on the model', () => {
  const clock = createClock();
  const model = new ModelTable();
  return {
    clock,
    isDurable: true,
    without,
    open: async limits =>
      openDynamoStore({ table: model.connect(), clock, random, log: silentLog, pollMs: 1, ...limits }),
    crash() {},
    remove: async () => {},
  };
});
