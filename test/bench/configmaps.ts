import type { Kube } from './kube.ts';
import { Connection, request, type Target } from './wire.ts';

export const namespace = 'bench-api';
export const collection = `/api/v1/namespaces/${namespace}/configmaps`;

/** An object of 1 KB: eight values of some hundred bytes. */
export const configMap = (name: string, value = '') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels: { app: 'bench' } },
  data: Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`key-${index}`, value.padEnd(96, 'x')])),
});

export const nameOf = (index: number): string => `object-${String(index).padStart(6, '0')}`;

export const asJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

export const create = (target: Target, name: string): Buffer =>
  request(target, {
    method: 'POST',
    path: collection,
    contentType: 'application/json',
    body: asJson(configMap(name)),
  });

export const get = (target: Target, path: string): Buffer => request(target, { method: 'GET', path });

export const apply = (target: Target, path: string, object: unknown): Buffer =>
  request(target, {
    method: 'PATCH',
    path: `${path}?fieldManager=bench&force=true`,
    contentType: 'application/apply-patch+yaml',
    body: asJson(object),
  });

/** Makes the objects from number `from` up to, not including, `to`. */
export const grow = async (target: Target, from: number, to: number): Promise<void> => {
  let next = from;
  const worker = async (): Promise<void> => {
    const connection = await Connection.open(target);
    for (let index = next++; index < to; index = next++) {
      const { status, body } = await connection.send(create(target, nameOf(index)));
      if (status !== 201) throw new Error(`create: ${status} ${body.toString()}`);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: 32 }, worker));
};

export const prepare = (kube: Kube): Promise<unknown> =>
  kube.create('/api/v1/namespaces', { metadata: { name: namespace } });
