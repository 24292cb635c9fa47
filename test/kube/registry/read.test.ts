import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../shared/base/fault.ts';
import { createCatalog } from '../../../shared/kube/catalog.ts';
import type {
  ListOptions,
  ObjectList,
  Registry,
  WatchEvent,
  WatchOptions,
} from '../../../shared/kube/registry/registry.ts';
import { createRegistry } from '../../../shared/kube/registry/registry.ts';
import type { ResourceType } from '../../../shared/kube/resource.ts';
import { createMemoryStore } from '../../../shared/store/drivers/memory.ts';
import { createTestPorts } from '../../support/ports.ts';
import { planets, testTypes, widgets } from '../../support/widgets.ts';
import { startRegistry, toObject, user, widget } from './setup.ts';

const names = (list: ObjectList) => list.items.map(item => `${item.metadata.namespace}/${item.metadata.name}`);
const red = [{ field: 'spec.color', operator: '=', value: 'red' }] as const;
const ref = (name: string) => ({ namespace: 'default', name });
const paint = (registry: Registry, name: string, color: string, namespace = 'default') =>
  registry.update(widgets, { namespace, name }, object => ({ ...object, spec: { ...object.spec, color } }), { user });

/** Five widgets: a red, b blue, c red, d blue in default; e red in other. Versions 2 to 6. */
const startWithWidgets = async () => {
  const started = await startRegistry();
  for (const [name, color, namespace] of [
    ['a', 'red', 'default'],
    ['b', 'blue', 'default'],
    ['c', 'red', 'default'],
    ['d', 'blue', 'default'],
    ['e', 'red', 'other'],
  ] as const) {
    await started.registry.create(widgets, widget(name, { color }, { namespace }), { user });
  }
  return started;
};

/** A position that a list may go on from. */
const tokenAfterA = Buffer.from('{"v":"meta.k8s.io/v1","rv":4,"start":"default/a\\u0000"}').toString('base64url');

