import { afterEach, beforeEach, expect, it } from 'vitest';
import { createClaims } from '../../shared/controllers/claims.ts';
import { type Bench, createBench } from '../support/controllers.ts';

const namespace = 'default';
const claim = { namespace, name: 'data' };

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
  bench.run(createClaims(bench));
  await bench.create('persistentvolumeclaims', {
    metadata: claim,
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
});
afterEach(() => bench.stop());

it('lets a claim go that nobody mounts', async () => {
  expect((await bench.delete('persistentvolumeclaims', claim)).deleted).toBe(false);
  await bench.gone('persistentvolumeclaims', claim);
});

it('keeps a claim while an Application mounts it', async () => {
  await bench.create('applications', {
    metadata: { namespace, name: 'app' },
    spec: {
      containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
    },
  });
  await bench.delete('persistentvolumeclaims', claim);
  // Another claim, deleted later, is gone: the first was judged by then, and stays.
  const other = { namespace, name: 'other' };
  await bench.create('persistentvolumeclaims', {
    metadata: other,
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  await bench.delete('persistentvolumeclaims', other);
  await bench.gone('persistentvolumeclaims', other);
  expect(await bench.find('persistentvolumeclaims', claim)).toBeDefined();
  await bench.delete('applications', { namespace, name: 'app' });
  await bench.gone('persistentvolumeclaims', claim);
});
