import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ObjectList, Selection, WatchEvent } from '../../../shared/kube/registry/registry.ts';
import { widgets } from '../../support/widgets.ts';
import { startRegistry, user, widget } from './setup.ts';

/** The law that every client lives by: a list and what a watch from its version tells make the list of any later time. */

type Step =
  | { readonly do: 'put'; readonly name: string; readonly namespace: string; readonly color: string }
  | { readonly do: 'delete'; readonly name: string; readonly namespace: string }
  | { readonly do: 'list' };

const name = fc.constantFrom('a', 'b', 'c', 'd');
const namespace = fc.constantFrom('default', 'other');
const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('put' as const), name, namespace, color: fc.constantFrom('red', 'blue') }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), name, namespace }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('list' as const) }) },
  ),
  { maxLength: 40 },
);
const selection: fc.Arbitrary<Selection> = fc.constantFrom<Selection>(
  {},
  { namespace: 'default' },
  { fields: [{ field: 'spec.color', operator: '=', value: 'red' }] },
  { namespace: 'other', labels: [{ key: 'color', operator: 'NotIn', values: ['red'] }] },
  { namespace: 'default', fields: [{ field: 'metadata.name', operator: '=', value: 'b' }] },
  { fields: [{ field: 'metadata.name', operator: '!=', value: 'b' }] },
);

it('folds a watch over a list into the list of later', async () => {
  await fc.assert(
    fc.asyncProperty(steps, selection, async (steps, query) => {
      const { registry } = await startRegistry();
      const lists: ObjectList[] = [await registry.list(widgets, query)];
      for (const step of steps) {
        if (step.do === 'list') lists.push(await registry.list(widgets, query));
        else await run(registry, step);
      }
      const last = await registry.list(widgets, query);
      for (const list of lists) expect(await fold(registry, query, list, last)).toEqual(toMap(last));
    }),
    { numRuns: 60 },
  );
});

type Registry = Awaited<ReturnType<typeof startRegistry>>['registry'];

const run = async (registry: Registry, step: Exclude<Step, { do: 'list' }>): Promise<void> => {
  const ref = { namespace: step.namespace, name: step.name };
  const old = await registry.find(widgets, ref);
  if (step.do === 'delete') {
    if (old) await registry.delete(widgets, ref, { user });
    return;
  }
  const { color } = step;
  const next = widget(step.name, { color }, { namespace: step.namespace, labels: { color } });
  if (!old) await registry.create(widgets, next, { user });
  else {
    const change = (current: typeof next) => ({
      ...current,
      metadata: { ...current.metadata, labels: { color } },
      spec: { color },
    });
    await registry.update(widgets, ref, change, { user });
  }
};

const fold = async (registry: Registry, query: Selection, from: ObjectList, to: ObjectList) => {
  const state = toMap(from);
  let version = Number(from.resourceVersion);
  const stop = new AbortController();
  // The watch is asked to say when it has told everything up to the later list.
  const watch = registry.watch(
    widgets,
    { ...query, resourceVersion: from.resourceVersion, allowWatchBookmarks: true, endsAfterMs: 2_005 },
    stop.signal,
  );
  for await (const { type, object } of watch) {
    const seen = Number(object.metadata.resourceVersion);
    if (type === 'BOOKMARK') {
      expect(seen).toBe(Number(to.resourceVersion));
      break;
    }
    expect(seen).toBeGreaterThan(version);
    version = seen;
    apply(state, { type, object });
  }
  stop.abort();
  return state;
};

const apply = (state: Map<string, unknown>, { type, object }: WatchEvent): void => {
  const key = `${object.metadata.namespace}/${object.metadata.name}`;
  expect(state.has(key)).toBe(type !== 'ADDED');
  if (type === 'DELETED') state.delete(key);
  else state.set(key, object);
};

const toMap = (list: ObjectList): Map<string, unknown> =>
  new Map(list.items.map(item => [`${item.metadata.namespace}/${item.metadata.name}`, item]));