describe('list', () => {
  it.each<[string, ListOptions, string[]]>([
    ['everything', {}, ['default/a', 'default/b', 'default/c', 'default/d', 'other/e']],
    ['a namespace', { namespace: 'other' }, ['other/e']],
    ['an empty one', { namespace: 'o' }, []],
    ['by field', { fields: red }, ['default/a', 'default/c', 'other/e']],
    ['by other field', { fields: [{ field: 'spec.color', operator: '!=', value: 'red' }] }, ['default/b', 'default/d']],
    ['one object', { namespace: 'default', fields: byName('b') }, ['default/b']],
    ['one object that is not there', { namespace: 'default', fields: byName('') }, []],
    ['one name everywhere', { fields: byName('e') }, ['other/e']],
    ['name and color that do not meet', { namespace: 'default', fields: [...byName('b'), ...red] }, []],
    ['by namespace field', { fields: [{ field: 'metadata.namespace', operator: '=', value: 'other' }] }, ['other/e']],
  ])('shows %s', async (_, query, expected) => {
    const { registry } = await startWithWidgets();
    const list = await registry.list(widgets, query);
    expect(names(list)).toEqual(expected);
    expect(list.resourceVersion).toBe('6');
  });

  it('never shows version 0, and a watch from an empty list misses nothing', async () => {
    const { registry } = await startRegistry();
    const { resourceVersion, items } = await registry.list(planets);
    expect({ resourceVersion, items }).toEqual({ resourceVersion: '1', items: [] });
    await registry.create(planets, toObject(planets, { name: 'p' }), { user });
    const events = await take(registry, 1, { resourceVersion }, planets);
    expect(events).toMatchObject([{ type: 'ADDED', object: { metadata: { name: 'p', resourceVersion: '2' } } }]);
  });

  it('pages at the version of the first page', async () => {
    const { registry } = await startWithWidgets();
    const first = await registry.list(widgets, { limit: 2 });
    expect(first).toMatchObject({ resourceVersion: '6', remainingItemCount: 3 });
    await registry.delete(widgets, ref('c'), { user });
    await registry.create(widgets, widget('cc'), { user });
    const second = await registry.list(widgets, { limit: 2, continue: first.continue ?? '' });
    expect(names(second)).toEqual(['default/c', 'default/d']);
    expect(second).toMatchObject({ resourceVersion: '6', remainingItemCount: 1 });
    const third = await registry.list(widgets, { limit: 2, continue: second.continue ?? '' });
    expect(names(third)).toEqual(['other/e']);
    expect([third.continue, third.remainingItemCount]).toEqual([undefined, undefined]);
  });

  it('fills pages of a selection, without a count', async () => {
    const { registry } = await startWithWidgets();
    const first = await registry.list(widgets, { limit: 2, fields: red });
    expect(names(first)).toEqual(['default/a', 'default/c']);
    expect(first.remainingItemCount).toBeUndefined();
    const second = await registry.list(widgets, { limit: 2, fields: red, continue: first.continue ?? '' });
    expect(names(second)).toEqual(['other/e']);
    expect(second.continue).toBeUndefined();
  });

  it.each<[string, ListOptions, string[] | RegExp]>([
    ['any', { resourceVersion: '0' }, ['a', 'b', 'cc']],
    ['any, though limited', { resourceVersion: '0', limit: 9 }, ['a', 'b', 'cc']],
    ['not older', { resourceVersion: '3' }, ['a', 'b', 'cc']],
    ['not older, said so', { resourceVersion: '3', limit: 9, resourceVersionMatch: 'NotOlderThan' }, ['a', 'b', 'cc']],
    ['exact with a limit', { resourceVersion: '3', limit: 9 }, ['a', 'b']],
    ['exact', { resourceVersion: '4', resourceVersionMatch: 'Exact' }, ['a', 'b', 'c']],
    ['the future', { resourceVersion: '99' }, /^Timeout: Too large resource version: 99, current: 6$/],
    [
      'nonsense',
      { resourceVersion: 'x' },
      /^invalid resource version: resourceVersion: Invalid value: "x": .*parsing "x": invalid syntax$/,
    ],
    [
      'a number that is not canonical',
      { resourceVersion: '007' },
      /^invalid resource version: resourceVersion: Invalid value: "007": .*: invalid syntax$/,
    ],
    ['a bad token', { continue: '???' }, /^invalid continue token: /],
    ['a bad token and a version', { continue: 'e30', resourceVersion: '3' }, /^invalid continue token: /],
    [
      'a token and a version',
      { continue: tokenAfterA, resourceVersion: '3' },
      /^specifying resource version is not allo/,
    ],
    [
      'an unknown field',
      { fields: [{ field: 'spec.size', operator: '=', value: '' }] },
      /^field label not supported: /,
    ],
  ])('understands the version: %s', async (_, query, expected) => {
    const { registry } = await startRegistry();
    for (const name of ['a', 'b', 'c']) await registry.create(widgets, widget(name), { user });
    await registry.delete(widgets, ref('c'), { user });
    await registry.create(widgets, widget('cc'), { user });
    const list = registry.list(widgets, { namespace: 'default', ...query });
    if (expected instanceof RegExp) await expect(list).rejects.toThrow(expected);
    else expect((await list).items.map(item => item.metadata.name)).toEqual(expected);
  });

  it('refuses a token of another namespace', async () => {
    const { registry } = await startWithWidgets();
    const { continue: token = '' } = await registry.list(widgets, { namespace: 'default', limit: 1 });
    await expect(registry.list(widgets, { namespace: 'other', continue: token })).rejects.toThrow(
      'malformed start key',
    );
  });

  it('answers an expired page with a token that goes on at the latest state', async () => {
    const { registry, store } = await startWithWidgets();
    const first = await registry.list(widgets, { limit: 2 });
    const list = store.list;
    store.list = async (type, query) => {
      if (query?.at !== undefined) throw new Fault('Expired', 'compacted');
      return list(type, query);
    };
    await registry.delete(widgets, ref('c'), { user });
    const error: unknown = await registry.list(widgets, { limit: 2, continue: first.continue ?? '' }).catch(e => e);
    expect(error).toMatchObject({
      reason: 'Expired',
      message: expect.stringMatching(/^The provided continue parameter/),
    });
    const token = error instanceof Fault ? (error.details.continue ?? '') : '';
    expect(names(await registry.list(widgets, { continue: token }))).toEqual(['default/d', 'other/e']);
    await expect(registry.list(widgets, { resourceVersion: '2', resourceVersionMatch: 'Exact' })).rejects.toThrow(
      'The resourceVersion for the provided list is too old.',
    );
  });

  it('shows the same objects whatever the page size', async () => {
    const { registry } = await startWithWidgets();
    for (let i = 0; i < 30; i += 1)
      await registry.create(widgets, widget(`w${i}`, { color: i % 3 ? 'red' : 'blue' }), { user });
    const whole = await registry.list(widgets, { fields: red });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async limit => {
        const seen: string[] = [];
        let token: string | undefined;
        do {
          const page: ObjectList = await registry.list(widgets, {
            fields: red,
            limit,
            ...(token && { continue: token }),
          });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          seen.push(...names(page));
          token = page.continue;
        } while (token !== undefined);
        expect(seen).toEqual(names(whole));
      }),
      { numRuns: 30 },
    );
  });
});

