import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCondition, toTime } from '../../shared/base/condition.ts';
import type { ApiObject, JsonMap } from '../../shared/base/object.ts';
import { createClaims } from '../../shared/controllers/claims.ts';
import { createGarbage } from '../../shared/controllers/garbage.ts';
import { createScheduler } from '../../shared/controllers/scheduler.ts';
import { hashLabel } from '../../shared/controllers/workloads/member.ts';
import { createWorkloads } from '../../shared/controllers/workloads.ts';
import { type Bench, createBench } from '../support/controllers.ts';
import { until } from '../support/until.ts';

const namespace = 'default';
const selector = { matchLabels: { app: 'web' } };
const template = (image: string, spec: JsonMap = {}) => ({
  metadata: { labels: { app: 'web' }, annotations: { note: image } },
  spec: { containers: [{ name: 'main', image }], ...spec },
});

describe.each(['run', 'settle'] as const)('workloads (%s)', mode => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await createBench(mode);
  });
  afterEach(() => bench.stop());

  const start = (): void => {
    bench.run(createWorkloads(bench));
    bench.run(createScheduler(bench));
    bench.run(createGarbage(bench));
  };
  const apps = async (): Promise<ApiObject[]> => [...(await bench.list('applications', namespace))];
  const imageOf = (app: ApiObject): string =>
    String((app.spec?.['containers'] as { image: string }[] | undefined)?.[0]?.image);
  const ready = (name: string, isReady = true) =>
    bench.change(
      'applications',
      { namespace, name },
      app => ({
        ...app,
        status: {
          ...app.status,
          conditions: [
            ...((app.status?.['conditions'] as JsonMap[] | undefined) ?? []).filter(one => one['type'] !== 'Ready'),
            { type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: toTime(bench.clock.now()) },
          ],
        },
      }),
      'status',
    );
  /** Plays the devices: makes every Application ready, again and again, until a workload is as wanted. */
  const play = async (plural: string, name: string, isSo: (object: ApiObject) => boolean): Promise<ApiObject> => {
    for (let turn = 0; turn < 4000; turn += 1) {
      const object = await bench.get(plural, { namespace, name });
      if (isSo(object)) return object;
      for (const app of await apps())
        if (findCondition(app.status?.['conditions'], 'Ready')?.['status'] !== 'True')
          await ready(app.metadata.name).catch(() => undefined);
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    throw new Error(`not so: ${JSON.stringify(await bench.get(plural, { namespace, name }), undefined, 1)}`);
  };
  const is = (object: ApiObject | undefined, type: string, status = 'True'): boolean =>
    object?.status?.['observedGeneration'] === object?.metadata.generation &&
    findCondition(object?.status?.['conditions'], type)?.['status'] === status;
  const complete = (plural: string, name: string) => play(plural, name, object => is(object, 'Ready'));
  const settled = (plural: string, name: string, isSo: (object: ApiObject) => boolean) =>
    bench.until(plural, { namespace, name }, object => object !== undefined && isSo(object));
  const edit = (plural: string, name: string, spec: JsonMap) =>
    bench.change(plural, { namespace, name }, one => ({ ...one, spec: { ...one.spec, ...spec } }));
  const annotate = (plural: string, name: string, annotations: Record<string, string>) =>
    bench.change(plural, { namespace, name }, one => ({ ...one, metadata: { ...one.metadata, annotations } }));

  describe('ApplicationDeployment', () => {
    const plural = 'applicationdeployments';
    const deploy = (spec: JsonMap = {}) =>
      bench.create(plural, {
        metadata: { namespace, name: 'web' },
        spec: { selector, template: template('v1'), replicas: 3, ...spec },
      });

    it('makes Applications, says how far it is, and heals', async () => {
      start();
      await deploy();
      const first = await settled(plural, 'web', one => one.status?.['replicas'] === 3);
      expect(is(first, 'Available', 'False')).toBe(true);
      const done = await complete(plural, 'web');
      expect(done.status).toMatchObject({
        replicas: 3,
        updatedReplicas: 3,
        readyReplicas: 3,
        availableReplicas: 3,
        unavailableReplicas: 0,
        selector: 'app=web',
        revision: 1,
      });
      expect(findCondition(done.status?.['conditions'], 'Progressing')?.['reason']).toBe('NewRevisionAvailable');
      const [one] = await apps();
      expect(one?.metadata.name).toMatch(/^web-[a-z0-9]{10}-[a-z0-9]{5}$/);
      expect(one?.metadata.annotations).toEqual({ note: 'v1' });
      expect(one?.metadata.ownerReferences).toMatchObject([{ kind: 'ApplicationDeployment', controller: true }]);
      await bench.delete('applications', { namespace, name: one?.metadata.name ?? '' });
      await settled(plural, 'web', object => is(object, 'Ready', 'False'));
      await complete(plural, 'web');
      expect((await apps()).length).toBe(3);
    });

    it('rolls, keeps history, and goes back by annotation', async () => {
      start();
      await deploy({ strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
      await complete(plural, 'web');
      await edit(plural, 'web', { template: template('v2') });
      await complete(plural, 'web');
      expect((await apps()).map(imageOf)).toEqual(['v2', 'v2', 'v2']);
      const history = await bench.list('applicationrevisions', namespace);
      expect(history.map(one => [one.spec?.['revision'], one.spec?.['replicas']]).sort()).toEqual([
        [1, 0],
        [2, 3],
      ]);
      await annotate(plural, 'web', { 'kubeve.io/rollback-to': '0' });
      const back = await play(plural, 'web', one => one.status?.['revision'] === 3 && is(one, 'Ready'));
      expect(back.metadata.annotations).toBeUndefined();
      expect((await apps()).map(imageOf)).toEqual(['v1', 'v1', 'v1']);
      expect(await bench.list('applicationrevisions', namespace)).toHaveLength(2);
      await annotate(plural, 'web', { 'kubeve.io/rollback-to': '77' });
      await settled(plural, 'web', one => one.metadata.annotations === undefined);
      expect((await bench.events('web')).map(one => one.reason)).toContain('RollbackRevisionNotFound');
    });

    it('does not count an Application that was edited until the device has taken that up', async () => {
      start();
      await deploy({ replicas: 2 });
      const done = await complete(plural, 'web');
      const name = (await apps())[0]?.metadata.name ?? '';
      const observe = (observedGeneration: number) =>
        bench.change(
          'applications',
          { namespace, name },
          app => ({ ...app, status: { ...app.status, observedGeneration } }),
          'status',
        );
      await observe(1);
      expect(done.status).toMatchObject({ readyReplicas: 2, availableReplicas: 2 });
      await edit('applications', name, { eve: { startDelaySeconds: 1 } });
      const behind = await settled(plural, 'web', one => one.status?.['availableReplicas'] !== 2);
      expect(behind?.status).toMatchObject({ replicas: 2, readyReplicas: 1, availableReplicas: 1 });
      expect(is(behind, 'Ready', 'False')).toBe(true);
      await observe(2);
      await settled(plural, 'web', one => is(one, 'Ready') && one.status?.['availableReplicas'] === 2);
    });

    it('stays within its bounds while it rolls', async () => {
      start();
      await deploy({ replicas: 4, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } });
      await complete(plural, 'web');
      const seen: { total: number; available: number }[] = [];
      await edit(plural, 'web', { template: template('v2') });
      await play(plural, 'web', one => {
        void apps().then(all =>
          seen.push({
            total: all.length,
            available: all.filter(app => findCondition(app.status?.['conditions'], 'Ready')?.['status'] === 'True')
              .length,
          }),
        );
        return is(one, 'Ready') && one.status?.['revision'] === 2;
      });
      expect(Math.max(...seen.map(({ total }) => total))).toBeLessThanOrEqual(5);
      expect(Math.min(...seen.map(({ available }) => available))).toBeGreaterThanOrEqual(3);
    });

    it('waits before it makes anew when it is to Recreate, and while it is paused', async () => {
      start();
      await deploy({ strategy: { type: 'Recreate' } });
      await complete(plural, 'web');
      await edit(plural, 'web', { paused: true, template: template('v2') });
      const paused = await settled(plural, 'web', one => is(one, 'Progressing', 'Unknown'));
      expect(paused?.status).toMatchObject({ revision: 1, replicas: 3 });
      await edit(plural, 'web', { replicas: 2 });
      await settled(plural, 'web', one => one.status?.['replicas'] === 2);
      expect((await apps()).map(imageOf)).toEqual(['v1', 'v1']);
      await edit(plural, 'web', { paused: false });
      await complete(plural, 'web');
      expect((await apps()).map(imageOf)).toEqual(['v2', 'v2']);
    });

    it('stays rolled out when Applications are lost, or more are wanted, later', async () => {
      start();
      await deploy({ replicas: 2, progressDeadlineSeconds: 60, strategy: { rollingUpdate: { maxUnavailable: 0 } } });
      await complete(plural, 'web');
      const [lost] = await apps();
      await ready(lost?.metadata.name ?? '', false);
      await settled(plural, 'web', one => is(one, 'Available', 'False'));
      bench.clock.advance(61_000);
      await edit(plural, 'web', { replicas: 3 });
      const more = await settled(plural, 'web', one => one.status?.['replicas'] === 3);
      expect(findCondition(more?.status?.['conditions'], 'Progressing')).toMatchObject({
        status: 'True',
        reason: 'NewRevisionAvailable',
      });
      expect(is(more, 'Ready', 'False')).toBe(true);
    });

    it('does not take what it loses for progress', async () => {
      start();
      await deploy({ replicas: 2, progressDeadlineSeconds: 60 });
      await settled(plural, 'web', one => one.status?.['replicas'] === 2);
      const [one] = await apps();
      await ready(one?.metadata.name ?? '');
      await settled(plural, 'web', object => object.status?.['readyReplicas'] === 1);
      bench.clock.advance(50_000);
      await ready(one?.metadata.name ?? '', false);
      await settled(plural, 'web', object => object.status?.['readyReplicas'] === 0);
      bench.clock.advance(11_000);
      await annotate(plural, 'web', { poke: '1' });
      await settled(plural, 'web', object => is(object, 'Progressing', 'False'));
    });

    it('is not available while a Recreate has nothing left', async () => {
      start();
      await deploy({ strategy: { type: 'Recreate' } });
      const empty = await settled(plural, 'web', one => one.status?.['replicas'] === 3);
      expect(is(empty, 'Available', 'False')).toBe(true);
    });

    it('goes back to what was before the template that is not in the history yet', async () => {
      start();
      await deploy({ replicas: 1 });
      await complete(plural, 'web');
      await edit(plural, 'web', { template: template('v2') });
      await play(plural, 'web', one => one.status?.['revision'] === 2 && is(one, 'Ready'));
      await bench.change(plural, { namespace, name: 'web' }, one => ({
        ...one,
        metadata: { ...one.metadata, annotations: { 'kubeve.io/rollback-to': '0' } },
        spec: { ...one.spec, template: template('v3') },
      }));
      await play(plural, 'web', one => is(one, 'Ready') && one.metadata.annotations === undefined);
      expect((await apps()).map(imageOf)).toEqual(['v2']);
    });

    it('says when it does not get on, and when it gets on after all', async () => {
      start();
      await deploy({ replicas: 1, progressDeadlineSeconds: 60 });
      await settled(plural, 'web', one => is(one, 'Progressing') && one.status?.['replicas'] === 1);
      bench.clock.advance(61_000);
      await annotate(plural, 'web', { poke: '1' });
      const late = await settled(plural, 'web', one => is(one, 'Progressing', 'False'));
      expect(findCondition(late?.status?.['conditions'], 'Progressing')?.['reason']).toBe('ProgressDeadlineExceeded');
      await complete(plural, 'web');
    });

    it('counts as available what was ready for long enough', async () => {
      start();
      await deploy({ replicas: 1, minReadySeconds: 30 });
      await play(plural, 'web', one => one.status?.['readyReplicas'] === 1);
      expect((await bench.get(plural, { namespace, name: 'web' })).status?.['availableReplicas']).toBe(0);
      bench.clock.advance(30_000);
      await annotate(plural, 'web', { poke: '1' });
      await settled(plural, 'web', one => is(one, 'Ready'));
    });

    it('takes in orphans that it selects, and lets go what it no longer does', async () => {
      await bench.create('applications', {
        metadata: { namespace, name: 'stray', labels: { app: 'web' } },
        spec: template('v0').spec,
      });
      start();
      await deploy({ replicas: 2 });
      await complete(plural, 'web');
      expect((await apps()).map(imageOf)).toEqual(['v1', 'v1']);
      const [one] = await apps();
      const { name = '' } = one?.metadata ?? {};
      await bench.change('applications', { namespace, name }, app => ({
        ...app,
        metadata: { ...app.metadata, labels: { app: 'debug' } },
      }));
      await bench.until('applications', { namespace, name }, app => app?.metadata.ownerReferences === undefined);
      await play(plural, 'web', object => is(object, 'Ready'));
      await until(async () => expect((await apps()).length).toBe(3));
    });

    it('takes everything with it, or leaves it to itself', async () => {
      start();
      await deploy();
      await complete(plural, 'web');
      await bench.delete(plural, { namespace, name: 'web' }, 'Orphan');
      await bench.gone(plural, { namespace, name: 'web' });
      expect(await apps()).toHaveLength(3);
      await deploy();
      const again = await complete(plural, 'web');
      expect(again.status?.['revision']).toBeGreaterThan(0);
      await until(async () => expect((await apps()).length).toBe(3));
      await bench.delete(plural, { namespace, name: 'web' }, 'Foreground');
      await bench.gone(plural, { namespace, name: 'web' });
      expect(await apps()).toEqual([]);
      expect(await bench.list('applicationrevisions', namespace)).toEqual([]);
    });

    it('keeps no more history than it may', async () => {
      start();
      await deploy({ replicas: 1, revisionHistoryLimit: 1 });
      for (const version of ['v2', 'v3', 'v4']) {
        await complete(plural, 'web');
        await edit(plural, 'web', { template: template(version) });
      }
      await complete(plural, 'web');
      await until(async () =>
        expect((await bench.list('applicationrevisions', namespace)).map(one => one.spec?.['revision']).sort()).toEqual(
          [3, 4],
        ),
      );
    });

    it('gives another hash to what would share a name', async () => {
      start();
      const first = await deploy({ replicas: 1 });
      await complete(plural, 'web');
      const [taken] = await bench.list('applicationrevisions', namespace);
      await bench.delete(plural, { namespace, name: 'web' });
      await bench.gone('applicationrevisions', { namespace, name: taken?.metadata.name ?? '' });
      await bench.create('applicationrevisions', {
        metadata: { namespace, name: taken?.metadata.name ?? '' },
        spec: { revision: 1, template: {} },
      });
      await bench.create(plural, { metadata: { namespace, name: 'web' }, spec: first.spec ?? {} });
      const done = await complete(plural, 'web');
      expect(done.status?.['collisionCount']).toBe(1);
      const [app] = await apps();
      expect(app?.metadata.labels?.[hashLabel]).not.toBe(taken?.metadata.labels?.[hashLabel]);
    });
  });

  it('comes to what is asked for, whatever happens on the way', async () => {
    const plural = 'applicationdeployments';
    const step = fc.oneof(
      fc.record({ replicas: fc.nat(4) }),
      fc.record({ paused: fc.boolean() }),
      fc.constantFrom('v1', 'v2', 'v3').map(version => ({ template: template(version) })),
      fc.constant('delete' as const),
      fc.constant('fail' as const),
      fc.constant('back' as const),
    );
    start();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async steps => {
        run += 1;
        const name = `web${run}`;
        await bench.create(plural, {
          metadata: { namespace, name },
          spec: { selector, template: template('v1'), replicas: 2 },
        });
        for (const one of steps) {
          const [victim] = await apps();
          if (one === 'back') await annotate(plural, name, { 'kubeve.io/rollback-to': '0' });
          else if (typeof one === 'object') await edit(plural, name, one);
          else if (victim && one === 'delete')
            await bench.delete('applications', victim.metadata).catch(() => undefined);
          else if (victim) await ready(victim.metadata.name, false).catch(() => undefined);
          await new Promise(resolve => setTimeout(resolve, 15));
        }
        await edit(plural, name, { paused: false });
        const done = await play(plural, name, one => is(one, 'Ready') && one.metadata.annotations === undefined);
        const wanted = imageOf({
          ...done,
          spec: (done.spec?.['template'] as { spec: JsonMap } | undefined)?.spec ?? {},
        });
        expect((await apps()).map(imageOf)).toEqual(new Array(done.spec?.['replicas']).fill(wanted));
        await bench.delete(plural, { namespace, name }, 'Foreground');
        await bench.gone(plural, { namespace, name });
      }),
      { numRuns: 12 },
    );
  });

  describe('ApplicationDaemonSet', () => {
    const plural = 'applicationdaemonsets';
    const device = (name: string, spec: JsonMap = {}, labels: Record<string, string> = {}) =>
      bench.create('devices', { metadata: { namespace, name, labels }, spec });
    const placed = async () => (await apps()).map(app => `${app.status?.['device']}:${imageOf(app)}`).sort();

    it('puts one on every Device that matches, and follows Devices', async () => {
      start();
      await device('a');
      await device('b', { unschedulable: true });
      await device('c', { taints: [{ key: 'lab', effect: 'NoSchedule' }] });
      await bench.create(plural, {
        metadata: { namespace, name: 'web' },
        spec: { selector, template: template('v1') },
      });
      const done = await complete(plural, 'web');
      expect(done.status).toMatchObject({ desiredNumberScheduled: 2, numberAvailable: 2, updatedNumberScheduled: 2 });
      expect(await placed()).toEqual(['a:v1', 'b:v1']);
      await device('d');
      await play(plural, 'web', one => is(one, 'Ready') && one.status?.['desiredNumberScheduled'] === 3);
      expect(await placed()).toEqual(['a:v1', 'b:v1', 'd:v1']);
      await bench.delete('devices', { namespace, name: 'a' });
      await play(plural, 'web', one => is(one, 'Ready') && one.status?.['desiredNumberScheduled'] === 2);
      expect(await placed()).toEqual(['b:v1', 'd:v1']);
      await edit(plural, 'web', { template: template('v2') });
      await play(plural, 'web', one => is(one, 'Ready') && one.status?.['revision'] === 2);
      expect(await placed()).toEqual(['b:v2', 'd:v2']);
    });

    it('counts as misscheduled what only stays', async () => {
      start();
      await device('a');
      await bench.create(plural, {
        metadata: { namespace, name: 'web' },
        spec: { selector, template: template('v1') },
      });
      await complete(plural, 'web');
      await bench.change('devices', { namespace, name: 'a' }, one => ({
        ...one,
        spec: { ...one.spec, taints: [{ key: 'lab', effect: 'NoSchedule' }] },
      }));
      const kept = await settled(plural, 'web', one => one.status?.['desiredNumberScheduled'] === 0);
      expect(kept?.status).toMatchObject({ numberMisscheduled: 1, currentNumberScheduled: 0 });
      expect(await placed()).toEqual(['a:v1']);
    });

    it('leaves Devices that no longer match', async () => {
      start();
      await device('a', {}, { zone: 'x' });
      await bench.create(plural, {
        metadata: { namespace, name: 'web' },
        spec: { selector, template: template('v1', { nodeSelector: { zone: 'x' } }) },
      });
      await complete(plural, 'web');
      await bench.change('devices', { namespace, name: 'a' }, one => ({
        ...one,
        metadata: { ...one.metadata, labels: { zone: 'y' } },
      }));
      await play(plural, 'web', one => is(one, 'Ready') && one.status?.['desiredNumberScheduled'] === 0);
      expect(await apps()).toEqual([]);
    });

    it('comes to what is asked for, whatever happens on the way', async () => {
      const zones = fc.constantFrom('x', 'y');
      const step = fc.oneof(
        fc
          .constantFrom('v1', 'v2', 'v3')
          .map(version => ({ template: template(version, { nodeSelector: { zone: 'x' } }) })),
        fc
          .constantFrom({ maxUnavailable: 1 }, { maxUnavailable: '50%' }, { maxUnavailable: 0, maxSurge: 1 })
          .map(rollingUpdate => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } })),
        fc.record({ device: fc.nat(3), zone: zones }),
        fc.record({ device: fc.nat(3), taint: fc.constantFrom('NoSchedule', 'NoExecute') }),
        fc.constantFrom('delete' as const, 'fail' as const, 'back' as const),
      );
      start();
      const all = ['d0', 'd1', 'd2', 'd3'];
      for (const name of all) await device(name, {}, { zone: 'x' });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async steps => {
          run += 1;
          const name = `set${run}`;
          const change = (at: number, zone: string, effects: string[]) =>
            bench.change('devices', { namespace, name: `d${at}` }, one => ({
              ...one,
              metadata: { ...one.metadata, labels: { zone } },
              spec: { taints: effects.map(effect => ({ key: 'lab', effect })) },
            }));
          for (const at of all.keys()) await change(at, 'x', []);
          await bench.create(plural, {
            metadata: { namespace, name },
            spec: { selector, template: template('v1', { nodeSelector: { zone: 'x' } }) },
          });
          for (const one of steps) {
            const [victim] = await apps();
            if (one === 'back') await annotate(plural, name, { 'kubeve.io/rollback-to': '0' });
            else if (one === 'delete' || one === 'fail') {
              if (victim && one === 'delete')
                await bench.delete('applications', victim.metadata).catch(() => undefined);
              else if (victim) await ready(victim.metadata.name, false).catch(() => undefined);
            } else if ('zone' in one) await change(one.device, one.zone, []);
            else if ('taint' in one) await change(one.device, 'x', [one.taint]);
            else await edit(plural, name, one as JsonMap);
            await new Promise(resolve => setTimeout(resolve, 15));
          }
          for (const at of all.keys()) await change(at, 'x', []);
          const done = await play(
            plural,
            name,
            one =>
              is(one, 'Ready') &&
              one.metadata.annotations === undefined &&
              one.status?.['desiredNumberScheduled'] === 4 &&
              one.status?.['numberMisscheduled'] === 0,
          );
          const { template: last } = done.spec ?? {};
          const image = imageOf({ ...done, spec: (last as { spec: JsonMap } | undefined)?.spec ?? {} });
          await until(async () => expect(await placed()).toEqual(all.map(at => `${at}:${image}`)));
          await bench.delete(plural, { namespace, name }, 'Foreground');
          await bench.gone(plural, { namespace, name });
        }),
        { numRuns: 8 },
      );
    });
  });

  describe('ApplicationStatefulSet', () => {
    const plural = 'applicationstatefulsets';
    const claims = [{ metadata: { name: 'data' }, spec: { resources: { requests: { storage: '1Gi' } } } }];
    const make = (spec: JsonMap = {}) =>
      bench.create(plural, {
        metadata: { namespace, name: 'web' },
        spec: { selector, template: template('v1'), replicas: 3, volumeClaimTemplates: claims, ...spec },
      });
    const names = async () => (await apps()).map(app => `${app.metadata.name}:${imageOf(app)}`);

    it('makes them in order, each with its claims', async () => {
      start();
      await make();
      await settled(plural, 'web', one => one.status?.['replicas'] === 0 || one.status?.['replicas'] === 1);
      await until(async () => expect(await names()).toEqual(['web-0:v1']));
      const done = await complete(plural, 'web');
      expect(await names()).toEqual(['web-0:v1', 'web-1:v1', 'web-2:v1']);
      expect(done.status).toMatchObject({ replicas: 3, currentReplicas: 3, updatedReplicas: 3, selector: 'app=web' });
      expect(done.status?.['currentRevision']).toBe(done.status?.['updateRevision']);
      expect((await bench.list('persistentvolumeclaims', namespace)).map(one => one.metadata.name)).toEqual([
        'data-web-0',
        'data-web-1',
        'data-web-2',
      ]);
      const [one] = await apps();
      expect(one?.spec?.['volumes']).toEqual([{ name: 'data', persistentVolumeClaim: { claimName: 'data-web-0' } }]);
      expect(one?.metadata.labels).toMatchObject({
        'apps.kubernetes.io/pod-index': '0',
        'statefulset.kubernetes.io/pod-name': 'web-0',
      });
      await edit(plural, 'web', { replicas: 1 });
      await play(plural, 'web', object => is(object, 'Ready') && object.status?.['replicas'] === 1);
      expect(await names()).toEqual(['web-0:v1']);
      expect(await bench.list('persistentvolumeclaims', namespace)).toHaveLength(3);
    });

    it('updates from the end down to its partition', async () => {
      start();
      await make({ podManagementPolicy: 'Parallel' });
      await complete(plural, 'web');
      await edit(plural, 'web', {
        template: template('v2'),
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
      });
      const part = await play(plural, 'web', one => is(one, 'Ready') && one.status?.['updatedReplicas'] === 1);
      expect(await names()).toEqual(['web-0:v1', 'web-1:v1', 'web-2:v2']);
      expect(part.status?.['currentRevision']).not.toBe(part.status?.['updateRevision']);
      await edit(plural, 'web', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } });
      await play(plural, 'web', one => is(one, 'Ready') && one.status?.['updatedReplicas'] === 3);
      expect(await names()).toEqual(['web-0:v2', 'web-1:v2', 'web-2:v2']);
    });

    it('lets claims go with their number, and the others with the set, when it is told to', async () => {
      start();
      await make({ persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Delete' } });
      await complete(plural, 'web');
      await edit(plural, 'web', { replicas: 1 });
      await play(plural, 'web', one => is(one, 'Ready') && one.status?.['replicas'] === 1);
      await until(async () =>
        expect(
          (await bench.list('persistentvolumeclaims', namespace))
            .filter(one => one.metadata.deletionTimestamp === undefined)
            .map(one => one.metadata.name),
        ).toEqual(['data-web-0']),
      );
      await bench.delete(plural, { namespace, name: 'web' });
      await until(async () =>
        expect(
          (await bench.list('persistentvolumeclaims', namespace)).filter(
            one => one.metadata.deletionTimestamp === undefined,
          ),
        ).toEqual([]),
      );
    });

    it('leaves claims alone when it is told so after all', async () => {
      start();
      await make({ replicas: 2, persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } });
      await complete(plural, 'web');
      const owners = async () =>
        (await bench.list('persistentvolumeclaims', namespace)).map(one => one.metadata.ownerReferences?.length ?? 0);
      await until(async () => expect(await owners()).toEqual([1, 1]));
      await edit(plural, 'web', { replicas: 1 });
      await play(plural, 'web', one => is(one, 'Ready') && one.status?.['replicas'] === 1);
      await bench.change(plural, { namespace, name: 'web' }, ({ spec, ...one }) => {
        const { persistentVolumeClaimRetentionPolicy: _, ...rest } = spec ?? {};
        return { ...one, spec: rest };
      });
      await until(async () => expect(await owners()).toEqual([0, 0]));
    });

    it('waits for a claim that goes with the former Application of a number', async () => {
      bench.run(createWorkloads(bench));
      bench.run(createScheduler(bench));
      await make({ replicas: 1, persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } });
      await complete(plural, 'web');
      await edit(plural, 'web', { replicas: 0 });
      await play(plural, 'web', one => is(one, 'Ready') && one.status?.['replicas'] === 0);
      // The claim belongs to an Application that is gone, and nobody has collected it yet.
      const before = await bench.get('persistentvolumeclaims', { namespace, name: 'data-web-0' });
      await edit(plural, 'web', { replicas: 1 });
      await until(async () =>
        expect((await bench.events('web')).map(one => one.message).join()).toContain(
          'PersistentVolumeClaim "data-web-0" is being deleted',
        ),
      );
      expect(await names()).toEqual([]);
      bench.run(createGarbage(bench));
      bench.run(createClaims(bench));
      await complete(plural, 'web');
      const after = await bench.get('persistentvolumeclaims', { namespace, name: 'data-web-0' });
      expect(after.metadata.uid).not.toBe(before.metadata.uid);
      expect(await names()).toEqual(['web-0:v1']);
    });

    it('comes to what is asked for, whatever happens on the way', async () => {
      const step = fc.oneof(
        fc.record({ replicas: fc.nat(4) }),
        fc.record({ ordinals: fc.record({ start: fc.nat(2) }) }),
        fc.constantFrom('v1', 'v2', 'v3').map(version => ({ template: template(version) })),
        fc
          .record({ partition: fc.nat(3), maxUnavailable: fc.constantFrom(1, 2, '50%') })
          .map(rollingUpdate => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } })),
        fc.constantFrom('delete' as const, 'fail' as const, 'back' as const),
      );
      start();
      bench.run(createClaims(bench));
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('OrderedReady', 'Parallel'),
          fc.constantFrom('Retain', 'Delete'),
          fc.array(step, { minLength: 1, maxLength: 6 }),
          async (podManagementPolicy, whenScaled, steps) => {
            run += 1;
            const name = `set${run}`;
            await bench.create(plural, {
              metadata: { namespace, name },
              spec: {
                selector,
                template: template('v1'),
                replicas: 2,
                podManagementPolicy,
                volumeClaimTemplates: claims,
                persistentVolumeClaimRetentionPolicy: { whenScaled, whenDeleted: 'Delete' },
              },
            });
            for (const one of steps) {
              const [victim] = await apps();
              if (one === 'back') await annotate(plural, name, { 'kubeve.io/rollback-to': '0' });
              else if (typeof one === 'object') await edit(plural, name, one as JsonMap);
              else if (victim && one === 'delete')
                await bench.delete('applications', victim.metadata).catch(() => undefined);
              else if (victim) await ready(victim.metadata.name, false).catch(() => undefined);
              await new Promise(resolve => setTimeout(resolve, 15));
            }
            await edit(plural, name, { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } });
            const done = await play(
              plural,
              name,
              one =>
                is(one, 'Ready') &&
                one.metadata.annotations === undefined &&
                one.status?.['currentRevision'] === one.status?.['updateRevision'],
            );
            const { replicas = 0, ordinals, template: last } = done.spec ?? {};
            const first = Number((ordinals as { start?: number } | undefined)?.start ?? 0);
            const image = imageOf({ ...done, spec: (last as { spec: JsonMap } | undefined)?.spec ?? {} });
            const wanted = Array.from({ length: Number(replicas) }, (_, at) => first + at);
            expect(await names()).toEqual(wanted.map(at => `${name}-${at}:${image}`));
            const held = () => bench.list('persistentvolumeclaims', namespace);
            // What an Application took with it is gone; what nobody had when its number became too much is the set's.
            await until(async () => {
              const owners = (await held()).flatMap(one => one.metadata.ownerReferences ?? []);
              expect(owners.map(({ kind }) => kind)).not.toContain('Application');
            });
            expect((await held()).map(one => one.metadata.name)).toEqual(
              expect.arrayContaining(wanted.map(at => `data-${name}-${at}`)),
            );
            await bench.delete(plural, { namespace, name }, 'Foreground');
            await bench.gone(plural, { namespace, name });
            await until(async () => expect(await held()).toEqual([]));
          },
        ),
        { numRuns: 8 },
      );
    });
  });
});
