import { afterEach, beforeEach, expect, it } from 'vitest';
import { findCondition } from '../../shared/base/condition.ts';
import type { ApiObject } from '../../shared/base/object.ts';
import { createClusters } from '../../shared/controllers/clusters.ts';
import { type Bench, createBench } from '../support/controllers.ts';

const namespace = 'default';
const ref = { namespace, name: 'hall' };

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
  bench.run(createClusters(bench));
  await bench.create('deviceclusters', {
    metadata: ref,
    spec: {
      nodes: ['a', 'b'].map((device, at) => ({ device, address: `10.9.0.${at + 1}` })),
      bootstrap: 'a',
      network: '10.9.0.0/28',
      interface: 'eth0',
      tokenSecret: { name: 's', key: 'k' },
    },
  });
});
afterEach(async () => {
  await bench.stop();
  expect(bench.complaints).toEqual([]);
});

const message = (one: ApiObject | undefined) => findCondition(one?.status?.['conditions'], 'Ready')?.['message'];
const until = (text: string) => bench.until('deviceclusters', ref, one => message(one) === text);
const report = (name: string, state: string, isReady: boolean) =>
  bench.change(
    'devices',
    { namespace, name },
    one => ({
      ...one,
      status: {
        ...one.status,
        cluster: { node: state },
        conditions: [{ type: 'Ready', status: isReady ? 'True' : 'Unknown' }],
      },
    }),
    'status',
  );

it('says which generation of the nodes it has looked at', async () => {
  for (const name of ['a', 'b']) {
    await bench.create('devices', { metadata: { namespace, name } });
    await report(name, 'READY', true);
  }
  const observed = (one: ApiObject | undefined) => [
    one?.status?.['observedGeneration'],
    findCondition(one?.status?.['conditions'], 'Ready')?.['observedGeneration'],
  ];
  expect(observed(await until('Every node is ready.'))).toEqual([1, 1]);
  await bench.change('deviceclusters', ref, one => ({
    ...one,
    spec: { ...one.spec, nodes: ['a', 'b', 'c'].map((device, at) => ({ device, address: `10.9.0.${at + 1}` })) },
  }));
  expect(observed(await until('Device "c" does not exist.'))).toEqual([2, 2]);
});

it('says which nodes are missing, and when all are ready', async () => {
  await until('Device "a" does not exist; Device "b" does not exist.');
  for (const name of ['a', 'b']) await bench.create('devices', { metadata: { namespace, name } });
  await until('Device "a" does not check in; Device "b" does not check in.');
  await report('a', 'READY', true);
  await report('b', 'NOTREADY', true);
  await until('Device "b" is NOTREADY.');
  await report('b', 'READY', true);
  const found = await until('Every node is ready.');
  expect(found?.status).toMatchObject({
    ready: 2,
    nodes: [
      { device: 'a', state: 'READY', online: true },
      { device: 'b', state: 'READY', online: true },
    ],
  });
  await report('a', 'READY', false);
  await until('Device "a" does not check in.');
});