describe('get', () => {
  it('knows the future when it is asked for it', async () => {
    const { registry } = await startWithWidgets();
    expect((await registry.get(widgets, ref('a'), { resourceVersion: '6' })).metadata.name).toBe('a');
    await expect(registry.get(widgets, ref('a'), { resourceVersion: '7' })).rejects.toMatchObject({
      reason: 'Timeout',
    });
    await expect(registry.get(widgets, ref('x'))).rejects.toThrow('widgets.example.com "x" not found');
  });

  it('shows what a kind joins, and stores none of it', async () => {
    const joining = {
      ...widgets,
      join: async (objects: readonly object[]) => objects.map(o => ({ ...o, heard: true })) as never,
    };
    const { registry } = await startRegistry([joining, ...testTypes.filter(type => type !== widgets)]);
    const made = await registry.create(joining, widget('a'), { user });
    expect(made).toMatchObject({ heard: true });
    expect((await registry.list(joining)).items).toMatchObject([{ heard: true }]);
    const { object } = await registry.update(
      joining,
      ref('a'),
      current => {
        expect(current).not.toHaveProperty('heard');
        return current;
      },
      { user },
    );
    expect(object).toMatchObject({ heard: true, metadata: { resourceVersion: '2' } });
  });
});

describe('watch', () => {
  it('shows every change after a version, once and in order', async () => {
    const { registry } = await startWithWidgets();
    await paint(registry, 'a', 'green');
    await registry.delete(widgets, ref('b'), { user });
    await paint(registry, 'e', 'green', 'other');
    await paint(registry, 'd', 'green');
    const events = await take(registry, 4, { namespace: 'default', resourceVersion: '4' });
    expect(events.map(brief)).toEqual(['ADDED d 5', 'MODIFIED a 7', 'DELETED b 8', 'MODIFIED d 10']);
  });

  it('tells a selection what comes into it and what leaves it', async () => {
    const { registry } = await startWithWidgets();
    await paint(registry, 'b', 'red');
    await paint(registry, 'a', 'blue');
    await paint(registry, 'd', 'green');
    await registry.update(widgets, ref('c'), object => ({ ...object, spec: { ...object.spec, size: 9 } }), { user });
    await registry.delete(widgets, ref('c'), { user });
    await registry.delete(widgets, ref('d'), { user });
    const events = await take(registry, 4, { resourceVersion: '6', fields: red });
    expect(events.map(brief)).toEqual(['ADDED b 7', 'DELETED a 8', 'MODIFIED c 10', 'DELETED c 11']);
    expect(events[1]?.object.spec).toMatchObject({ color: 'red' });
  });

  it('shows the state first when no version is named', async () => {
    const { registry } = await startWithWidgets();
    for (const resourceVersion of ['', '0']) {
      const events = await take(registry, 3, { fields: red, resourceVersion });
      expect(events.map(brief)).toEqual(['ADDED a 2', 'ADDED c 4', 'ADDED e 6']);
    }
  });

  it('marks the end of the initial state', async () => {
    const { registry } = await startWithWidgets();
    const query = {
      sendInitialEvents: true,
      allowWatchBookmarks: true,
      resourceVersionMatch: 'NotOlderThan',
      resourceVersion: '3',
    } as const;
    const events = await take(registry, 3, { ...query, namespace: 'other' }, widgets, async () => {
      await paint(registry, 'a', 'x');
      await paint(registry, 'e', 'x', 'other');
    });
    expect(events.map(brief)).toEqual(['ADDED e 6', 'BOOKMARK undefined 6', 'MODIFIED e 8']);
    expect(events[1]?.object).toEqual({
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { resourceVersion: '6', annotations: { 'k8s.io/initial-events-end': 'true' } },
    });
  });

  it('marks that end for everybody who is shown all there is and takes bookmarks', async () => {
    const { registry } = await startWithWidgets();
    for (const resourceVersion of ['', '0']) {
      const events = await take(registry, 4, { fields: red, resourceVersion, allowWatchBookmarks: true });
      expect(events.map(brief)).toEqual(['ADDED a 2', 'ADDED c 4', 'ADDED e 6', 'BOOKMARK undefined 6']);
      expect(events[3]?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    }
  });

  it('starts from now when initial events are declined', async () => {
    const { registry } = await startWithWidgets();
    const events = await take(registry, 1, { sendInitialEvents: false }, widgets, () => paint(registry, 'a', 'x'));
    expect(events.map(brief)).toEqual(['MODIFIED a 7']);
  });

  it('waits for a version of the future, but cannot show a state at it', async () => {
    const { registry } = await startWithWidgets();
    const events = await take(registry, 1, { resourceVersion: '7' }, widgets, async () => {
      await paint(registry, 'a', 'x');
      await paint(registry, 'b', 'x');
    });
    expect(events.map(brief)).toEqual(['MODIFIED b 8']);
    const state = take(registry, 1, { resourceVersion: '99', sendInitialEvents: true });
    await expect(state).rejects.toMatchObject({ reason: 'Timeout' });
  });

  it('says that a version is too old', async () => {
    const ports = createTestPorts();
    const store = createMemoryStore({ clock: ports.clock, historyMs: 1, historyMin: 0 });
    const registry = createRegistry({ store, catalog: createCatalog([planets]), ...ports });
    for (const name of ['a', 'b', 'c']) await registry.create(planets, toObject(planets, { name }), { user });
    ports.clock.advance(60_000);
    await store.sweep();
    await expect(take(registry, 1, { resourceVersion: '1' }, planets)).rejects.toMatchObject({
      reason: 'Expired',
      message: 'too old resource version: 1 (4)',
    });
  });

  it('bookmarks shortly before the end, at what was reached', async () => {
    const { registry } = await startWithWidgets();
    const query = { resourceVersion: '6', namespace: 'other', allowWatchBookmarks: true, endsAfterMs: 2_500 };
    const events = await take(registry, 1, query, widgets, () => paint(registry, 'a', 'x'));
    expect(events.map(brief)).toEqual(['BOOKMARK undefined 7']);
  });

  it('refuses bad selections before it begins', async () => {
    const { registry } = await startRegistry();
    const watch = (query: WatchOptions) => () => registry.watch(widgets, query, new AbortController().signal);
    expect(watch({ fields: [{ field: 'spec.size', operator: '=', value: '1' }] })).toThrow('field label not supported');
    expect(watch({ resourceVersion: '01' })).toThrow('invalid resource version');
  });

  it('gives every watcher the same instance of a change', async () => {
    const { registry } = await startWithWidgets();
    await registry.delete(widgets, ref('a'), { user });
    const [one, two] = await Promise.all([1, 2].map(() => take(registry, 2, { resourceVersion: '5' })));
    expect(one?.length).toBe(2);
    one?.forEach((event, i) => void expect(event.object).toBe(two?.[i]?.object));
  });

  it('tells a change after all that could not be joined at first', async () => {
    const { registry } = await startWithWidgets();
    let tries = 0;
    const joined: ResourceType = {
      ...widgets,
      join: async objects => {
        if (++tries === 1) throw new Fault('ServiceUnavailable', 'not now');
        return objects.map(object => ({ ...object, joined: true }));
      },
    };
    await expect(take(registry, 1, { resourceVersion: '5' }, joined)).rejects.toThrow('not now');
    const [event] = await take(registry, 1, { resourceVersion: '5' }, joined);
    expect(event?.object).toMatchObject({ metadata: { name: 'e' }, joined: true });
  });
});

function byName(value: string) {
  return [{ field: 'metadata.name', operator: '=', value }] as const;
}

const brief = ({ type, object }: WatchEvent) => `${type} ${object.metadata.name} ${object.metadata.resourceVersion}`;

/** The first `count` events. `meanwhile` runs once the watch is under way. */
async function take(
  registry: Registry,
  count: number,
  query: WatchOptions,
  type = widgets,
  meanwhile?: () => Promise<unknown>,
) {
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const iterator = registry.watch(type, query, stop.signal)[Symbol.asyncIterator]();
  let next = iterator.next();
  if (meanwhile) await new Promise(resolve => setTimeout(resolve, 5)).then(meanwhile);
  try {
    while (events.length < count) {
      const { done, value } = await next;
      if (done) break;
      events.push(value);
      if (events.length < count) next = iterator.next();
    }
  } finally {
    stop.abort();
  }
  return events;
}
