import { describe, expect, test } from 'vitest';
import type { ApiObject } from '../../../shared/base/object.ts';
import { toTable } from '../../../shared/kube/describe/table.ts';
import { refusal, startKinds } from '../setup.ts';

const involvedObject = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'c', uid: 'u' };
const oldEvent = (fields: object = {}, metadata: object = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e', namespace: 'default', ...metadata },
  involvedObject,
  reason: 'Failed',
  message: 'it failed\n',
  type: 'Warning',
  count: 3,
  source: { component: 'tester', host: 'h' },
  firstTimestamp: '2026-01-02T02:04:05Z',
  lastTimestamp: '2026-01-02T03:03:05Z',
  ...fields,
});
const newEvent = (fields: object = {}, metadata: object = {}): ApiObject => ({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'n', namespace: 'default', ...metadata },
  regarding: involvedObject,
  reason: 'Failed',
  note: 'it failed',
  type: 'Warning',
  action: 'Trying',
  eventTime: '2026-01-02T03:04:05.000000Z',
  reportingController: 'example.com/tester',
  reportingInstance: 'tester-1',
  ...fields,
});

test('both kinds are views of the same objects', async () => {
  const { create, registry, catalog } = await startKinds();
  const made = await create(oldEvent());
  const seen = await registry.get(catalog.get('events.k8s.io', 'events'), { namespace: 'default', name: 'e' });
  expect(seen).toEqual({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: made.metadata,
    regarding: involvedObject,
    reason: 'Failed',
    note: 'it failed\n',
    type: 'Warning',
    deprecatedCount: 3,
    deprecatedSource: { component: 'tester', host: 'h' },
    deprecatedFirstTimestamp: '2026-01-02T02:04:05Z',
    deprecatedLastTimestamp: '2026-01-02T03:03:05Z',
  });
  await create(newEvent());
  const core = await registry.get(catalog.get('', 'events'), { namespace: 'default', name: 'n' });
  expect(core).toMatchObject({
    apiVersion: 'v1',
    involvedObject,
    message: 'it failed',
    reportingComponent: 'example.com/tester',
  });
});

describe('validation', () => {
  const invalid = (text: string, name = 'e') => `422 Event "${name}" is invalid: ${text}`;
  const mismatch = (value: string) =>
    invalid(`involvedObject.namespace: Invalid value: "${value}": does not match event.namespace`);
  const aboutCluster = { involvedObject: { ...involvedObject, namespace: '' } };
  const stamped = {
    eventTime: '2026-01-02T03:04:05.000000Z',
    reportingComponent: 'a',
    reportingInstance: 'b',
    action: 'c',
  };

  test.each<[string, ApiObject, string]>([
    ['an event beside its object', oldEvent(), 'accepted'],
    ['an event elsewhere', oldEvent({}, { namespace: 'kube-system' }), mismatch('default')],
    ['about a cluster-scoped object', oldEvent(aboutCluster), 'accepted'],
    [
      'about a cluster-scoped object, not in default',
      oldEvent(aboutCluster, { namespace: 'kube-system' }),
      mismatch(''),
    ],
    ['the same of the new sort', oldEvent({ ...aboutCluster, ...stamped }, { namespace: 'kube-system' }), 'accepted'],
    [
      'of the new sort, incomplete',
      oldEvent({ eventTime: stamped.eventTime, reason: '' }),
      invalid(
        "[reportingComponent: Required value, reportingComponent: Invalid value: \"\": name part must be non-empty, reportingComponent: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'), reportingInstance: Required value, action: Required value, reason: Required value]",
      ),
    ],
    [
      'of the new sort, long-winded',
      oldEvent({ ...stamped, action: 'a'.repeat(129), message: 'm'.repeat(1025) }),
      invalid(
        '[action: Invalid value: "": can have at most 128 characters, message: Invalid value: "": can have at most 1024 characters]',
      ),
    ],
    ['new', newEvent(), 'accepted'],
    [
      'new, of an unknown type',
      newEvent({ type: 'Bad' }),
      invalid('type: Invalid value: "": has invalid value: Bad', 'n'),
    ],
    [
      'new, with old fields',
      newEvent({ deprecatedCount: 1 }),
      invalid('count: Invalid value: "": needs to be unset', 'n'),
    ],
    [
      'new, a series of one',
      newEvent({ series: { count: 1 } }),
      invalid('[series.count: Invalid value: "": should be at least 2, series.lastObservedTime: Required value]', 'n'),
    ],
    ['new, without its time', newEvent({ eventTime: undefined }), invalid('eventTime: Required value', 'n')],
  ])('%s', async (_case, object, answer) => {
    const { create } = await startKinds();
    expect(await refusal(create(object))).toBe(answer);
  });

  test('of a new one only the series changes; an old one is counted up', async () => {
    const { create, change } = await startKinds();
    const made = await create(newEvent());
    const series = { count: 2, lastObservedTime: '2026-01-02T03:05:05.000000Z' };
    expect(await refusal(change(made, { series }))).toBe('accepted');
    expect(await refusal(change(made, { note: 'other' }))).toContain(
      'message: Invalid value: "other": field is immutable',
    );
    const old = await create(oldEvent());
    expect(await refusal(change(old, { count: 4, lastTimestamp: '2026-01-02T03:04:05Z' }))).toBe('accepted');
  });
});

