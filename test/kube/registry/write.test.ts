import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../../../shared/base/object.ts';
import type { UpdateOptions } from '../../../shared/kube/registry/registry.ts';
import type { ResourceType } from '../../../shared/kube/resource.ts';
import { namespaces, notes, planets, widgets } from '../../support/widgets.ts';
import { startRegistry, toObject, user, widget } from './setup.ts';

const ref = { namespace: 'default', name: 'a' };

describe('create', () => {
  it('fills in what only the server may set', async () => {
    const { registry } = await startRegistry();
    const made = await registry.create(
      widgets,
      {
        ...widget('a', { color: 'red' }, { uid: 'mine', generation: 7, deletionTimestamp: '2020-01-01T00:00:00Z' }),
        status: { phase: 'Mine' },
      },
      { user },
    );
    expect(made).toEqual({
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: {
        name: 'a',
        namespace: 'default',
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        generation: 1,
        creationTimestamp: '2026-01-02T03:04:05Z',
        resourceVersion: '2',
        managedFields: [
          {
            manager: 'kubeve',
            operation: 'Update',
            apiVersion: 'example.com/v1',
            time: '2026-01-02T03:04:05Z',
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:spec': { '.': {}, 'f:color': {}, 'f:size': {} } },
          },
        ],
      },
      spec: { color: 'red', size: 1 },
      status: { phase: 'New' },
    });
    expect(made.metadata.uid).not.toBe('mine');
    expect(await registry.get(widgets, ref)).toEqual(made);
  });

  it.each<[string, ApiObject, ResourceType, string, RegExp]>([
    ['a bad name', widget('A_b'), widgets, 'Invalid', /metadata.name: Invalid value: "A_b": a lowercase RFC 1123 sub/],
    ['no name', widget(''), widgets, 'Invalid', /metadata.name: Required value: name or generateName is required/],
    ['a version', widget('a', {}, { resourceVersion: '5' }), widgets, 'BadRequest', /should not be set/],
    ['a bad spec', widget('a', { size: 101 }), widgets, 'Invalid', /spec.size in body should be less than or equal/],
    ['a rule broken', widget('a', { color: 'ultraviolet' }), widgets, 'Invalid', /nobody can see it/],
    ['no such namespace', widget('a', {}, { namespace: 'x' }), widgets, 'NotFound', /^namespaces "x" not found$/],
    [
      'a bad label',
      widget('a', {}, { labels: { 'a/b/c': 'x' } }),
      widgets,
      'Invalid',
      /metadata.labels: Invalid value/,
    ],
    ['a bad value', widget('a', {}, { labels: { a: '-' } }), widgets, 'Invalid', /a valid label must be an empty/],
    ['a bad annotation', widget('a', {}, { annotations: { '': 'x' } }), widgets, 'Invalid', /name part must be non-e/],
    [
      'huge annotations',
      widget('a', {}, { annotations: { a: 'x'.repeat(262_144) } }),
      widgets,
      'Invalid',
      /metadata.annotations: Too long: may not be more than 262144 bytes$/,
    ],
    [
      'an empty owner',
      widget('a', {}, { ownerReferences: [{ apiVersion: '', kind: '', name: '', uid: '' }] }),
      widgets,
      'Invalid',
      /apiVersion: Invalid value: "": version must not be empty, metadata.ownerReferences.kind: .*must not be empty/,
    ],
    [
      'two controllers',
      widget('a', {}, { ownerReferences: ['x', 'y'].map(uid => ({ ...owner(uid), controller: true })) }),
      widgets,
      'Invalid',
      /Only one reference can have Controller set to true. Found "true" in references for Widget\/x and Widget\/y/,
    ],
    ['a bad finalizer', widget('a', {}, { finalizers: ['a b'] }), widgets, 'Invalid', /metadata.finalizers: Invalid/],
    [
      'a native finalizer without a domain',
      toObject(notes, { namespace: 'default', name: 'a', finalizers: ['mine'] }),
      notes,
      'Invalid',
      /name is neither a standard finalizer name nor is it fully qualified/,
    ],
  ])('refuses %s', async (_, object, type, reason, message) => {
    const { registry, store } = await startRegistry();
    const head = await store.head(type.storage);
    await expect(registry.create(type, object, { user })).rejects.toMatchObject({
      reason,
      message: expect.stringMatching(message),
    });
    expect(await store.head(type.storage)).toBe(head);
  });

  it('says that a name is taken, and by what', async () => {
    const { registry } = await startRegistry();
    await registry.create(widgets, widget('a', {}, { finalizers: ['example.com/x'] }), { user });
    const again = () => registry.create(widgets, widget('a'), { user });
    await expect(again()).rejects.toThrow('widgets.example.com "a" already exists');
    await registry.delete(widgets, ref, { user });
    await expect(again()).rejects.toThrow('object is being deleted: widgets.example.com "a" already exists');
  });

  it('generates names', async () => {
    const { registry } = await startRegistry();
    const long = 'x'.repeat(70);
    const one = await registry.create(widgets, widget('', {}, { generateName: long }), { user });
    expect(one.metadata.name).toMatch(/^x{58}[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    const two = await registry.create(widgets, widget('', {}, { generateName: 'b-' }), { user });
    expect(two.metadata.name).toMatch(/^b-[^-]{5}$/);
  });

  it('gives up after eight generated names that are taken', async () => {
    const { registry, random } = await startRegistry();
    Object.assign(random, { bytes: (length: number) => new Uint8Array(length) });
    await registry.create(widgets, widget('', {}, { generateName: 'b-' }), { user });
    await expect(registry.create(widgets, widget('', {}, { generateName: 'b-' }), { user })).rejects.toMatchObject({
      reason: 'AlreadyExists',
      message: expect.stringContaining('the server was not able to generate a unique name for the object'),
      details: { retryAfterSeconds: 1 },
    });
  });

  it('drops owners that stand there twice, with a warning', async () => {
    const { registry } = await startRegistry();
    const warnings: string[] = [];
    const twice = widget('a', {}, { ownerReferences: [owner('x'), owner('x')] });
    const made = await registry.create(widgets, twice, { user, warn: text => warnings.push(text) });
    expect(made.metadata.ownerReferences).toEqual([owner('x')]);
    expect(warnings).toEqual([expect.stringMatching(/duplicate UID\(s\) observed: x$/)]);
  });

  it('writes nothing in a dry run, and shows what it would have written', async () => {
    const { registry } = await startRegistry();
    const made = await registry.create(widgets, widget('a'), { user, dryRun: true });
    expect(made.metadata).toMatchObject({ uid: expect.any(String), creationTimestamp: '2026-01-02T03:04:05Z' });
    expect(made.metadata.resourceVersion).toBeUndefined();
    expect(await registry.find(widgets, ref)).toBeUndefined();
    await registry.create(widgets, widget('a'), { user });
    await expect(registry.create(widgets, widget('a'), { user, dryRun: true })).rejects.toThrow('already exists');
  });

  it('finds objects by uid, owner and declared terms', async () => {
    const { registry } = await startRegistry();
    const made = await registry.create(widgets, widget('a', { color: 'red' }, { ownerReferences: [owner('x')] }), {
      user,
    });
    for (const term of [`uid=${made.metadata.uid}`, 'owner=x', 'color=red']) {
      expect(await registry.findByTerm(widgets, term), term).toEqual([made]);
    }
    expect(await registry.findByTerm(widgets, 'color=blue')).toEqual([]);
  });
});

describe('update', () => {
  const change = (spec: object) => (object: ApiObject) => ({ ...object, spec: { ...object.spec, ...spec } });

  it('counts generations of the spec, and nothing else', async () => {
    const { registry } = await startRegistry();
    await registry.create(widgets, widget('a'), { user });
    const update = async (to: (object: ApiObject) => ApiObject, options: Partial<UpdateOptions> = {}) =>
      (await registry.update(widgets, ref, to, { user, ...options })).object;
    expect((await update(change({ color: 'red' }))).metadata.generation).toBe(2);
    const labelled = await update(object => ({ ...object, metadata: { ...object.metadata, labels: { a: 'b' } } }));
    expect(labelled.metadata).toMatchObject({ generation: 2, resourceVersion: '4' });
    const cheated = await update(object => ({
      ...object,
      status: { phase: 'Cheat' },
      metadata: { ...object.metadata, generation: 99 },
    }));
    expect(cheated).toEqual(labelled);
    const reported = await update(object => ({ ...object, status: { phase: 'Done' }, spec: { color: 'no' } }), {
      subresource: 'status',
    });
    expect(reported).toMatchObject({ metadata: { generation: 2 }, spec: { color: 'red' }, status: { phase: 'Done' } });
  });

  it('writes nothing when nothing changes', async () => {
    const { registry, store } = await startRegistry();
    const made = await registry.create(widgets, widget('a', { color: 'red' }), { user });
    const head = await store.head(widgets.storage);
    const same = await registry.update(widgets, ref, object => structuredClone(object), { user });
    expect(same).toEqual({ object: made, created: false });
    expect(await store.head(widgets.storage)).toBe(head);
  });

  it('tries again when another writer was faster, unless a version is named', async () => {
    const { registry } = await startRegistry();
    const made = await registry.create(widgets, widget('a'), { user });
    let calls = 0;
    const racing = async (object: ApiObject) => {
      if (calls++ === 0) await registry.update(widgets, ref, change({ replicas: 5 }), { user });
      return change({ color: 'red' })(object);
    };
    const { object } = await registry.update(widgets, ref, racing, { user });
    expect(calls).toBe(2);
    expect(object.spec).toEqual({ size: 1, replicas: 5, color: 'red' });
    const stale = { ...made, spec: { color: 'blue' } };
    await expect(registry.update(widgets, ref, () => stale, { user })).rejects.toMatchObject({
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on widgets.example.com "a": the object has been modified; please apply your changes to the latest version and try again',
    });
  });

  it.each<[string, ApiObject['metadata'], string, RegExp]>([
    [
      'a missing version',
      { name: 'a' },
      'Invalid',
      /metadata.resourceVersion: Invalid value: 0: must be specified for/,
    ],
    ['another uid', { name: 'a', resourceVersion: '2', uid: 'x' }, 'Invalid', /metadata.uid: .* field is immutable/],
    [
      'another name',
      { name: 'b', resourceVersion: '2' },
      'Invalid',
      /metadata.name: Invalid value: "b": field is immu/,
    ],
    [
      'a deletion of its own',
      { name: 'a', resourceVersion: '2', deletionTimestamp: '2020-01-01T00:00:00Z' },
      'Invalid',
      /metadata.deletionTimestamp: .* field is immutable/,
    ],
    [
      'a version that is none',
      { name: 'a', resourceVersion: '02' },
      'BadRequest',
      /invalid resource version: resourceVersion: Invalid value: "02"/,
    ],
  ])('refuses %s', async (_, metadata, reason, message) => {
    const { registry } = await startRegistry();
    await registry.create(widgets, widget('a'), { user });
    const put = () => ({ ...widget('a'), metadata: { namespace: 'default', ...metadata } });
    await expect(registry.update(widgets, ref, put, { user })).rejects.toMatchObject({
      reason,
      message: expect.stringMatching(message),
    });
  });

  it('needs no version for types that say so, and creates where that is allowed', async () => {
    const { registry } = await startRegistry();
    const note = toObject(notes, ref, { data: { a: '1' } });
    const made = await registry.update(notes, ref, () => note, { user, createFrom: note });
    expect(made.created).toBe(true);
    const changed = await registry.update(notes, ref, () => ({ ...note, data: { a: '2' } }), { user });
    expect(changed).toMatchObject({ created: false, object: { data: { a: '2' }, metadata: { resourceVersion: '3' } } });
    const missing = { ...ref, name: 'b' };
    await expect(registry.update(notes, missing, () => note, { user })).rejects.toThrow('notes "b" not found');
  });

  it('lets an old fault be while something else changes', async () => {
    const { registry, store } = await startRegistry();
    const broken = { ...widget('a', { size: 500 }), metadata: { name: 'a', namespace: 'default', uid: 'u' } };
    const value = new TextEncoder().encode(JSON.stringify(broken));
    await store.commit(widgets.storage, { key: 'default/a', value, expected: 0 });
    const { object } = await registry.update(widgets, ref, change({ color: 'red' }), { user });
    expect(object.spec).toEqual({ size: 500, color: 'red' });
    await expect(registry.update(widgets, ref, change({ size: 600 }), { user })).rejects.toThrow('600');
  });
});

it('does not let an object grow without end', async () => {
  const { registry } = await startRegistry();
  const spec = { parts: Array.from({ length: 20_000 }, (_, i) => ({ name: 'x'.repeat(60), count: i })) };
  await expect(registry.create(widgets, widget('a', spec), { user })).rejects.toMatchObject({
    reason: 'RequestEntityTooLarge',
    message: 'Request entity too large: limit is 1572864',
  });
});

describe('delete', () => {
  it('removes what nothing holds', async () => {
    const { registry } = await startRegistry();
    const made = await registry.create(widgets, widget('a'), { user });
    expect(await registry.delete(widgets, ref, { user })).toEqual({ deleted: true, object: made });
    await expect(registry.delete(widgets, ref, { user })).rejects.toThrow('widgets.example.com "a" not found');
  });

  it('waits for finalizers; the write that removes the last one is the deletion', async () => {
    const { registry, store } = await startRegistry();
    await registry.create(widgets, widget('a', {}, { finalizers: ['example.com/x'] }), { user });
    const first = await registry.delete(widgets, ref, { user });
    expect(first).toMatchObject({
      deleted: false,
      object: {
        metadata: { deletionTimestamp: '2026-01-02T03:04:05Z', deletionGracePeriodSeconds: 0, generation: 2 },
      },
    });
    expect(await registry.delete(widgets, ref, { user })).toEqual(first);
    const more = (object: ApiObject) => ({
      ...object,
      metadata: { ...object.metadata, finalizers: ['example.com/x', 'example.com/y'] },
    });
    await expect(registry.update(widgets, ref, more, { user })).rejects.toThrow(
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/y"}',
    );
    const free = (object: ApiObject) => ({ ...object, metadata: { ...object.metadata, finalizers: [] } });
    const last = await registry.update(widgets, ref, free, { user });
    expect(last.object.metadata).toMatchObject({ resourceVersion: '4' });
    expect(await registry.find(widgets, ref)).toBeUndefined();
    expect(await store.head(widgets.storage)).toBe(3);
  });

  it.each([
    ['Foreground', ['example.com/x', 'foregroundDeletion']],
    ['Orphan', ['example.com/x', 'orphan']],
    ['Background', ['example.com/x']],
  ] as const)('keeps the policy %s as a finalizer', async (propagationPolicy, finalizers) => {
    const { registry } = await startRegistry();
    await registry.create(widgets, widget('a', {}, { finalizers: ['example.com/x', 'orphan'] }), { user });
    const { object } = await registry.delete(widgets, ref, { user, propagationPolicy });
    expect(object.metadata.finalizers).toEqual(finalizers);
  });

  it('checks preconditions and keeps to dry runs', async () => {
    const { registry } = await startRegistry();
    await registry.create(widgets, widget('a'), { user });
    for (const preconditions of [{ uid: 'x' }, { resourceVersion: '1' }]) {
      await expect(registry.delete(widgets, ref, { user, preconditions })).rejects.toThrow('in the precondition');
    }
    expect(await registry.delete(widgets, ref, { user, dryRun: true })).toMatchObject({ deleted: true });
    expect(await registry.find(widgets, ref)).toBeDefined();
  });

  it('deletes a collection as selected', async () => {
    const { registry } = await startRegistry();
    for (const name of ['a', 'b', 'c']) {
      await registry.create(widgets, widget(name, {}, { labels: { odd: String(name !== 'b') } }), { user });
    }
    const labels = [{ key: 'odd', operator: 'In', values: ['true'] }] as const;
    const gone = await registry.deleteCollection(widgets, { namespace: 'default', labels }, { user });
    expect(gone.items.map(item => item.metadata.name)).toEqual(['a', 'c']);
    expect((await registry.list(widgets)).items.map(item => item.metadata.name)).toEqual(['b']);
  });
});

describe('a namespace', () => {
  it('takes nothing new while it terminates, and lets the old be changed and deleted', async () => {
    const { registry } = await startRegistry();
    await registry.create(widgets, widget('a'), { user });
    const { deleted, object } = await registry.delete(namespaces, { name: 'default' }, { user });
    expect({ deleted, phase: object.status?.phase }).toEqual({ deleted: false, phase: 'Terminating' });
    await expect(registry.create(widgets, widget('b'), { user })).rejects.toMatchObject({
      reason: 'Forbidden',
      message:
        'widgets.example.com "b" is forbidden: unable to create new content in namespace default because it is being terminated',
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: 'namespace default is being terminated',
          field: 'metadata.namespace',
        },
      ],
    });
    await registry.update(widgets, ref, object => ({ ...object, spec: { color: 'red' } }), { user });
    await registry.delete(widgets, ref, { user });
    const finalize = (current: ApiObject): ApiObject => ({ ...current, spec: { finalizers: [] } });
    await registry.update(namespaces, { name: 'default' }, finalize, { user, subresource: 'finalize' });
    expect(await registry.find(namespaces, { name: 'default' })).toBeUndefined();
  });

  it('cannot begin to terminate between the check and the write', async () => {
    const { registry, store } = await startRegistry();
    const commit = store.commit;
    store.commit = async (...args) => {
      store.commit = commit;
      await registry.delete(namespaces, { name: 'default' }, { user });
      return commit(...args);
    };
    await expect(registry.create(widgets, widget('a'), { user })).rejects.toThrow('because it is being terminated');
    expect((await registry.list(widgets)).items).toEqual([]);
  });

  it('may change otherwise while something is created in it', async () => {
    const { registry, store } = await startRegistry();
    const commit = store.commit;
    const label = (object: ApiObject) => ({ ...object, metadata: { ...object.metadata, labels: { a: 'b' } } });
    store.commit = async (...args) => {
      store.commit = commit;
      await registry.update(namespaces, { name: 'default' }, label, { user });
      return commit(...args);
    };
    expect((await registry.create(widgets, widget('a'), { user })).metadata.resourceVersion).toBe('2');
  });
});

it('lets cluster-scoped objects be without a namespace', async () => {
  const { registry } = await startRegistry();
  const made = await registry.create(planets, toObject(planets, { name: 'p', namespace: 'default' }), { user });
  expect(made.metadata.namespace).toBeUndefined();
});

function owner(uid: string) {
  return { apiVersion: 'example.com/v1', kind: 'Widget', name: uid, uid };
}
