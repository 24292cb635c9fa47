import { apply, collection, configMap, create, get, grow, nameOf } from './configmaps.ts';
import type { Kube } from './kube.ts';
import { load } from './load.ts';
import type { Target } from './wire.ts';

export const verbs = ['get', 'list', 'create', 'apply', 'watch'] as const;

/** What one verb does in a second at so many clients: requests, or for `watch` events that arrive. */
export const verbRate = async (
  verb: (typeof verbs)[number],
  { target, kube, clients, seconds }: { target: Target; kube: Kube; clients: number; seconds: number },
): Promise<number> => {
  const common = { target, connections: clients, seconds };
  if (verb === 'watch') return events(kube, clients, seconds);
  if (verb === 'get') {
    const requests = Array.from({ length: 100 }, (_, index) => get(target, `${collection}/${nameOf(index)}`));
    return load({ ...common, status: 200, request: (own, count) => pick(requests, own + count) });
  }
  if (verb === 'list') {
    const page = get(target, `${collection}?limit=100`);
    return load({ ...common, status: 200, request: () => page });
  }
  const run = `${verb}-${clients}-${Date.now()}`;
  if (verb === 'create')
    return load({
      ...common,
      status: 201,
      request: (own, count) => create(target, `${run}-${own}-${made++}-${count}`),
    });
  for (let own = 0; own < clients; own++) await kube.create(collection, configMap(`${run}-${own}`));
  return load({
    ...common,
    status: 200,
    request: (own, count) => apply(target, `${collection}/${run}-${own}`, configMap(`${run}-${own}`, String(count))),
  });
};

/** The load runs twice, to warm up and to measure: no name is taken twice. */
let made = 0;

const pick = (requests: readonly Buffer[], index: number): Buffer =>
  requests[index % requests.length] ?? Buffer.alloc(0);

/** Objects that the rates are measured on: the first hundred. */
export const furnishVerbs = (target: Target): Promise<void> => grow(target, 0, 100);

/** Events that arrive at `watchers` of a collection in which one client writes as fast as it can. */
const events = async (kube: Kube, watchers: number, seconds: number): Promise<number> => {
  let arrived = 0;
  const list = await kube.get<{ metadata: { resourceVersion: string } }>(`${collection}?limit=1`);
  const open = await Promise.all(
    Array.from({ length: watchers }, () =>
      kube.watch(`${collection}?watch=true&resourceVersion=${list.metadata.resourceVersion}`, () => {
        arrived++;
      }),
    ),
  );
  const until = performance.now() + seconds * 1000;
  const start = performance.now();
  let written = 0;
  while (performance.now() < until) {
    await kube.merge(`${collection}/${nameOf(written % 100)}`, { data: { 'key-0': `${start}-${written++}` } });
  }
  while (arrived < written * watchers) {
    if (performance.now() > until + 10_000) throw new Error(`${arrived} of ${written * watchers} events came`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  const rate = arrived / ((performance.now() - start) / 1000);
  for (const { stop } of open) stop();
  return rate;
};
