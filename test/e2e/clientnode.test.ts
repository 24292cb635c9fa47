import { setTimeout as sleep } from 'node:timers/promises';
import type * as Client from '@kubernetes/client-node';
import type { CoreV1Api, KubeConfig, V1ConfigMap } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRelay, type Relay } from '../support/relay.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const major = Number(process.versions.node.split('.')[0]);
/** Its second generation is for Node 22 and later. */
const generations = [
  { name: '@kubernetes/client-node', generation: 1 },
  { name: 'client-node-2', generation: 2 },
].filter(({ generation }) => {
  const isFit = generation === 1 || major >= 22;
  if (!isFit) process.stderr.write(`left out: @kubernetes/client-node 2, which needs Node 22\n`);
  return isFit;
});

/** @kubernetes/client-node, unchanged, over a network that cuts its connections again and again. */
describe.each(generations)('@kubernetes/client-node $generation', ({ name: module }) => {
  let client: typeof Client;
  let server: TestServer;
  let relay: Relay;
  let near: CoreV1Api;
  let far: KubeConfig;
  beforeAll(async () => {
    // Both generations offer what is used here in one form.
    client = (await import(module)) as typeof Client;
    server = await startServer();
    relay = await openRelay(server.url);
    near = configOf(client, server.kubeconfig).makeApiClient(client.CoreV1Api);
    far = configOf(client, server.kubeconfig, relay.url);
  });
  afterAll(async () => {
    await relay?.close();
    await server?.close();
  });

  const namespaceOf = async (name: string): Promise<string> => {
    await near.createNamespace({ body: { metadata: { name } } });
    return name;
  };

  /** Creates, changes and deletes, and returns the version of every write. */
  const write = async (namespace: string, names: number, rounds: number): Promise<string[]> => {
    const versions: string[] = [];
    const note = (object: V1ConfigMap) => versions.push(object.metadata?.resourceVersion ?? '');
    for (let round = 0; round < rounds; round += 1)
      for (let at = 0; at < names; at += 1) {
        const name = `c${at}`;
        const body = { metadata: { name }, data: { round: `${round}` } };
        if (round === 0) note(await near.createNamespacedConfigMap({ namespace, body }));
        else if ((at + round) % 5 !== 4) note(await near.replaceNamespacedConfigMap({ namespace, name, body }));
        else {
          await near.deleteNamespacedConfigMap({ namespace, name });
          note(await near.createNamespacedConfigMap({ namespace, body }));
        }
      }
    return versions;
  };

  /** Cuts all connections every now and then while something goes on. */
  const whileCutting = async <T>(work: Promise<T>): Promise<T> => {
    let isOver = false;
    const done = work.finally(() => {
      isOver = true;
    });
    for (let turn = 0; !isOver; turn += 1) {
      await Promise.race([done, sleep(30 + ((turn * 37) % 120))]);
      relay.cut();
    }
    return done;
  };

  it('has an informer that ends with what the server has', async () => {
    const namespace = await namespaceOf('informed');
    const api = far.makeApiClient(client.CoreV1Api);
    const informer = client.makeInformer(far, `/api/v1/namespaces/${namespace}/configmaps`, () =>
      api.listNamespacedConfigMap({ namespace }),
    );
    let isOpen = true;
    const restart = (): void => {
      if (isOpen) setTimeout(() => informer.start().catch(restart), 5);
    };
    informer.on('error', restart);
    const folded = new Map<string, string | undefined>();
    const keep = (one: V1ConfigMap) => folded.set(one.metadata?.name ?? '', one.metadata?.resourceVersion);
    informer.on('add', keep);
    informer.on('update', keep);
    informer.on('delete', one => folded.delete(one.metadata?.name ?? ''));
    await informer.start();
    const before = relay.cuts();
    await whileCutting(write(namespace, 20, 12));
    await until(async () => {
      const items = (await near.listNamespacedConfigMap({ namespace })).items;
      const truth = new Map(items.map(one => [one.metadata?.name ?? '', one.metadata?.resourceVersion]));
      expect(folded).toEqual(truth);
      expect(new Map(informer.list().map(one => [one.metadata?.name, one.metadata?.resourceVersion]))).toEqual(truth);
    });
    expect(relay.cuts() - before).toBeGreaterThan(5);
    isOpen = false;
    await informer.stop();
  });

  it('misses no event of a watch that it resumes, and sees none twice', async () => {
    const namespace = await namespaceOf('watched');
    const watch = new client.Watch(far);
    let last = (await near.listNamespacedConfigMap({ namespace })).metadata?.resourceVersion ?? '';
    const seen: string[] = [];
    let isOpen = true;
    let current: AbortController | undefined;
    const resume = (): void => {
      if (!isOpen) return;
      watch
        .watch(
          `/api/v1/namespaces/${namespace}/configmaps`,
          { resourceVersion: last, allowWatchBookmarks: true },
          (type: string, object: V1ConfigMap) => {
            last = object.metadata?.resourceVersion ?? last;
            if (isWritten(object) && (type === 'ADDED' || type === 'MODIFIED')) seen.push(last);
          },
          () => setTimeout(resume, 5),
        )
        .then(
          one => {
            current = one;
          },
          () => setTimeout(resume, 5),
        );
    };
    resume();
    const versions = (await whileCutting(write(namespace, 15, 12))).filter(
      (version, at, all) => all.indexOf(version) === at && version !== all[at - 1],
    );
    await until(() => expect(seen.at(-1)).toBe(versions.at(-1)));
    expect(seen).toEqual(versions);
    isOpen = false;
    current?.abort();
  });

  it('reads and writes objects of kinds that it does not know', async () => {
    const namespace = await namespaceOf('unknown-kinds');
    const api = far.makeApiClient(client.CustomObjectsApi);
    const at = { group: 'eve.lfedge.org', version: 'v1beta1', namespace, plural: 'devices' };
    await api.createNamespacedCustomObject({
      ...at,
      body: { apiVersion: 'eve.lfedge.org/v1beta1', kind: 'Device', metadata: { name: 'a' }, spec: { serial: 'X1' } },
    });
    // The client types what it does not know as anything.
    const list = (await api.listNamespacedCustomObject(at)) as { items: { spec: { serial: string } }[] };
    expect(list.items.map(one => one.spec.serial)).toEqual(['X1']);
  });
});

/** Every namespace has a ConfigMap that nobody here wrote. */
const isWritten = ({ metadata }: V1ConfigMap): boolean => metadata?.name !== 'kube-root-ca.crt';

const configOf = ({ KubeConfig }: typeof Client, path: string, server?: string): KubeConfig => {
  const config = new KubeConfig();
  config.loadFromFile(path);
  if (server !== undefined) config.clusters = config.clusters.map(one => ({ ...one, server }));
  return config;
};
