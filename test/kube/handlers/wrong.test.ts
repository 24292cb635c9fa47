import { describe, expect, it } from 'vitest';
import { read, startKube } from '../../support/kube.ts';
import { testTypes, widgets } from '../../support/widgets.ts';

const base = '/apis/example.com/v1/namespaces/default/widgets';
const text = { type: 'string' as const };
const many = 20_000;
const times = <T>(make: (n: number) => T): T[] => Array.from({ length: many }, (_, n) => make(n));

/** Whoever sends an object that is wrong in very many ways must not get an answer that takes the memory of the process. */
describe('an object with very much wrong in it', () => {
  const open = {
    ...widgets,
    schema: {
      type: 'object' as const,
      properties: {
        spec: {
          type: 'object' as const,
          properties: {
            list: { type: 'array' as const, items: { ...text, minLength: 3 } },
            set: { type: 'array' as const, items: text, 'x-kubernetes-list-type': 'set' as const },
          },
        },
      },
    },
  };
  const start = () => startKube({ types: [...testTypes.filter(({ plural }) => plural !== 'widgets'), open] });
  const widget = (metadata: object, spec: object) => ({
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'a', ...metadata },
    spec,
  });
  const owner = (n: number) => ({ apiVersion: 'v1', kind: 'K', name: `n${n}`, uid: `u${n}`, controller: true });

  it.each([
    ['finalizers', { finalizers: times(n => `!${n}`) }, {}],
    ['labels', { labels: Object.fromEntries(times(n => [`!${n}`, '!'])) }, {}],
    ['annotations', { annotations: Object.fromEntries(times(n => [`!${n}`, ''])) }, {}],
    ['owners', { ownerReferences: times(() => ({})) }, {}],
    ['controllers', { ownerReferences: times(owner) }, {}],
    ['items', {}, { list: times(() => '') }],
    ['twins', {}, { set: [...times(String), ...times(String)] }],
  ])('is told the first of it: %s', async (_, metadata, spec) => {
    const kube = await start();
    const answer = await kube.send('POST', base, widget(metadata, spec));
    const told = await answer.text();
    expect([answer.status, told.length < 4_000_000]).toEqual([422, true]);
    expect(JSON.parse(told).details.causes.length).toBeLessThanOrEqual(500);
  });

  it('is not forgiven more than it is told', async () => {
    const kube = await start();
    const stored = await read(kube.send('POST', base, widget({}, { list: ['long enough'] })));
    expect(stored.code).toBe(201);
    // Written before the schema became what it is.
    const old = { ...stored.body, spec: { list: times(() => '') } };
    const key = 'default/a';
    const entry = await kube.store.get('objects/example.com/widgets', key);
    await kube.store.commit('objects/example.com/widgets', {
      key,
      value: new TextEncoder().encode(JSON.stringify(old)),
      expected: entry?.revision ?? 0,
    });
    const put = (spec: object) => read(kube.send('PATCH', `${base}/a`, { spec }, 'application/merge-patch+json'));
    expect((await put({ set: ['a', 'a'] })).code).toBe(422);
    expect((await put({ list: ['long enough'], set: ['a'] })).code).toBe(200);
  });
});
