import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Behind, type BehindParts, openBehind, standing } from '../../functions/behind.ts';
import { openBundle } from '../../functions/identity/bundle.ts';
import { openIdentity, recallIdentity } from '../../functions/identity/identity.ts';
import { rotate } from '../../functions/identity/rotate.ts';
import { openTokenKeys } from '../../functions/identity/tokenkeys.ts';
import { openObjects } from '../../functions/objects.ts';
import { delay } from '../../shared/base/delay.ts';
import type { ApiObject } from '../../shared/base/object.ts';
import { createLeadership } from '../../shared/controllers/leadership.ts';
import { controllerUser } from '../../shared/kube/access/user.ts';
import type { Registry } from '../../shared/kube/registry/registry.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { createMemoryTelemetry } from '../../shared/telemetry/drivers/memory.ts';
import { createTestPorts } from '../support/ports.ts';
import { createTableStream } from '../support/tablestream.ts';
import { until } from '../support/until.ts';

const bundle = openBundle();
const setup = createTestPorts(Date.now());
openIdentity(bundle, ['localhost'], setup);
openTokenKeys(bundle);
const { signal } = new AbortController();
const clock = { now: () => Date.now() };
const user = { user: controllerUser };

describe('openBehind', () => {
  let registry: Registry;
  let behind: Behind;
  let news: ReturnType<typeof createTableStream>;
  let open: (name: string, more?: Partial<BehindParts>) => Behind;
  /** Hears of each configuration that is written. */
  let onConfig: () => void;
  beforeEach(async () => {
    const ports = { ...createTestPorts(), clock };
    const memory = createMemoryStore({ clock });
    onConfig = () => undefined;
    const store: typeof memory = {
      ...memory,
      async commit(type, write, options) {
        if (type === 'configs') onConfig();
        return memory.commit(type, write, options);
      },
    };
    const telemetry = createMemoryTelemetry();
    const outbound = { get: vi.fn(), post: vi.fn() };
    const parts = { ports, store, telemetry, outbound, identity: recallIdentity(bundle), keys: openTokenKeys(bundle) };
    open = (name, more = {}) => openBehind({ ...parts, ...more, name });
    registry = openObjects(parts).registry;
    behind = open('compose-1');
    news = createTableStream(store, () => [
      ...new Set(registry.catalog.all().map(type => type.storage)),
      'configs',
      'remainders',
    ]);
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  /** Calls it with what the stream tells, as often as it tells something: as many calls as it took. */
  const flow = async (each = behind): Promise<number> => {
    for (let calls = 0; calls < 20; calls += 1) {
      const changes = await news();
      if (changes.every(({ type }) => type.includes('/leases'))) return calls;
      const { failed, failing } = await each.follow({ changes, reported: false }, signal);
      expect([...failed, ...failing]).toEqual([]);
    }
    throw new Error('there is always something to follow');
  };
  const create = (group: string, plural: string, object: Partial<ApiObject> & Pick<ApiObject, 'metadata'>) => {
    const type = registry.catalog.get(group, plural);
    const apiVersion = group === '' ? type.version : `${group}/${type.version}`;
    return registry.create(type, { apiVersion, kind: type.kind, ...object }, user);
  };
  const find = (group: string, plural: string, name: string, namespace?: string) =>
    registry.find(registry.catalog.get(group, plural), { name, namespace });
  const device = (name: string) =>
    create('eve.lfedge.org', 'devices', { metadata: { namespace: 'default', name }, spec: { serial: `S-${name}` } });

  it('begins an installation when it is called first', async () => {
    expect([...(await behind.tick(signal))]).toEqual([]);
    expect(await find('', 'namespaces', 'kube-system')).toBeDefined();
    expect(await find('', 'serviceaccounts', 'default', 'kube-system')).toBeDefined();
  });

  it('follows what happened to its end, and then there is nothing to do', async () => {
    await behind.tick(signal);
    await flow();
    await create('', 'namespaces', { metadata: { name: 'site' } });
    await device('lab');
    expect(await flow()).toBeGreaterThan(0);
    expect(await find('', 'configmaps', 'kube-root-ca.crt', 'site')).toBeDefined();
    expect((await find('eve.lfedge.org', 'deviceconfigs', 'lab', 'default'))?.status?.['version']).toBe(1);
    const { revision } = await registry.list(registry.catalog.get('eve.lfedge.org', 'devices')).then(list => ({
      revision: list.resourceVersion,
    }));
    await behind.tick(signal);
    expect(await flow()).toBeLessThan(3);
    expect((await registry.list(registry.catalog.get('eve.lfedge.org', 'devices'))).resourceVersion).toBe(revision);
  });

  it('may be called twice with the same, and by two at once', async () => {
    await behind.tick(signal);
    await flow();
    const other = open('compose-2');
    await create('eve.lfedge.org', 'applicationdeployments', {
      metadata: { namespace: 'default', name: 'web' },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'b' }] } },
      },
    });
    for (const name of ['one', 'two', 'three', 'four']) await device(name);
    for (let round = 0; round < 6; round += 1) {
      const changes = await news();
      const call = (each: Behind) => each.follow({ changes, reported: false }, signal);
      await Promise.all([call(behind), call(other), call(behind)].map(one => one.catch(() => undefined)));
    }
    await flow(other);
    const { items } = await registry.list(registry.catalog.get('eve.lfedge.org', 'applications'));
    expect(items).toHaveLength(3);
    expect(items.filter(item => item.status?.['device'])).toHaveLength(3);
  });

  it('tells devices of new certificates, and never of old ones again', async () => {
    await behind.tick(signal);
    await device('lab');
    await flow();
    const told = async () => {
      const config = (await find('eve.lfedge.org', 'deviceconfigs', 'lab', 'default'))?.status?.['config'];
      return (config as { controllercertConfighash?: string } | undefined)?.controllercertConfighash;
    };
    const before = await told();
    expect(before).toBeTypeOf('string');
    const rotated = openBundle(bundle.toText());
    rotate(rotated, 'signing');
    rotate(rotated, 'ecdh');
    openIdentity(rotated, ['localhost'], setup);
    const former = recallIdentity(bundle);
    const latest = recallIdentity(rotated);
    // One that has read the new ones, and one that will not look by itself for long.
    const fresh = open('sweep-1', { identity: latest, renew: async () => latest });
    const asked: (number | undefined)[] = [];
    const stale = open('compose-3', {
      identity: former,
      renew: async maxAgeMs => {
        asked.push(maxAgeMs);
        return maxAgeMs === 0 ? latest : former;
      },
    });
    await fresh.tick(signal);
    const after = await told();
    expect(after).not.toBe(before);
    await device('other');
    await flow(stale);
    expect(await told()).toBe(after);
    expect(asked).toContain(0);
    await fresh.tick(signal);
    await stale.tick(signal);
    expect(await told()).toBe(after);
  });

  it('goes on in later calls with a change that concerns more devices than one has time for', async () => {
    await behind.tick(signal);
    const names = Array.from({ length: 40 }, (_, at) => `box-${at}`);
    for (const name of names) await device(name);
    await create('', 'configmaps', {
      metadata: { namespace: 'kube-system', name: 'eve-global-options' },
      data: { 'timer.config.interval': '60' },
    });
    await flow();
    const versionOf = async (name: string) =>
      Number((await find('eve.lfedge.org', 'deviceconfigs', name, 'default'))?.status?.['version']);
    const before = await Promise.all(names.map(versionOf));
    const type = registry.catalog.get('', 'configmaps');
    await registry.update(
      type,
      { namespace: 'kube-system', name: 'eve-global-options' },
      current => ({ ...current, data: { 'timer.config.interval': '77' } }),
      user,
    );
    let calls = 0;
    for (let changes = await news(); changes.length > 0; changes = await news()) {
      calls += 1;
      expect(calls).toBeLessThan(50);
      const stop = new AbortController();
      let left = 5;
      onConfig = () => {
        left -= 1;
        if (left === 0) stop.abort();
      };
      const { failed } = await behind.follow({ changes, reported: false }, stop.signal);
      expect([...failed]).toEqual([]);
    }
    expect(calls).toBeGreaterThan(2);
    expect(await Promise.all(names.map(versionOf))).toEqual(before.map(version => version + 1));
  });

  it('waits by time for one that follows for long, and does it then', async () => {
    await behind.tick(signal);
    await create('', 'namespaces', { metadata: { name: 'site' } });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const leadership = createLeadership({ registry, log: setup.log, clock, identity: 'compose-9' });
    let end = (): void => {};
    const following = leadership.once(() => new Promise(resolve => (end = resolve)), { patienceMs: 0 });
    await vi.advanceTimersByTimeAsync(100);
    let isOver = false;
    const ticking = behind.tick(signal).finally(() => (isOver = true));
    await vi.advanceTimersByTimeAsync(45_000);
    expect(isOver).toBe(false);
    expect(await find('', 'configmaps', 'kube-root-ca.crt', 'site')).toBeUndefined();
    end();
    while (!isOver) await vi.advanceTimersByTimeAsync(10);
    await following;
    expect([...(await ticking)]).toEqual([]);
    expect(await find('', 'configmaps', 'kube-root-ca.crt', 'site')).toBeDefined();
  });

  it('leaves it to a process that runs all the time', async () => {
    await behind.tick(signal);
    await flow();
    const stop = new AbortController();
    const { log } = setup;
    const leading = createLeadership({ registry, log, clock, identity: `${standing}1` }).lead(
      own => delay(60_000, own),
      stop.signal,
    );
    await until(async () =>
      expect((await find('coordination.k8s.io', 'leases', 'kubeve-controllers', 'kube-system'))?.spec).toMatchObject({
        holderIdentity: `${standing}1`,
      }),
    );
    await create('', 'namespaces', { metadata: { name: 'site' } });
    const changes = await news();
    const answer = await behind.follow({ changes, reported: false }, signal);
    expect([...answer.failing]).toEqual([]);
    expect(await find('', 'configmaps', 'kube-root-ca.crt', 'site')).toBeUndefined();
    stop.abort();
    await leading;
  });
});
