import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toJson } from '../../shared/eve/json.ts';
import { type Kit, startComposer } from './setup.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await startComposer();
});
afterEach(() => kit.stop());

const bareDevice = 'apiVersion: eve.lfedge.org/v1beta1\nkind: Device\nmetadata: {name: nuc}\nspec: {serial: s1}\n';

describe('a Device alone', () => {
  test('is served a configuration that keeps it online', async () => {
    kit.run();
    await kit.apply(bareDevice);
    await kit.composer.idle();
    const config = await kit.config('nuc');
    const { uuid } = (await kit.get('devices', 'nuc')).status ?? {};
    expect(config.id).toEqual({ uuid, version: '1' });
    expect(config.systemAdapterList).toEqual([
      { name: 'eth0', uplink: true, networkUUID: config.networks?.[0]?.id, lowerLayerName: 'eth0' },
    ]);
    console.log(JSON.stringify(toJson('config.EdgeDevConfig', config), null, 1));
    const devcfg = await kit.get('deviceconfigs', 'nuc');
    console.log(JSON.stringify(devcfg.metadata), JSON.stringify((await kit.get('devices', 'nuc')).status, null, 1));
    expect(kit.ports.complaints).toEqual([]);
  });
});
