import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Kit, startComposer } from './setup.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await startComposer();
});
afterEach(() => kit.store.close());

const image = (version: string) => `
apiVersion: eve.lfedge.org/v1beta1
kind: Image
metadata: { name: eve }
spec: { type: eve-os, version: ${version}, ref: rootfs.img, storageClass: web, sha256: ${'ab'.repeat(32)} }
`;
const shared = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: web }
provisioner: eve
parameters: { type: https, URL: "https://images.example" }
`;

/** What comes of wanting a version on a device that reports another one. */
const update = async (version: string, baseOS = {}) => {
  await kit.apply([shared, image(version)].join('---'));
  await kit.create({
    apiVersion: 'eve.lfedge.org/v1beta1',
    kind: 'Device',
    metadata: { name: 'box', namespace: 'lab' },
    spec: { 'eve-os-version': version, baseOS },
  });
  const status = { 'eve-os-version': '16.0.0-lts-kvm-amd64', nodeInfo: { architecture: 'amd64' } };
  await kit.update('devices', 'box', now => ({ ...now, status: { ...now.status, ...status } }), {
    subresource: 'status',
  });
  const outcome = await kit.composer.composeDevice({ namespace: 'lab', name: 'box' });
  return { wanted: outcome?.config.baseos?.base_os_version, problems: outcome?.problems.map(one => one.message) };
};

test('another version for the same machine is installed', async () => {
  expect(await update('16.1.0-lts-kvm-amd64')).toEqual({ wanted: '16.1.0-lts-kvm-amd64', problems: [] });
});

test('an image for another processor is not', async () => {
  expect(await update('16.1.0-lts-kvm-arm64')).toEqual({
    wanted: undefined,
    problems: ['spec.eve-os-version: "16.1.0-lts-kvm-arm64" is for arm64, the device is amd64'],
  });
});

test('an image for another hypervisor is installed only when that is asked for', async () => {
  const { wanted, problems } = await update('16.1.0-lts-k-amd64');
  expect(wanted).toBeUndefined();
  expect(problems).toEqual([
    'spec.eve-os-version: "16.1.0-lts-k-amd64" is made for k, the device runs kvm and may lose what it stores; spec.baseOS.force lets it',
  ]);
  await kit.update('devices', 'box', now => ({ ...now, spec: { ...now.spec, baseOS: { force: true } } }));
  const forced = await kit.composer.composeDevice({ namespace: 'lab', name: 'box' });
  expect(forced?.config.baseos?.base_os_version).toBe('16.1.0-lts-k-amd64');
});

test('a version whose name says nothing of the machine is left to the device', async () => {
  expect(await update('16.1.0')).toEqual({ wanted: '16.1.0', problems: [] });
});
