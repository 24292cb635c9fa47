import { test } from 'vitest';
import type { ApiObject } from '../../shared/base/object.ts';
import { createAggregation } from '../../shared/controllers/aggregation.ts';
import { bootstrap } from '../../shared/resources/bootstrap.ts';
import { type Kinds, startKinds } from '../resources/setup.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';
const view: ApiObject = { apiVersion, kind: 'ClusterRole', metadata: { name: 'view' } };
const mine: ApiObject = {
  apiVersion,
  kind: 'ClusterRole',
  metadata: { name: 'mine', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
  rules: [{ verbs: ['get'], apiGroups: ['x'], resources: ['widgets'] }],
};

/** Looks out, from now on, for a change after which a role grants something about widgets, or no longer does. */
const lookOut = async ({ registry, typeOf }: Kinds, role: ApiObject, wanted: boolean) => {
  const type = typeOf(role);
  const { resourceVersion } = await registry.list(type);
  const watch = async (): Promise<void> => {
    const stop = new AbortController();
    for await (const { object } of registry.watch(type, { resourceVersion }, stop.signal)) {
      const grants = JSON.stringify(object.rules ?? []).includes('widgets');
      if (object.metadata.name === role.metadata.name && grants === wanted) stop.abort();
    }
  };
  return { seen: watch() };
};

test('a role that joins an aggregated one is gathered, and let go when it leaves', async () => {
  const kinds = await startKinds();
  await bootstrap(kinds.registry);
  const stop = new AbortController();
  const running = createAggregation({ registry: kinds.registry, log: kinds.log }).run(stop.signal);
  const gathered = await lookOut(kinds, view, true);
  await kinds.create(mine);
  await gathered.seen;
  const released = await lookOut(kinds, view, false);
  await kinds.remove(mine);
  await released.seen;
  stop.abort();
  await running;
});
