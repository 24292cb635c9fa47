import { apply, asJson, collection } from './configmaps.ts';
import { costMs } from './cost.ts';
import type { Kube } from './kube.ts';
import { request, type Target } from './wire.ts';

/** Server-side apply of a ConfigMap of 50 KB in 500 fields, one of which changes each time. Milliseconds of processor time. */
export const applyLargeMs = async (pid: number, target: Target, kube: Kube, times: number): Promise<number> => {
  const object = (count: number) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'large' },
    data: Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`key-${index}`, (index === 7 ? `${count}` : '').padEnd(90, 'x')]),
    ),
  });
  await kube.create(collection, object(0));
  return costMs(pid, target, {
    times,
    status: 200,
    make: count => apply(target, `${collection}/large`, object(count)),
  });
};

const crowds = '/apis/bench.kubeve.io/v1/crowds';

/** A kind with a list whose rule compares each with each: what that costs grows with the square of the list. */
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'crowds.bench.kubeve.io' },
  spec: {
    group: 'bench.kubeve.io',
    scope: 'Cluster',
    names: { kind: 'Crowd', plural: 'crowds', singular: 'crowd', listKind: 'CrowdList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  heads: {
                    type: 'array',
                    maxItems: 1000,
                    items: { type: 'integer' },
                    'x-kubernetes-validations': [
                      { rule: 'self.all(a, self.all(b, a <= b || a > b))', message: 'heads are numbers' },
                    ],
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

const crowd = (name: string, size: number) => ({
  apiVersion: 'bench.kubeve.io/v1',
  kind: 'Crowd',
  metadata: { name },
  spec: { heads: Array.from({ length: size }, (_, index) => index) },
});

/** What a rule costs that keeps within its budget, and one that does not: it is refused. Milliseconds of processor time. */
export const rulesMs = async (
  pid: number,
  target: Target,
  kube: Kube,
  times: number,
): Promise<{ none: number; within: number; beyond: number }> => {
  await kube.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  const until = performance.now() + 10_000;
  while (performance.now() < until && !(await kube.get(crowds).then(Boolean, () => false)))
    await new Promise(resolve => setTimeout(resolve, 50));
  let made = 0;
  const create = (size: number, status: number) =>
    costMs(pid, target, {
      times,
      status,
      make: () =>
        request(target, {
          method: 'POST',
          path: crowds,
          contentType: 'application/json',
          body: asJson(crowd(`crowd-${made++}`, size)),
        }),
    });
  return { none: await create(0, 201), within: await create(200, 201), beyond: await create(1000, 422) };
};
