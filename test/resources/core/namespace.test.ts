import { expect, test } from 'vitest';
import { namespaceNamed, refusal, startKinds } from '../setup.ts';

test('a namespace is born active, held, and labelled with its name', async () => {
  const { create } = await startKinds();
  const created = await create({
    ...namespaceNamed('team'),
    status: { phase: 'Terminating' },
    spec: { finalizers: ['a.b/c'] },
  });
  expect(created.spec).toEqual({ finalizers: ['a.b/c', 'kubernetes'] });
  expect(created.status).toEqual({ phase: 'Active' });
  expect(created.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'team' });
  expect(created.metadata.generation).toBeUndefined();
});

test('updates cannot take the label, the finalizers or the status away', async () => {
  const { create, change } = await startKinds();
  const team = await create(namespaceNamed('team'));
  const changed = await change(team, { metadata: { labels: { a: 'b' } }, spec: {}, status: { phase: 'Terminating' } });
  expect(changed.metadata.labels).toEqual({ a: 'b', 'kubernetes.io/metadata.name': 'team' });
  expect(changed.spec).toEqual({ finalizers: ['kubernetes'] });
  expect(changed.status).toEqual({ phase: 'Active' });
});

test('deletion goes in two steps: terminating, then finalize lets it vanish', async () => {
  const { create, get, remove, typeOf, registry } = await startKinds();
  const team = await create(namespaceNamed('team'));
  const result = await remove(team);
  expect(result.deleted).toBe(false);
  expect(result.object.status).toEqual({ phase: 'Terminating' });
  expect(result.object.metadata.deletionTimestamp).toBe('2026-01-02T03:04:05Z');
  expect((await remove(team)).deleted).toBe(false);

  const type = typeOf(team);
  const finalize = (body: object) =>
    type.actions.finalize?.run({
      type,
      ref: { name: 'team' },
      verb: 'update',
      operation: 'update',
      user: { name: 'u', groups: [] },
      dryRun: false,
      now: 0,
      registry,
      warn: () => {},
      body: { ...team, ...body },
    });
  expect(
    await refusal(Promise.resolve(finalize({ metadata: { name: 'team', resourceVersion: '1' }, spec: {} }))),
  ).toMatch(/^409 /);
  expect(
    await refusal(Promise.resolve(finalize({ metadata: { name: 'team' }, spec: { finalizers: ['loose'] } }))),
  ).toBe(
    '422 Namespace "team" is invalid: spec.finalizers[0]: Invalid value: "loose": name is neither a standard finalizer name nor is it fully qualified',
  );
  expect(await finalize({ metadata: { name: 'team' }, spec: { finalizers: [] } })).toMatchObject({ code: 200 });
  expect(await refusal(get(team))).toBe('404 namespaces "team" not found');
});

test('the first namespaces may not be deleted', async () => {
  const { remove } = await startKinds();
  expect(await refusal(remove(namespaceNamed('default')))).toBe(
    '403 namespaces "default" is forbidden: this namespace may not be deleted',
  );
});

test.each([
  ['Up', /a lowercase RFC 1123 label must consist of/],
  ['a.b', /a lowercase RFC 1123 label must consist of/],
  ['a'.repeat(64), /must be no more than 63/],
])('the name %s is refused', async (name, text) => {
  const { create } = await startKinds();
  expect(await refusal(create(namespaceNamed(name)))).toMatch(text);
});

test('the phase follows the deletion timestamp', async () => {
  const { create, change } = await startKinds();
  const team = await create(namespaceNamed('team'));
  expect(await refusal(change(team, { status: { phase: 'Terminating' } }, undefined, 'status'))).toBe(
    '422 Namespace "team" is invalid: status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty',
  );
});
