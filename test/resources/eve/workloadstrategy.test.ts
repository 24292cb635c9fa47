import { beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../../shared/base/fault.ts';
import { startKinds } from '../setup.ts';

describe('workloads', () => {
  let kinds: Awaited<ReturnType<typeof startKinds>>;
  beforeAll(async () => {
    kinds = await startKinds();
  });
  let count = 0;
  const causes = async (kind: string, spec: object): Promise<string[]> => {
    count += 1;
    try {
      await kinds.create({
        apiVersion: 'eve.lfedge.org/v1beta1',
        kind,
        metadata: { namespace: 'default', name: `w${count}` },
        spec: {
          selector: { matchLabels: { app: 'x' } },
          template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
          ...spec,
        },
      });
      return [];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return error.causes.map(one => `${one.field}: ${one.message}`);
    }
  };
  const rolling = (rollingUpdate: object) => ({ strategy: { type: 'RollingUpdate', rollingUpdate } });
  const updating = (rollingUpdate: object) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
  const mounting = (name: string) => ({
    metadata: { labels: { app: 'x' } },
    spec: { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name, mountPath: '/d' }] }] },
  });
  const labelled = (labels: object, annotations?: object) => ({
    template: {
      metadata: { labels, ...(annotations && { annotations }) },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    },
  });
  const claim = (metadata: object) => ({ metadata, spec: { resources: { requests: { storage: '1Gi' } } } });

  it.each([
    ['ApplicationDeployment', rolling({ maxSurge: '10%', maxUnavailable: 0 }), undefined],
    ['ApplicationDeployment', rolling({ maxSurge: 0, maxUnavailable: '0%' }), 'may not be 0 when `maxSurge` is 0'],
    ['ApplicationDeployment', rolling({ maxSurge: 'many' }), 'a valid percent string must be'],
    ['ApplicationDeployment', rolling({ maxUnavailable: '101%' }), 'must not be greater than 100%'],
    ['ApplicationDeployment', rolling({ maxSurge: -1 }), 'must be greater than or equal to 0'],
    [
      'ApplicationDeployment',
      { strategy: { type: 'Recreate', rollingUpdate: {} } },
      'may not be specified when strategy',
    ],
    [
      'ApplicationDeployment',
      { minReadySeconds: 60, progressDeadlineSeconds: 60 },
      'must be greater than minReadySeconds',
    ],
    ['ApplicationDaemonSet', updating({ maxSurge: 1 }), undefined],
    [
      'ApplicationDaemonSet',
      updating({ maxSurge: 1, maxUnavailable: 1 }),
      'may not be set when maxUnavailable is non-zero',
    ],
    ['ApplicationDaemonSet', updating({ maxUnavailable: 0 }), 'cannot be 0 when maxSurge is 0'],
    ['ApplicationStatefulSet', updating({ partition: -1 }), 'must be greater than or equal to 0'],
    ['ApplicationStatefulSet', updating({ maxUnavailable: 0 }), 'cannot be 0'],
    ['ApplicationStatefulSet', updating({ maxUnavailable: '0%' }), 'cannot be 0'],
    ['ApplicationStatefulSet', updating({ maxUnavailable: '30%' }), undefined],
    ['ApplicationStatefulSet', updating({ maxUnavailable: '101%' }), 'must not be greater than 100%'],
    ['ApplicationStatefulSet', updating({ maxUnavailable: 'some' }), 'a valid percent string must be'],
    ['ApplicationDeployment', labelled({ app: 'x', 'no key!': 'y' }), 'spec.template.metadata.labels: Invalid value'],
    [
      'ApplicationDeployment',
      labelled({ app: 'x', tier: 'no value!' }),
      'spec.template.metadata.labels: Invalid value',
    ],
    [
      'ApplicationDaemonSet',
      labelled({ app: 'x' }, { 'no key!': '' }),
      'spec.template.metadata.annotations: Invalid value',
    ],
    [
      'ApplicationDeployment',
      { selector: { matchLabels: { 'no key!': 'x' } } },
      'spec.selector.matchLabels: Invalid value',
    ],
    [
      'ApplicationDeployment',
      { selector: { matchExpressions: [{ key: 'app', operator: 'NotIn' }] } },
      'spec.selector.matchExpressions[0].values: Required value',
    ],
    [
      'ApplicationDeployment',
      { selector: { matchLabels: { app: 'y' } } },
      '`selector` does not match template `labels`',
    ],
    [
      'ApplicationStatefulSet',
      { updateStrategy: { type: 'OnDelete', rollingUpdate: {} } },
      "only allowed for updateStrategy 'RollingUpdate'",
    ],
    [
      'ApplicationStatefulSet',
      { template: mounting('data'), volumeClaimTemplates: [claim({ name: 'data' })] },
      undefined,
    ],
    [
      'ApplicationStatefulSet',
      { template: mounting('data') },
      'spec.template.spec.containers[0].volumeMounts[0].name: Not found',
    ],
    [
      'ApplicationStatefulSet',
      { volumeClaimTemplates: [claim({})] },
      'spec.volumeClaimTemplates[0].metadata.name: Required value',
    ],
    [
      'ApplicationStatefulSet',
      { volumeClaimTemplates: [claim({ name: 'No' })] },
      'spec.volumeClaimTemplates[0].metadata.name: Invalid value',
    ],
  ] as const)('%s %j', async (kind, spec, wanted) => {
    const found = await causes(kind, spec);
    if (wanted === undefined) expect(found).toEqual([]);
    else expect(found.join('\n')).toContain(wanted);
  });

  it('a selector may be written in another order, but not say another thing', async () => {
    const labels = { app: 'x', tier: 'web' };
    const make = (matchLabels: Record<string, string>) => ({
      apiVersion: 'eve.lfedge.org/v1beta1',
      kind: 'ApplicationStatefulSet',
      metadata: { namespace: 'default', name: 'ordered' },
      spec: {
        selector: { matchLabels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    });
    await kinds.create(make({ app: 'x', tier: 'web' }));
    const replace = (one: ReturnType<typeof make>) => kinds.change(one, { spec: one.spec });
    await replace(make({ tier: 'web', app: 'x' }));
    await expect(replace(make({ app: 'x' }))).rejects.toThrow('spec.selector: Invalid value');
  });

  it.each(['ApplicationDeployment', 'ApplicationDaemonSet', 'ApplicationStatefulSet'])(
    'a new %s says that nobody has looked at it, whatever its maker says',
    async kind => {
      const made = await kinds.create({
        apiVersion: 'eve.lfedge.org/v1beta1',
        kind,
        metadata: { namespace: 'default', name: 'new' },
        spec: {
          selector: { matchLabels: { app: 'x' } },
          template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        },
        status: { observedGeneration: 1, replicas: 7 },
      });
      // Not left out, as Go would a zero: who finds none takes what has no status for done.
      expect([made.metadata.generation, made.status]).toEqual([1, { observedGeneration: 0 }]);
      expect(await kinds.get(made)).toMatchObject({ status: { observedGeneration: 0 } });
    },
  );
});
