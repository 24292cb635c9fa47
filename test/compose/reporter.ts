import { encode } from '../../shared/base/protobuf.ts';
import { createReports, type Reports } from '../../shared/compose/reports.ts';
import type { ZInfoMsg } from '../../shared/eve/generated/info.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { fromMs } from '../../shared/eve/timestamp.ts';
import { controllerUser } from '../../shared/kube/access/user.ts';
import { createMemoryTelemetry } from '../../shared/telemetry/drivers/memory.ts';
import { startComposer } from './setup.ts';

/** A Device `nuc` with an Application `shop` on it, and what takes up their reports. */
export const startReporter = async () => {
  const kit = await startComposer();
  const telemetry = createMemoryTelemetry();
  let reports: Reports;
  let abort: AbortController;
  let running: Promise<void>;
  let marker = 0;

  /** As another process has it. */
  const create = (): Reports =>
    createReports({
      telemetry,
      store: kit.store,
      served: kit.store,
      marks: kit.store.marks,
      registry: kit.registry,
      ports: kit.ports,
      user: controllerUser,
      recorder: { record: async (object, happening) => void kit.events.push({ object, ...happening }) },
    });
  const run = (): void => {
    abort = new AbortController();
    reports = create();
    running = reports.run(abort.signal);
  };
  run();
  await kit.apply(`apiVersion: eve.lfedge.org/v1beta1
kind: Device
metadata: {name: nuc}
spec: {eve-os-version: 16.0.0}
---
apiVersion: eve.lfedge.org/v1beta1
kind: Image
metadata: {name: web}
spec: {ref: 'a/web:1', storageClass: quay}
---
apiVersion: eve.lfedge.org/v1beta1
kind: Application
metadata: {name: shop}
spec: {containers: [{name: c, image: web}]}
`);
  await kit.bind('shop', 'nuc');
  const uuid = String((await kit.get('devices', 'nuc')).status?.['uuid']);

  /** Waits until everything sent before was taken up: a last report of a device that shows it. */
  const settle = async (): Promise<void> => {
    const name = `probe-${marker++}`;
    await kit.create({ apiVersion: 'eve.lfedge.org/v1beta1', kind: 'Device', metadata: { name, namespace: 'lab' } });
    const probe = String((await kit.get('devices', name)).status?.['uuid']);
    const message = { ztype: 11, atTimeStamp: fromMs(1), hwinfo: { kernel_version: '6.1' } };
    const signal = new AbortController();
    const watching = kit.registry.watch(
      kit.catalog.get('eve.lfedge.org', 'devices'),
      { namespace: 'lab', sendInitialEvents: true },
      signal.signal,
    );
    await telemetry.append('info', [
      { device: probe, at: kit.ports.clock.now(), body: encode(eve, 'info.ZInfoMsg', message) },
    ]);
    for await (const { object } of watching) {
      const info = object.status?.['nodeInfo'];
      if (object.metadata.name === name && JSON.stringify(info)?.includes('6.1')) signal.abort();
    }
    await reports.idle();
  };

  return {
    kit,
    telemetry,
    uuid,
    create,
    run,
    settle,
    /** Sends reports and waits until they, and all before, were taken up. */
    async send(...messages: { message: ZInfoMsg; device?: string; at?: number }[]): Promise<void> {
      for (const { message, device = uuid, at = kit.ports.clock.now() } of messages)
        await telemetry.append('info', [{ device, at, body: encode(eve, 'info.ZInfoMsg', message) }]);
      await settle();
    },
    async stop(): Promise<void> {
      abort.abort();
      await running;
    },
  };
};

export type Reporter = Awaited<ReturnType<typeof startReporter>>;