test('an event vanishes an hour after it was last written', async () => {
  const { create, change, get, store, clock } = await startKinds();
  const made = await create(oldEvent());
  clock.advance(1_800_000);
  await change(made, { count: 4 });
  clock.advance(1_900_000);
  await store.sweep();
  expect(await refusal(get(made))).toBe('accepted');
  clock.advance(1_800_000);
  await store.sweep();
  expect(await refusal(get(made))).toBe('404 events "e" not found');
});

test('events are found by what they are about', async () => {
  const { create, registry, catalog } = await startKinds();
  await create(oldEvent());
  await create(oldEvent({ involvedObject: { ...involvedObject, name: 'd' } }, { name: 'f' }));
  const named = async (group: string, field: string, value: string) => {
    const { items } = await registry.list(catalog.get(group, 'events'), { fields: [{ field, operator: '=', value }] });
    return items.map(item => item.metadata.name);
  };
  expect(await named('', 'involvedObject.name', 'd')).toEqual(['f']);
  expect(await named('', 'source', 'tester')).toEqual(['e', 'f']);
  expect(await named('events.k8s.io', 'regarding.name', 'c')).toEqual(['e']);
});

test('the table is about what happened', async () => {
  const { create, typeOf, clock } = await startKinds();
  const made = await create(oldEvent());
  const table = toTable(typeOf(made), [made], { now: clock.now() });
  expect(table.rows).toEqual([
    expect.objectContaining({
      cells: ['60s', 'Warning', 'Failed', 'configmap/c', '', 'tester, h', 'it failed', '60m', 3, 'e'],
    }),
  ]);
});

test('all that is wrong with a new Event is told at once, as of the Event that would be stored', async () => {
  const { create } = await startKinds();
  const nothing = { reportingController: 'a b', reportingInstance: '', action: '', reason: 'R'.repeat(129), type: '' };
  expect(await refusal(create(newEvent({ ...nothing, deprecatedCount: 2 })))).toBe(
    "422 Event \"n\" is invalid: [reportingController: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'), reportingInstance: Required value, action: Required value, reason: Invalid value: \"\": can have at most 128 characters, type: Invalid value: \"\": has invalid value: , count: Invalid value: \"\": needs to be unset]",
  );
});

test('an Event may be about nothing', async () => {
  const { create } = await startKinds();
  expect(await create(oldEvent({ involvedObject: undefined }))).toMatchObject({ involvedObject: {} });
});
