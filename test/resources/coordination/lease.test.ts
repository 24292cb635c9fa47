import { expect, test } from 'vitest';
import type { ApiObject } from '../../../shared/base/object.ts';
import { admin, refusal, startKinds } from '../setup.ts';

const lease = (spec: object): ApiObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'l', namespace: 'default' },
  spec: { ...spec },
});
const invalid = (text: string) => `422 Lease.coordination.k8s.io "l" is invalid: ${text}`;

test.each<[string, object, string]>([
  [
    'a lease',
    { holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0, renewTime: '2026-01-01T00:00:00.000000Z' },
    'accepted',
  ],
  [
    'no time at all',
    { leaseDurationSeconds: 0 },
    invalid('spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0'),
  ],
  [
    'less than no change',
    { leaseTransitions: -1 },
    invalid('spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0'),
  ],
  [
    'an heir without a strategy',
    { preferredHolder: 'b' },
    invalid('spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined'),
  ],
])('%s', async (_case, spec, answer) => {
  const { create } = await startKinds();
  expect(await refusal(create(lease(spec)))).toBe(answer);
});

test('a lease of nobody says so', async () => {
  const { create } = await startKinds();
  expect((await create({ ...lease({}), spec: undefined } as unknown as ApiObject)).spec).toEqual({});
});

test('the version is the lock, and an update may create', async () => {
  const { create, change, registry, typeOf } = await startKinds();
  const made = await create(lease({ holderIdentity: 'a' }));
  expect(made.metadata).not.toHaveProperty('generation');
  expect(await refusal(change(made, { spec: { holderIdentity: 'b' } }))).toBe('accepted');
  const { resourceVersion } = made.metadata;
  expect(await refusal(change(made, { spec: { holderIdentity: 'c' }, metadata: { resourceVersion } }))).toMatch(
    /^409 /,
  );
  expect(await refusal(change(made, { spec: { holderIdentity: 'c' }, metadata: { resourceVersion: '' } }))).toContain(
    'must be specified for an update',
  );
  const other = { ...lease({}), metadata: { name: 'm', namespace: 'default' } };
  const result = await registry.update(typeOf(other), other.metadata, current => current, {
    user: admin,
    createFrom: other,
  });
  expect(result.created).toBe(true);
});

test('times are kept as the server writes them, however they came', async () => {
  const { create, change, registry, typeOf } = await startKinds();
  const made = await create(lease({ renewTime: '2026-01-01T01:00:00.000001+01:00', acquireTime: null }));
  expect(made.spec).toEqual({ renewTime: '2026-01-01T00:00:00.000001Z' });
  // The same moment is no change.
  const same = await change(made, { spec: { renewTime: '2025-12-31T23:00:00.000001-01:00' } });
  expect(same.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  const applied = await registry.apply(
    typeOf(made),
    made.metadata,
    lease({ renewTime: '2026-01-01T01:00:00.000001+01:00' }),
    // What is applied is compared as it is spelled.
    { user: admin, fieldManager: 'other', force: true },
  );
  expect(applied.object.spec).toEqual({ renewTime: '2026-01-01T00:00:00.000001Z' });
});
