import { findCondition } from '../base/condition.ts';
import type { ApiObject, JsonMap } from '../base/object.ts';
import type { Ports } from '../base/ports.ts';
import type { ZHardwareHealth } from '../eve/generated/hardwarehealth.ts';
import type { ZInfoApp, ZInfoAppInstMetaData, ZInfoMsg } from '../eve/generated/info.ts';
import type { User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { ApplicationSpec } from '../resources/eve/applicationspec.ts';
import { instanceUuid } from '../resources/eve/roles.ts';
import type { Store } from '../store/store.ts';
import { byAge } from './byage.ts';
import type { Contents } from './contents.ts';
import type { Recorder } from './recorder.ts';
import { reflectApp } from './reflect/application.ts';
import { reflectBlobs } from './reflect/blob.ts';
import { reflectCluster, reflectClusterNode, reflectClusterUpdate } from './reflect/cluster.ts';
import { reflectDevice } from './reflect/device.ts';
import { reflectEdgeView } from './reflect/edgeview.ts';
import { followNode, withoutNode } from './reflect/failover.ts';
import { deviceHappenings, freshErrors, type Happening } from './reflect/happenings.ts';
import { reflectHardware } from './reflect/hardware.ts';
import { reflectHealth } from './reflect/health.ts';
import { reflectLocation } from './reflect/location.ts';
import { isKubeconfig, keepKubeconfig, reflectCustomStatus } from './reflect/metadata.ts';
import { reflectNetworkInstance } from './reflect/networkinstance.ts';
import { reflectPatchEnvelope } from './reflect/patchenvelope.ts';
import { reflectTimeSources } from './reflect/timesource.ts';
import { reflectVolumeOf } from './reflectvolume.ts';
import { tell } from './tell.ts';
import { writeStatus } from './writestatus.ts';

export interface ReflectParts {
  readonly registry: Registry;
  readonly user: User;
  readonly ports: Ports;
  readonly recorder: Recorder;
  /** Whether somebody else has taken up a newer report about the same meanwhile. */
  isOvertaken?(): Promise<boolean>;
}

/** Those who take up one report after the other. */
export interface ReportingParts extends ReflectParts {
  /** What is said of Images. */
  readonly contents: Contents;
  /** Where configurations are read. */
  readonly served: Pick<Store, 'get'>;
}

/** One report of a known device, with the time at which it was so. */
export interface Report {
  readonly device: ApiObject;
  readonly message: ZInfoMsg;
  /** By the device's clock where it can be believed, else the arrival; milliseconds. */
  readonly time: number;
}

const group = 'eve.lfedge.org';

/**
 * Writes what a report says into the status of the objects it is about, of Images a little later. Writes nothing when nothing
 * changed.
 */
export const reflect = async (parts: ReportingParts, report: Report): Promise<void> => {
  const { ainfo, vinfo, cinfo, amdinfo } = report.message;
  if (ainfo) return app(parts, report, ainfo);
  if (vinfo) return reflectVolumeOf(parts, report, vinfo);
  if (cinfo) return parts.contents.note(report.device.metadata, cinfo);
  if (amdinfo) return metadata(parts, report, amdinfo);
  const now = parts.ports.clock.now();
  await device(parts, report.device, (status, object) =>
    reflectOnDevice(status, report.message, wantedOf(object), now),
  );
};

/** Writes how the disks and the memory of a device are into its status. */
export const reflectHealthOf = (parts: ReflectParts, object: ApiObject, health: ZHardwareHealth): Promise<void> =>
  device(parts, object, status => reflectHealth(status, health, parts.ports.clock.now()));

/**
 * The status of a Device after a report about itself or about something that is shown there. `wanted`: the version of EVE that
 * it shall run. As it was for everything else.
 */
export const reflectOnDevice = (
  status: JsonMap,
  message: ZInfoMsg,
  wanted: string | undefined,
  now: number,
): JsonMap => {
  const { dinfo, hwinfo, niinfo, binfo, evinfo, locinfo, patchInfo, ntp_sources: time } = message;
  const { cluster_node: node, cluster_info: cluster, cluster_update_info: clusterUpdate } = message;
  if (dinfo) return reflectDevice(status, dinfo, wanted, now);
  if (hwinfo) return reflectHardware(status, hwinfo);
  if (niinfo) return niinfo.networkID ? reflectNetworkInstance(status, niinfo) : status;
  if (binfo) return reflectBlobs(status, binfo.blob ?? []);
  if (evinfo) return reflectEdgeView(status, evinfo);
  if (locinfo) return reflectLocation(status, locinfo);
  if (patchInfo) return patchInfo.id ? reflectPatchEnvelope(status, patchInfo) : status;
  if (time) return reflectTimeSources(status, time);
  if (node) return reflectClusterNode(status, node);
  if (cluster) return reflectCluster(status, cluster);
  return clusterUpdate ? reflectClusterUpdate(status, clusterUpdate) : status;
};

/** What a report is about within its device; the same for all reports about the same thing. */
export const subjectOf = (message: ZInfoMsg): string => {
  const { ztype = 0, ainfo, vinfo, cinfo, niinfo, binfo, amdinfo, patchInfo, cluster_update_info: update } = message;
  if (ainfo) return `app/${id(ainfo.AppID)}`;
  if (vinfo) return `volume/${id(vinfo.uuid)}#${vinfo.generation_count ?? 0}`;
  if (cinfo) return `content/${id(cinfo.uuid)}`;
  if (niinfo) return `network/${id(niinfo.networkID)}`;
  if (binfo) return `blob/${id(binfo.blob?.[0]?.sha256)}`;
  if (amdinfo) return `metadata/${id(amdinfo.uuid)}/${amdinfo.type ?? 0}`;
  if (patchInfo) return `patch/${id(patchInfo.id)}`;
  if (update) return `component/${update.component ?? 0}`;
  if (message.cluster_node) return 'node';
  return `type/${ztype}`;
};

/** Of bounded length: it becomes part of a key. */
const id = (text = ''): string => text.slice(0, 128).toLowerCase();

const wantedOf = ({ spec }: ApiObject): string | undefined => {
  const wanted = spec?.['eve-os-version'];
  return typeof wanted === 'string' && wanted !== '' ? wanted : undefined;
};

const device = async (
  parts: ReflectParts,
  object: ApiObject,
  change: (status: JsonMap, object: ApiObject) => JsonMap,
): Promise<void> => {
  const written = await writeStatus(parts, 'devices', object, change);
  if (!written) return;
  const { before, after } = written;
  await tell(parts, after, [
    ...deviceHappenings(before, after.status ?? {}),
    ...freshErrors(before, after.status ?? {}),
  ]);
};

/** As much of an Application as reports are matched against. */
const specOf = (object: ApiObject): ApplicationSpec => object.spec as unknown as ApplicationSpec; // validated by the registry

/** The Application on that device, or on the cluster that it is a node of, that has an instance of that UUID. */
const findApp = async ({ registry }: ReflectParts, report: Report, uuid: string): Promise<Found | undefined> => {
  const { namespace, name } = report.device.metadata;
  const found = await registry.findByTerm(registry.catalog.get(group, 'applications'), `instance=${uuid}`);
  const object = found.find(one => one.metadata.namespace === namespace);
  if (!object) return undefined;
  const wanted = specOf(object).eve?.cluster;
  const isShared = wanted !== undefined && (await clusterOf(registry, report.device)) === wanted;
  return isShared || object.status?.['device'] === name ? { object, isShared } : undefined;
};

interface Found {
  readonly object: ApiObject;
  /** Whether every node of a cluster tells of it. */
  readonly isShared: boolean;
}

/** Name of the DeviceCluster that a device is a node of: the oldest that names it. */
const clusterOf = async (registry: Registry, { metadata }: ApiObject): Promise<string | undefined> => {
  const type = registry.catalog.get('kubeve.io', 'deviceclusters');
  const found = await registry.findByTerm(type, `device=${metadata.namespace}/${metadata.name}`);
  const alive = found.filter(one => one.metadata.deletionTimestamp === undefined).sort(byAge);
  return alive[0]?.metadata.name;
};

const app = async (parts: ReflectParts, report: Report, info: ZInfoApp): Promise<void> => {
  const uuid = info.AppID?.toLowerCase() ?? '';
  // Only the id: the device has it no longer. What the Application should be is said elsewhere.
  if (uuid === '' || (!info.state && !info.AppName && !info.appErr?.length)) return;
  const found = await findApp(parts, report, uuid);
  if (!found) return;
  const { object, isShared } = found;
  const { name: device } = report.device.metadata;
  const written = await writeStatus(parts, 'applications', object, (status, current) => {
    const containers = specOf(current).containers.map(({ name }) => name);
    const at = containers.findIndex((name, n) => instanceUuid(object.metadata.uid ?? '', n, name) === uuid);
    if (at < 0) return status;
    const isRunning = info.cluster_app_running ?? false;
    const followed = isShared
      ? followNode(status, { device, isRunning, isFirst: at === 0, time: report.time })
      : withoutNode(status);
    if (!followed) return status;
    return reflectApp(
      followed,
      {
        info: { ...info, AppID: uuid },
        at,
        containers,
        generation: current.metadata.generation,
        time: report.time,
      },
      parts.ports.clock.now(),
    );
  });
  if (!written) return;
  const { before, after } = written;
  await tell(parts, after, [
    ...freshErrors(before, after.status ?? {}),
    ...moved(before, after.status ?? {}),
    ...startedRunning(before, after.status ?? {}, device),
  ]);
};

const startedRunning = (before: JsonMap, after: JsonMap, device: string): Happening[] => {
  const [was, is] = [before, after].map(status => findCondition(status['conditions'], 'Ready'));
  return is?.['status'] === 'True' && was?.['status'] !== 'True'
    ? [{ type: 'Normal', reason: 'Running', message: `Runs on device ${device}` }]
    : [];
};

const moved = ({ node: was }: JsonMap, { node: is }: JsonMap): Happening[] =>
  was !== undefined && is !== undefined && was !== is
    ? [
        {
          type: 'Normal',
          reason: 'Moved',
          message: `Device ${String(is)} of the cluster has it now instead of ${String(was)}`,
        },
      ]
    : [];

const metadata = async (parts: ReflectParts, report: Report, info: ZInfoAppInstMetaData): Promise<void> => {
  const found = await findApp(parts, report, info.uuid?.toLowerCase() ?? '');
  if (!found) return;
  const { object } = found;
  if (isKubeconfig(info)) return keepKubeconfig(parts, object, info);
  await writeStatus(parts, 'applications', object, status => reflectCustomStatus(status, info));
};
