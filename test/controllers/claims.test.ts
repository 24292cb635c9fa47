import { expect, test } from 'vitest';
import type { ApiObject } from '../../shared/base/object.ts';
import { createAggregation } from '../../shared/controllers/aggregation.ts';
import { createClaims } from '../../shared/controllers/claims.ts';
import type { Controller, ControllerParts } from '../../shared/controllers/controller.ts';
import { bootstrap } from '../../shared/resources/bootstrap.ts';
import { admin, type Kinds, startKinds } from '../resources/setup.ts';

/** Runs a controller while `act` goes on. */
const during = async (kinds: Kinds, make: (parts: ControllerParts) => Controller, act: () => Promise<void>) => {
  const stop = new AbortController();
  const running = make({ registry: kinds.registry, log: kinds.log }).run(stop.signal);
  try {
    await act();
  } finally {
    stop.abort();
    await running;
  }
};

type Fits = (object: ApiObject) => boolean;

/** Looks out, from now on, for something that happens to an object; `seen` resolves when it did. */
const lookOut = async (kinds: Kinds, object: ApiObject, event: string, fits: Fits = () => true) => {
  const type = kinds.typeOf(object);
  const { resourceVersion } = await kinds.registry.list(type);
  const watch = async (): Promise<void> => {
    const stop = new AbortController();
    for await (const seen of kinds.registry.watch(type, { resourceVersion }, stop.signal)) {
      if (seen.type === event && seen.object.metadata.name === object.metadata.name && fits(seen.object)) stop.abort();
    }
  };
  return { seen: watch() };
};

const claim: ApiObject = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'c', namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};
const application: ApiObject = {
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind: 'Application',
  metadata: { name: 'a', namespace: 'default' },
  spec: {
    containers: [{ name: 'main', image: 'i' }],
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }],
  },
};

test('a claim that nothing mounts goes at once', async () => {
  const kinds = await startKinds();
  await during(kinds, createClaims, async () => {
    await kinds.create(claim);
    const gone = await lookOut(kinds, claim, 'DELETED');
    await kinds.remove(claim);
    await gone.seen;
  });
});

test('a claim that an Application mounts goes with the last Application', async () => {
  const kinds = await startKinds();
  await kinds.create(claim);
  const second = { ...application, metadata: { name: 'b', namespace: 'default' } };
  await kinds.create(application);
  await kinds.create(second);
  await kinds.remove(claim);
  await during(kinds, createClaims, async () => {
    await kinds.remove(application);
    // Another claim that goes shows that the first one was looked at and stayed.
    const probe = { ...claim, metadata: { name: 'probe', namespace: 'default' } };
    await kinds.create(probe);
    const probed = await lookOut(kinds, probe, 'DELETED');
    await kinds.remove(probe);
    await probed.seen;
    expect((await kinds.get(claim)).metadata.deletionTimestamp).toBeDefined();
    const gone = await lookOut(kinds, claim, 'DELETED');
    await kinds.change(second, { spec: { ...second.spec, volumes: [] } });
    await gone.seen;
  });
});

test('a role that joins an aggregated one is gathered while the controller runs', async () => {
  const kinds = await startKinds();
  await bootstrap(kinds.registry);
  const view: ApiObject = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'view' },
  };
  await during(kinds, createAggregation, async () => {
    const gathered = await lookOut(kinds, view, 'MODIFIED', object => JSON.stringify(object.rules).includes('widgets'));
    await kinds.registry.create(
      kinds.typeOf(view),
      {
        ...view,
        metadata: { name: 'mine', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
        rules: [{ verbs: ['get'], apiGroups: ['x'], resources: ['widgets'] }],
      },
      { user: admin },
    );
    await gathered.seen;
  });
});
