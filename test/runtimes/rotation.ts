import { expect } from 'vitest';
import { SimulatedDevice } from '../../cli/device/device.ts';
import { openKeys } from '../../cli/device/keys.ts';
import { readPartition } from '../../cli/partition.ts';
import { connect, eve, merge } from '../support/client.ts';
import { secretName } from '../support/cloudservers.ts';
import type { SecretsServer } from '../support/secretsserver.ts';
import type { DeployedSite } from '../support/site.ts';
import { until } from '../support/until.ts';

/**
 * The certificates of a deployed stack are rotated while a device is there and another one is away, on every runtime the same: both
 * go on, and open secrets that were changed since, without anything being deployed or registered anew.
 */
export const rotation = async (site: DeployedSite, secrets: SecretsServer): Promise<void> => {
  const client = connect(site.url, site.data);
  const partition = readPartition(site.partition);
  const create = async (path: string, object: object): Promise<void> => {
    const { status, text } = await client.ask('POST', path, object);
    expect(status, text).toBe(201);
  };
  const lives: (() => Promise<void>)[] = [];
  const live = (serial: string, keys = openKeys()) => {
    const pace = { configMs: 300, metricsMs: 500, logsMs: 60_000, stepMs: 50, retryMs: 300 };
    const device = new SimulatedDevice({ ...partition, serial, keys, pace, say: () => undefined });
    const stop = new AbortController();
    const life = device.run(stop.signal);
    const end = async (): Promise<void> => {
      stop.abort();
      await life;
    };
    lives.push(end);
    return { device, keys, end };
  };
  const userDataOf = ({ device }: { device: SimulatedDevice }, name: string) => device.userData.get(`app-${name}`);
  const exchangeOf = async (name: string): Promise<string | undefined> => {
    const { json } = await client.ask('GET', eve('deviceconfigs', 'default', name));
    const config = json.status?.['config'] as { cipherContexts?: { controllerCertHash: string }[] } | undefined;
    return config?.cipherContexts?.[0]?.controllerCertHash;
  };
  const setSecret = (text: string) =>
    client.ask('PATCH', '/api/v1/namespaces/default/secrets/login', { stringData: { text } }, merge);

  try {
    await create('/apis/storage.k8s.io/v1/storageclasses', {
      metadata: { name: 'hub' },
      provisioner: 'eve',
      parameters: { type: 'container', URL: 'https://index.docker.io' },
    });
    await create('/api/v1/namespaces/default/secrets', {
      metadata: { name: 'login' },
      stringData: { text: 'WORD=first' },
    });
    await create(eve('images'), { metadata: { name: 'nginx' }, spec: { ref: 'library/nginx:1', storageClass: 'hub' } });
    for (const name of ['near', 'away']) {
      await create(eve('devices'), { metadata: { name }, spec: { serial: name, acceptSerialAlone: true } });
      const secret = { name: 'login', key: 'text' };
      const spec = {
        nodeSelector: { name },
        containers: [{ name: 'main', image: 'nginx' }],
        eve: { userData: { secret } },
      };
      await create(eve('applications'), { metadata: { name: `app-${name}` }, spec });
    }
    const near = live('near');
    const away = live('away');
    const both = () => [userDataOf(near, 'near'), userDataOf(away, 'away')];
    await until(() => expect(both()).toEqual(['WORD=first', 'WORD=first']));
    const before = await exchangeOf('near');
    await away.end();

    secrets.keep(secretName, await site.rotate());
    await until(async () => expect(await exchangeOf('near')).not.toBe(before));
    await setSecret('WORD=second');
    await until(() => expect(userDataOf(near, 'near')).toBe('WORD=second'));
    expect(await exchangeOf('away')).toBe(before);

    const back = live('away', away.keys);
    await until(() => expect(userDataOf(back, 'away')).toBe('WORD=second'));
    await until(async () => expect(await exchangeOf('away')).toBe(await exchangeOf('near')));
    expect([...near.device.complaints, ...back.device.complaints]).toEqual([]);
  } finally {
    for (const end of lives) await end();
    client.close();
  }
};
