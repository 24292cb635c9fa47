import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCondition } from '../../shared/base/condition.ts';
import type { ApiObject } from '../../shared/base/object.ts';
import { createLiveness } from '../../shared/controllers/liveness.ts';
import { sparing } from '../../shared/store/sparing.ts';
import { type Bench, createBench } from '../support/controllers.ts';

const ref = { namespace: 'default', name: 'dev1' };
const readyOf = (device: ApiObject | undefined) => findCondition(device?.status?.['conditions'], 'Ready');

describe('liveness', () => {
  let bench: Bench;
  const seen = async (device: ApiObject): Promise<void> => {
    const value = new TextEncoder().encode(JSON.stringify({ at: bench.clock.now() }));
    await bench.marks.set('seen', String(device.status?.['uuid']), value);
  };
  const run = (): void => bench.run(createLiveness({ ...bench, sweepMs: 5, hopeMs: 5 }));
  const until = (status: string, reason: string) =>
    bench.until('devices', ref, one => readyOf(one)?.['status'] === status && readyOf(one)?.['reason'] === reason);
  const create = (annotations: Record<string, string> = {}) =>
    bench.create('devices', { metadata: { ...ref, annotations }, spec: { serial: 'x' } });

  beforeEach(async () => {
    bench = await createBench();
  });
  afterEach(async () => {
    await bench.stop();
    expect(bench.complaints).toEqual([]);
  });

  it('is True once the device checks in, Unknown after three missed intervals, and True again', async () => {
    run();
    const device = await create();
    await seen(device);
    const ready = await until('True', 'CheckingIn');
    expect(readyOf(ready)?.['lastTransitionTime']).toBe('2026-01-02T03:04:05Z');
    bench.clock.advance(180_001);
    const silent = await until('Unknown', 'Silent');
    expect(readyOf(silent)).toMatchObject({
      message: 'The device was last heard at 2026-01-02T03:04:05Z.',
      lastTransitionTime: '2026-01-02T03:07:05Z',
    });
    await seen(device);
    await until('True', 'CheckingIn');
  });

  it('bears heartbeats that are written once in a while', async () => {
    const marks = sparing(bench.marks, 'seen', 120_000, bench.clock);
    bench.run(createLiveness({ ...bench, marks, sweepMs: 5, hopeMs: 5 }));
    const device = await create();
    await seen(device);
    const ready = await until('True', 'CheckingIn');
    bench.clock.advance(300_000);
    const other = await bench.create('devices', { metadata: { namespace: 'default', name: 'probe' }, spec: {} });
    await seen(other);
    await bench.until('devices', { namespace: 'default', name: 'probe' }, one => readyOf(one)?.['status'] === 'True');
    expect((await bench.get('devices', ref)).metadata.resourceVersion).toBe(ready?.metadata.resourceVersion);
    bench.clock.advance(1);
    await until('Unknown', 'Silent');
  });

  it('does not write while nothing changes', async () => {
    run();
    const device = await create();
    await seen(device);
    const ready = await until('True', 'CheckingIn');
    for (let i = 0; i < 5; i++) {
      bench.clock.advance(60_000);
      await seen(device);
    }
    const other = await bench.create('devices', { metadata: { namespace: 'default', name: 'probe' }, spec: {} });
    await seen(other);
    await bench.until('devices', { namespace: 'default', name: 'probe' }, one => readyOf(one)?.['status'] === 'True');
    expect((await bench.get('devices', ref)).metadata.resourceVersion).toBe(ready?.metadata.resourceVersion);
  });

  it('says so when a device has never checked in', async () => {
    run();
    await create();
    await until('Unknown', 'NeverSeen');
    bench.clock.advance(180_001);
    await until('Unknown', 'NeverSeen');
  });

  it.each([
    ['the device', { 'config.eve.lfedge.org/timer.config.interval': '600' }, undefined],
    ['the namespace', {}, 'default'],
    ['the whole controller', {}, 'kube-system'],
  ])('knows the interval of %s', async (_, annotations, namespace) => {
    if (namespace === 'kube-system') await bench.create('namespaces', { metadata: { name: namespace } });
    if (namespace)
      await bench.create('configmaps', {
        metadata: { namespace, name: 'eve-global-options' },
        data: { 'timer.config.interval': '600' },
      });
    run();
    const device = await create(annotations);
    await seen(device);
    await until('True', 'CheckingIn');
    bench.clock.advance(1_700_000);
    const probe = await bench.create('devices', {
      metadata: {
        namespace: 'default',
        name: 'probe',
        annotations: { 'config.eve.lfedge.org/timer.config.interval': '5' },
      },
      spec: {},
    });
    await seen(probe);
    bench.clock.advance(16_000);
    await bench.until(
      'devices',
      { namespace: 'default', name: 'probe' },
      one => readyOf(one)?.['status'] === 'Unknown',
    );
    expect(readyOf(await bench.get('devices', ref))?.['status']).toBe('True');
    bench.clock.advance(200_000);
    await until('Unknown', 'Silent');
  });

  it('does not blame devices for a silence that was its own', async () => {
    const device = await create();
    await seen(device);
    run();
    await until('True', 'CheckingIn');
    await bench.stop();
    bench.clock.advance(3_600_000);
    run();
    await bench.create('devices', { metadata: { namespace: 'default', name: 'probe' }, spec: {} }).then(seen);
    await bench.until('devices', { namespace: 'default', name: 'probe' }, one => readyOf(one)?.['status'] === 'True');
    expect(readyOf(await bench.get('devices', ref))?.['status']).toBe('True');
    bench.clock.advance(180_001);
    await until('Unknown', 'Silent');
  });
});
