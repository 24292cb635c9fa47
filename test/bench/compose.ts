import type { Contribution } from '../../shared/compose/contribution.ts';
import { composeDevice } from '../../shared/compose/device.ts';
import { startComposer } from '../compose/setup.ts';

/**
 * CPU milliseconds of bringing one device up to date after a change that makes its configuration another one: reading,
 * composing, checking, signing, storing. Applications have a network, rules, a volume of their own and encrypted user data.
 */
export const composeCost = async (applications: number, rounds: number): Promise<number> => {
  const kit = await startComposer();
  await kit.apply(shared);
  await kit.apply(Array.from({ length: applications }, (_, at) => application(at)).join('---'));
  for (let at = 0; at < applications; at += 1) await kit.bind(`app-${at}`, 'box');
  await kit.sendCertificate('box');
  // Declared with both halves: the catalog shows the machinery's.
  const { concerns } = kit.catalog.get('eve.lfedge.org', 'devicenetworks') as Contribution;
  const parts = { store: kit.store, controller: kit.controller, ports: kit.ports, networkConcerns: concerns };
  const change = async (counter: number): Promise<void> => {
    await kit.update('devices', 'box', now => ({ ...now, spec: { reboot: { counter } } }));
  };
  for (let round = 0; round < warmUp; round += 1) {
    await change(round);
    await composeDevice(parts, 'lab/box');
  }
  let micros = 0;
  for (let round = 0; round < rounds; round += 1) {
    await change(warmUp + round);
    const before = process.cpuUsage();
    const outcome = await composeDevice(parts, 'lab/box');
    const { user, system } = process.cpuUsage(before);
    if (!outcome?.changed || outcome.config.apps?.length !== applications) throw new Error('the change did not arrive');
    micros += user + system;
  }
  kit.store.close();
  return micros / rounds / 1000;
};

/** Until what runs often is compiled, as in a process that has run for a while. */
const warmUp = 300;

const shared = `
apiVersion: eve.lfedge.org/v1beta1
kind: Device
metadata: { name: box }
spec: {}
---
apiVersion: v1
kind: Secret
metadata: { name: boot }
stringData: { user-data: "#cloud-config" }
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: docker }
provisioner: eve
parameters: { type: container, URL: "https://docker.io" }
---
apiVersion: eve.lfedge.org/v1beta1
kind: NetworkConfig
metadata: { name: dhcp }
spec: { ip: dhcp }
---
apiVersion: eve.lfedge.org/v1beta1
kind: DeviceNetwork
metadata: { name: lan }
spec: { networkConfig: dhcp }
`;

const application = (at: number): string => `
apiVersion: eve.lfedge.org/v1beta1
kind: Image
metadata: { name: image-${at} }
spec: { ref: "web:${at}", storageClass: docker }
---
apiVersion: eve.lfedge.org/v1beta1
kind: Application
metadata: { name: app-${at}, annotations: { k8s.v1.cni.cncf.io/networks: lan } }
spec:
  containers:
    - name: c
      image: image-${at}
      ports: [{ containerPort: 80, hostPort: ${8000 + at} }]
      resources: { requests: { cpu: 1, memory: 256Mi } }
      volumeMounts: [{ name: data, mountPath: /data }]
  volumes: [{ name: data, emptyDir: { sizeLimit: 1Gi } }]
  eve:
    userData: { secret: { name: boot, key: user-data } }
    interfaces: [{ name: eth0, acls: [{ ip: 10.0.0.0/8 }, { host: example.com }] }]
`;
