import { gzipSync } from 'node:zlib';
import { encode } from '../../shared/base/protobuf.ts';
import { ZInfoTypes } from '../../shared/eve/generated/info.ts';
import { eve } from '../../shared/eve/generated/table.ts';

const now = () => ({ seconds: Math.floor(Date.now() / 1000) });

/** Device info as an idle box with four ports sends it. */
export const info = (uuid: string): Uint8Array =>
  encode(eve, 'info.ZInfoMsg', {
    ztype: ZInfoTypes.ZiDevice,
    devId: uuid,
    atTimeStamp: now(),
    dinfo: {
      machineArch: 'x86_64',
      ncpu: 4,
      memory: 16_384,
      storage: 262_144,
      swList: [
        { activated: true, partitionLabel: 'IMGA', partitionState: 'active', shortVersion: '16.0.0-lts-kvm-amd64' },
        { activated: false, partitionLabel: 'IMGB', partitionState: 'unused' },
      ],
      systemAdapter: {
        currentIndex: 0,
        status: [{ key: 'zedagent', ports: ports.map(name => ({ ifname: name, name, isMgmt: name === 'eth0' })) }],
      },
    },
  });

/** Device metrics with ports, disks and ten applications. */
export const metrics = (uuid: string): Uint8Array =>
  encode(eve, 'metrics.ZMetricMsg', {
    devID: uuid,
    atTimeStamp: now(),
    dm: {
      memory: { usedMem: 2048, availMem: 14_336, usedPercentage: 12.5, availPercentage: 87.5 },
      network: ports.map(iName => ({ iName, txBytes: 123_456_789, rxBytes: 987_654_321, txPkts: 99_999 })),
      disk: [{ mountPath: '/persist', total: 262_144, used: 2048, free: 260_096 }],
    },
    am: Array.from({ length: 10 }, (_, index) => ({
      AppID: `00000000-0000-4000-8000-00000000000${index}`,
      AppName: `app-${index}`,
      network: [{ iName: 'eth0', txBytes: 5_000_000 + index, rxBytes: 7_000_000 }],
    })),
  });

/** A gzip file of 100 log lines. */
export const newlogs = (): Uint8Array =>
  gzipSync(
    Array.from({ length: 100 }, (_, index) =>
      JSON.stringify({
        severity: 'info',
        source: 'zedagent',
        iid: '2310',
        content: `{"level":"info","msg":"handled item ${index} of the queue in ${index * 7} ms","obj_type":"app_instance"}`,
        msgid: index + 1,
        timestamp: { seconds: now().seconds, nanos: index },
        filename: '/pillar/cmd/zedagent/handleconfig.go:412',
        function: 'handleConfig',
      }),
    ).join('\n'),
  );

const ports = ['eth0', 'eth1', 'eth2', 'wlan0'];
