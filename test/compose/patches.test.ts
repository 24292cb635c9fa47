import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Kit, startComposer } from './setup.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await startComposer();
});
afterEach(() => kit.store.close());

const ref = { namespace: 'lab', name: 'box' };
const base = `
apiVersion: eve.lfedge.org/v1beta1
kind: Device
metadata: { name: box }
spec: {}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: docker }
provisioner: eve
parameters: { type: container, URL: "https://docker.io" }
---
apiVersion: eve.lfedge.org/v1beta1
kind: Image
metadata: { name: nginx }
spec: { ref: nginx, storageClass: docker }
---
apiVersion: eve.lfedge.org/v1beta1
kind: Application
metadata: { name: web }
spec: { containers: [{ name: c, image: nginx }] }
---
apiVersion: eve.lfedge.org/v1beta1
kind: Application
metadata: { name: other }
spec: { containers: [{ name: c, image: nginx }] }
`;
const envelope = (name: string, spec: string) => `
apiVersion: kubeve.io/v1alpha1
kind: PatchEnvelope
metadata: { name: ${name} }
spec: ${spec}
`;

const compose = async () => {
  const outcome = await kit.composer.composeDevice(ref);
  return {
    envelopes: outcome?.config.patchEnvelopes ?? [],
    apps: outcome?.config.apps ?? [],
    problems: outcome?.problems.map(one => `${one.about.kind} ${one.about.metadata.name}: ${one.message}`) ?? [],
  };
};

const start = async (...more: string[]) => {
  await kit.apply([base, ...more].join('---'));
  for (const name of ['web', 'other']) await kit.bind(name, 'box');
};

test('only the applications that it is for may fetch an envelope', async () => {
  await start(envelope('one', '{ applications: [web, elsewhere], artifacts: [{ name: a.txt, inline: hi }] }'));
  const { envelopes, apps } = await compose();
  const web = apps.find(app => app.displayname === 'web')?.uuidandversion?.uuid;
  expect(envelopes.map(one => one.appInstIdsAllowed)).toEqual([[web]]);
  expect(envelopes[0]?.artifacts).toMatchObject([{ inline: { base64Data: 'aGk=', fileNameToUse: 'a.txt' } }]);
});

test('an envelope that nobody on the device may fetch is not there', async () => {
  await start(envelope('one', '{ artifacts: [{ name: a.txt, inline: hi }] }'));
  expect((await compose()).envelopes).toEqual([]);
});

test('an envelope that comes later reaches the device, and its content too', async () => {
  await start();
  kit.run();
  await kit.composer.idle();
  await kit.apply(envelope('one', '{ applications: [web], artifacts: [{ name: a.txt, inline: hi }] }'));
  await kit.composer.idle();
  expect((await kit.config('box')).patchEnvelopes).toHaveLength(1);
  await kit.update(
    'patchenvelopes',
    'one',
    now => ({ ...now, spec: { applications: ['web'], artifacts: [{ name: 'a.txt', inline: 'ho' }] } }),
    { group: 'kubeve.io' },
  );
  await kit.composer.idle();
  const [one] = (await kit.config('box')).patchEnvelopes ?? [];
  expect(one).toMatchObject({ version: '2', artifacts: [{ inline: { base64Data: 'aG8=' } }] });
  await kit.stop();
});

test('two files of one name would be one file on the device: the younger envelope waits', async () => {
  await start(
    envelope('a', '{ applications: [web], artifacts: [{ name: x.conf, inline: "1" }] }'),
    envelope(
      'b',
      '{ applications: [other], artifacts: [{ name: y.conf, inline: "2" }, { name: x.conf, inline: "3" }] }',
    ),
    envelope('c', '{ applications: [other], artifacts: [{ name: y.conf, inline: "4" }] }'),
  );
  const { envelopes, problems } = await compose();
  expect(envelopes.map(one => one.displayName)).toEqual(['a', 'c']);
  expect(problems).toEqual(['PatchEnvelope b: spec.artifacts[1].name: PatchEnvelope "a" has a file "x.conf" too']);
});

test('secrets wait for the certificate of the device; what is in the clear does not', async () => {
  await start(
    `
apiVersion: v1
kind: Secret
metadata: { name: s }
stringData: { k: value, short: abc }
`,
    envelope('clear', '{ applications: [web], artifacts: [{ name: a, inline: hi }] }'),
    envelope('sealed', '{ applications: [web], artifacts: [{ name: b.conf, secret: { name: s, key: k } }] }'),
    envelope('tiny', '{ applications: [web], artifacts: [{ name: d, secret: { name: s, key: short } }] }'),
    envelope(
      'short',
      '{ applications: [web], artifacts: [{ name: c, inline: x, metadataSecret: { name: s, key: short } }] }',
    ),
  );
  const before = await compose();
  expect(before.envelopes.map(one => one.displayName)).toEqual(['clear']);
  await kit.sendCertificate('box');
  const after = await compose();
  expect(after.envelopes.map(one => one.displayName)).toEqual(['clear', 'sealed']);
  expect(after.envelopes[1]?.artifacts?.[0]?.encrypted_inline?.cipher_data?.cipherData?.length).toBeGreaterThan(15);
  expect(after.problems).toEqual([
    'PatchEnvelope short: spec.artifacts[0].metadataSecret: must hold at least 12 characters',
    'PatchEnvelope tiny: spec.artifacts[0]: too short to be encrypted; a longer name helps',
  ]);
});

test('an application runs without an envelope that is not there yet', async () => {
  await start();
  await kit.update('applications', 'web', now => ({
    ...now,
    spec: { ...now.spec, eve: { patchEnvelopes: ['later'] } },
  }));
  const before = await compose();
  expect(before.apps).toHaveLength(2);
  expect(before.problems).toEqual([
    'Application web: spec.eve.patchEnvelopes[0]: PatchEnvelope "later" does not exist',
  ]);
  await kit.apply(envelope('later', '{ artifacts: [{ name: a, inline: hi }] }'));
  const after = await compose();
  expect(after.problems).toEqual([]);
  expect(after.apps.find(app => app.displayname === 'web')?.patchRef).toEqual({
    name: 'later',
    id: after.envelopes[0]?.uuid,
  });
});
