import type { FlowMessage } from '../../shared/eve/generated/flowlog.ts';
import type { ZHardwareHealth } from '../../shared/eve/generated/hardwarehealth.ts';
import type { ZMetricMsg } from '../../shared/eve/generated/metrics.ts';
import type { Timestamp } from '../../shared/eve/generated/protobuf.ts';
import type { Facts } from './facts.ts';
import { toTimestamp } from './time.ts';
import type { World } from './world.ts';

export interface MetricsContext {
  readonly uuid: string;
  readonly facts: Facts;
  readonly world: World;
  readonly ports: readonly string[];
  readonly received: Timestamp | undefined;
  readonly processed: Timestamp | undefined;
  readonly intervalSeconds: number;
}

/** The metrics message (eve-device-api §7.5): counters that rise with the time since boot. */
export const toMetrics = (context: MetricsContext): ZMetricMsg => {
  const { uuid, facts, world, ports } = context;
  const upSeconds = Math.max(1, Math.floor((Date.now() - facts.bootedAt) / 1000));
  const apps = [...world.apps.values()].filter(app => app.isRunning);
  const appsMb = apps.reduce((sum, app) => sum + (app.applied.fixedresources?.memory ?? 0) / 1024, 0);
  const usedMb = Math.min(facts.model.memoryMb, Math.round(600 + appsMb));
  return {
    devID: uuid,
    atTimeStamp: toTimestamp(),
    dm: {
      memory: {
        usedMem: usedMb,
        availMem: facts.model.memoryMb - usedMb,
        usedPercentage: (100 * usedMb) / facts.model.memoryMb,
        availPercentage: 100 - (100 * usedMb) / facts.model.memoryMb,
      },
      network: ports.map(port => ({ iName: port, alias: port, ...traffic(upSeconds) })),
      cpuMetric: { upTime: toTimestamp(facts.bootedAt), total: upSeconds * facts.model.cpus, systemTotal: upSeconds },
      disk: [{ mountPath: '/persist', total: facts.model.storageMb, used: 2048, free: facts.model.storageMb - 2048 }],
      deviceMemory: {
        memoryMB: facts.model.memoryMb,
        allocated_appsMB: Math.round(appsMb),
        allocated_eveMB: 800,
        used_eveMB: 600,
      },
      last_received_config: context.received,
      last_processed_config: context.processed,
      dormant_time_in_seconds: 3 * context.intervalSeconds,
    },
    am: apps.map(app => ({
      AppID: app.uuid,
      AppName: app.applied.displayname,
      appVersion: app.applied.uuidandversion?.version,
      cpu: { upTime: toTimestamp(facts.bootedAt), total: upSeconds, total_ns: upSeconds * 1e9 },
      appMemory: { allocatedMB: (app.applied.fixedresources?.memory ?? 0) / 1024, usedMB: 64 },
      network: app.nics().map(nic => ({ iName: nic.name, ...traffic(upSeconds) })),
    })),
    nm: [...world.instances].map(([networkID, instance]) => ({
      networkID,
      displayname: instance.config.displayname,
      instType: instance.config.instType,
      activated: instance.isOnline,
    })),
    vm: [...world.disks.values()].map(disk => ({
      uuid: disk.config.uuid,
      displayName: disk.config.displayName,
      totalBytes: disk.config.maxsizebytes,
      usedBytes: disk.isThere ? 1_048_576 : 0,
    })),
  };
};

const traffic = (seconds: number) => ({
  txBytes: seconds * 1200,
  rxBytes: seconds * 4800,
  txPkts: seconds * 4,
  rxPkts: seconds * 9,
});

/** One flow per interface of the running apps (eve-device-api §7.6); none where the instance does not log flows. */
export const toFlows = ({ uuid, world }: MetricsContext): FlowMessage[] =>
  [...world.apps.values()]
    .filter(app => app.isRunning)
    .flatMap(app => app.nics().map(nic => ({ app, nic, instance: world.instances.get(nic.networkId) })))
    .flatMap(({ app, nic, instance }) =>
      !instance || instance.config.disable_flowlog
        ? []
        : [
            {
              devId: uuid,
              scope: { uuid: app.uuid, intf: nic.name, localIntf: `nbu1x1`, netInstUUID: nic.networkId },
              flows: [
                {
                  flow: {
                    src: instance.lease(nic.mac, {}),
                    srcPort: 40_000,
                    dest: '203.0.113.10',
                    destPort: 443,
                    protocol: 6,
                  },
                  inbound: false,
                  aclId: 1,
                  startTime: toTimestamp(Date.now() - 2000),
                  endTime: toTimestamp(),
                  txBytes: 900,
                  txPkts: 6,
                  rxBytes: 5400,
                  rxPkts: 9,
                  action: 2,
                },
              ],
            },
          ],
    );

export const toHealth = (uuid: string): ZHardwareHealth => ({
  dev_id: uuid,
  at_time_stamp: toTimestamp(),
  disks: [{ disk_name: '/dev/sda', serial_number: 'SIM-0001', model: 'simulated disk' }],
});
