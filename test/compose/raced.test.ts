import { expect, it } from 'vitest';
import { composeDevice } from '../../shared/compose/device.ts';
import { decodeConfig } from '../../shared/compose/served.ts';
import { decodeServed } from '../../shared/eve/served.ts';
import type { Store } from '../../shared/store/store.ts';
import { startComposer } from './setup.ts';

const objects = `
apiVersion: eve.lfedge.org/v1beta1
kind: NetworkConfig
metadata: { name: dhcp }
spec: {}
---
apiVersion: eve.lfedge.org/v1beta1
kind: DeviceNetwork
metadata: { name: lan }
spec: { networkConfig: dhcp }
---
apiVersion: eve.lfedge.org/v1beta1
kind: Device
metadata: { name: box }
spec: {}
`;
const option = (value: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: eve-global-options }
data: { timer.config.interval: "${value}" }
`;

/**
 * Whoever follows a change asks which configurations depend on the object. One that is being made just then is not there to be
 * found: it must see the change by itself.
 */
it('sees a change that came while the configuration was made for the first time', async () => {
  const kit = await startComposer(['lab', 'kube-system']);
  await kit.apply(objects);
  let isFirst = true;
  const store: Store = {
    ...kit.store,
    async commit(type, write, options) {
      if (type === 'configs' && isFirst) {
        isFirst = false;
        // All was read by now, and nobody can find yet that this device depends on it.
        await kit.apply(option('77'));
      }
      return kit.store.commit(type, write, options);
    },
  };
  const done = await composeDevice({ ...kit, store, networkConcerns: undefined }, 'lab/box');
  expect(done?.changed).toBe(true);
  const [entry] = (await kit.store.list('configs')).entries;
  const items = entry ? decodeConfig(decodeServed(entry.value)).configItems : [];
  expect(items).toContainEqual(expect.objectContaining({ key: 'timer.config.interval', value: '77' }));
  await kit.store.close();
});
