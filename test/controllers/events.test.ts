import { beforeEach, describe, expect, it } from 'vitest';
import type { ApiObject } from '../../shared/base/object.ts';
import { createRecorder, type Recorder } from '../../shared/controllers/events.ts';
import { type Bench, createBench } from '../support/controllers.ts';

const happening = { type: 'Warning', reason: 'Broken', message: 'it broke' } as const;

describe('createRecorder', () => {
  let bench: Bench;
  let recorder: Recorder;
  let widget: ApiObject;
  beforeEach(async () => {
    bench = await createBench();
    recorder = createRecorder({ ...bench, component: 'test' });
    widget = await bench.create('widgets', { metadata: { namespace: 'default', name: 'w' }, spec: {} });
  });

  it('writes an Event that kubectl describe finds', async () => {
    await recorder.record(widget, happening);
    const [event, ...more] = await bench.events('w');
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      involvedObject: {
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        namespace: 'default',
        name: 'w',
        uid: widget.metadata.uid,
      },
      ...happening,
      source: { component: 'test' },
      count: 1,
      firstTimestamp: '2026-01-02T03:04:05Z',
      lastTimestamp: '2026-01-02T03:04:05Z',
    });
  });

  it('counts repetitions in the same Event, and not the storm of one second', async () => {
    for (let i = 0; i < 3; i++) {
      await recorder.record(widget, happening);
      await recorder.record(widget, happening);
      bench.clock.advance(60_000);
    }
    const [event, ...more] = await bench.events('w');
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      count: 3,
      firstTimestamp: '2026-01-02T03:04:05Z',
      lastTimestamp: '2026-01-02T03:06:05Z',
    });
  });

  it('tells different happenings and namesakes apart', async () => {
    await recorder.record(widget, happening);
    await recorder.record(widget, { ...happening, message: 'it broke again' });
    await recorder.record({ ...widget, metadata: { ...widget.metadata, uid: 'another' } }, happening);
    expect(await bench.events('w')).toHaveLength(3);
  });

  it('tells of cluster-scoped objects in the namespace default', async () => {
    const planet = await bench.create('planets', { metadata: { name: 'earth' }, spec: {} });
    await recorder.record(planet, happening);
    expect(await bench.events('earth')).toHaveLength(1);
  });

  it('makes do with long names and long messages', async () => {
    const name = `${'a'.repeat(235)}.${'b'.repeat(17)}`;
    const long = await bench.create('widgets', { metadata: { namespace: 'default', name }, spec: {} });
    await recorder.record(long, { ...happening, message: 'x'.repeat(5000) });
    const [event] = await bench.events(name);
    expect(event?.['message']).toHaveLength(1024);
  });

  it('does not mind a namespace that is not there', async () => {
    await recorder.record({ ...widget, metadata: { ...widget.metadata, namespace: 'nowhere' } }, happening);
    expect(bench.complaints).toEqual([]);
  });
});
