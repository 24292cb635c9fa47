import { afterEach, expect, test } from 'vitest';
import type { Contribution } from '../../shared/compose/contribution.ts';
import { composeDevice } from '../../shared/compose/device.ts';
import type { Store } from '../../shared/store/store.ts';
import { type Kit, startComposer } from './setup.ts';

let kit: Kit | undefined;
afterEach(() => kit?.store.close());

const shared = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: docker }
provisioner: eve
parameters: { type: container, URL: "https://docker.io" }
---
apiVersion: eve.lfedge.org/v1beta1
kind: NetworkConfig
metadata: { name: dhcp }
spec: {}
---
apiVersion: eve.lfedge.org/v1beta1
kind: DeviceNetwork
metadata: { name: lan }
spec: { networkConfig: dhcp }
`;
const device = (name: string) => `
apiVersion: eve.lfedge.org/v1beta1
kind: Device
metadata: { name: ${name} }
spec: {}
`;
const application = (name: string) => `
apiVersion: eve.lfedge.org/v1beta1
kind: Image
metadata: { name: ${name} }
spec: { ref: "web:1", storageClass: docker }
---
apiVersion: eve.lfedge.org/v1beta1
kind: Application
metadata: { name: ${name}, annotations: { k8s.v1.cni.cncf.io/networks: lan } }
spec: { containers: [{ name: c, image: ${name} }] }
`;

/** What composing one device asks of the store, and how many entries that gives. */
const costOf = async (own: number, others: number) => {
  kit = await startComposer(['lab', 'kube-system']);
  await kit.apply(shared + ['---', device('box')].join('\n'));
  const place = async (name: string, on: string) => {
    await kit?.apply(application(name));
    await kit?.bind(name, on);
  };
  for (let at = 0; at < own; at += 1) await place(`own-${at}`, 'box');
  for (let at = 0; at < others; at += 1) {
    await kit.apply(device(`other-${at}`));
    await place(`theirs-${at}`, `other-${at}`);
  }
  const count = { asked: 0, entries: 0 };
  const store: Store = {
    ...kit.store,
    get(...args) {
      count.asked += 1;
      count.entries += 1;
      return (kit as Kit).store.get(...args); // set above
    },
    async find(...args) {
      const found = await (kit as Kit).store.find(...args);
      count.asked += 1;
      count.entries += found.length;
      return found;
    },
    async list(...args) {
      const page = await (kit as Kit).store.list(...args);
      count.asked += 1;
      count.entries += page.entries.length;
      return page;
    },
  };
  const { concerns } = kit.catalog.get('eve.lfedge.org', 'devicenetworks') as Contribution;
  const outcome = await composeDevice({ ...kit, store, networkConcerns: concerns }, 'lab/box');
  expect(outcome?.config.apps).toHaveLength(own);
  await kit.store.close();
  return count;
};

test('composing costs what concerns the device, and nothing for the rest of the fleet', async () => {
  const few = await costOf(5, 0);
  expect(await costOf(5, 40)).toEqual(few);
  const more = await costOf(10, 0);
  const most = await costOf(20, 0);
  expect(most.asked - more.asked).toBe(2 * (more.asked - few.asked));
  expect(most.entries - more.entries).toBe(2 * (more.entries - few.entries));
});
