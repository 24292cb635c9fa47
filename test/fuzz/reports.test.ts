import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ApiObject } from '../../shared/base/object.ts';
import { encode } from '../../shared/base/protobuf.ts';
import { type EveMessages, eve } from '../../shared/eve/generated/table.ts';
import { fromMs } from '../../shared/eve/timestamp.ts';
import { bootUuid, claimUuid, contentUuid, instanceUuid } from '../../shared/resources/eve/roles.ts';
import { type Reporter, startReporter } from '../compose/reporter.ts';
import { anyMessage } from './message.ts';

let reporter: Reporter;
let ids: string[];

beforeEach(async () => {
  reporter = await startReporter();
  const { kit, uuid } = reporter;
  await kit.apply(more);
  await kit.composer.composeDevice({ namespace: 'lab', name: 'nuc' });
  const uid = async (plural: string, name: string, group?: string) =>
    (await kit.get(plural, name, group)).metadata.uid ?? '';
  const shop = await uid('applications', 'shop');
  const image = await uid('images', 'web');
  const claim = await uid('persistentvolumeclaims', 'data', '');
  ids = [uuid, instanceUuid(shop, 0, 'c'), bootUuid(shop, 0, 'c'), claimUuid(claim), contentUuid(image), 'lan', 'eth0'];
});

afterEach(() => reporter.stop());

const more = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: eve.lfedge.org/v1beta1
kind: Application
metadata: {name: till}
spec: {containers: [{name: c, image: web, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]}
`;

const kinds = [
  ['info', 'info.ZInfoMsg', 'atTimeStamp'],
  ['metrics', 'metrics.ZMetricMsg', 'atTimeStamp'],
  ['hardwarehealth', 'hardwarehealth.ZHardwareHealth', 'at_time_stamp'],
] as const;

test.each(kinds)('whatever a device says by %s is taken up, and so is what follows', async (kind, name, stamp) => {
  const { kit, telemetry, uuid, settle, send } = reporter;
  let at = kit.ports.clock.now();
  await fc.assert(
    fc.asyncProperty(fc.array(anyMessage(name, ids), { minLength: 20, maxLength: 20 }), async messages => {
      for (const message of messages) {
        at += 1000;
        kit.ports.clock.advance(1000);
        const body = encode(eve, name, { ...message, [stamp]: fromMs(at) } as EveMessages[typeof name]);
        await telemetry.append(kind, [{ device: uuid, at, body }]);
      }
      await settle();
      expect(kit.ports.complaints.splice(0)).toEqual([]);
      const device: ApiObject = await kit.get('devices', 'nuc');
      expect(JSON.stringify(device).length).toBeLessThan(1_000_000);
    }),
    { numRuns: 10 },
  );
  at += 1000;
  await send({
    message: { ztype: 1, devId: uuid, atTimeStamp: fromMs(at), dinfo: { state: 1, HostName: 'after' } },
    at,
  });
  expect((await kit.get('devices', 'nuc')).status).toMatchObject({ state: 'ONLINE' });
});
