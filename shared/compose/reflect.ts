import { findCondition } from '../base/condition.ts';
import { isEqual } from '../base/equal.ts';
import type { ApiObject, JsonMap } from '../base/object.ts';
import type { Ports } from '../base/ports.ts';
import { unlessGone } from '../base/unless.ts';
import type {
  ZInfoApp,
  ZInfoContentTree,
  ZInfoDevice,
  ZInfoHardware,
  ZInfoMsg,
  ZInfoVolume,
} from '../eve/generated/info.ts';
import type { User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { ApplicationSpec } from '../resources/eve/applicationspec.ts';
import { bootUuid, claimUuid, instanceUuid, ownVolumeUuid } from '../resources/eve/roles.ts';
import type { Recorder } from './recorder.ts';
import { reflectApp } from './reflectapp.ts';
import { reflectContent, reflectVolume } from './reflectcontent.ts';
import { asMap, defined, reflectDevice } from './reflectdevice.ts';

export interface ReflectParts {
  readonly registry: Registry;
  readonly user: User;
  readonly ports: Ports;
  readonly recorder: Recorder;
}

/** One report of a known device, with the time at which it was so. */
export interface Report {
  readonly device: ApiObject;
  readonly message: ZInfoMsg;
  /** By the device's clock where it can be believed, else the arrival; milliseconds. */
  readonly time: number;
}

const group = 'eve.lfedge.org';

/** Writes what a report says into the status of the objects it is about. Writes nothing when nothing changed. */
export const reflect = async (parts: ReflectParts, report: Report): Promise<void> => {
  const { dinfo, ainfo, vinfo, cinfo, hwinfo } = report.message;
  if (dinfo) await device(parts, report, dinfo);
  else if (ainfo) await app(parts, report, ainfo);
  else if (vinfo) await volume(parts, report, vinfo);
  else if (cinfo) await content(parts, report, cinfo);
  else if (hwinfo) await hardware(parts, report, hwinfo);
};

/** What a report is about within its device; the same for all reports about the same thing. */
export const subjectOf = ({ ztype = 0, ainfo, vinfo, cinfo }: ZInfoMsg): string => {
  if (ainfo) return `app/${ainfo.AppID ?? ''}`;
  if (vinfo) return `volume/${vinfo.uuid ?? ''}#${vinfo.generation_count ?? 0}`;
  if (cinfo) return `content/${cinfo.uuid ?? ''}`;
  return `type/${ztype}`;
};

const device = async (parts: ReflectParts, report: Report, info: ZInfoDevice): Promise<void> => {
  const before = report.device.status ?? {};
  const after = await write(parts, 'devices', report.device, (status, object) => {
    const wanted = object.spec?.['eve-os-version'];
    return reflectDevice(
      status,
      info,
      typeof wanted === 'string' && wanted !== '' ? wanted : undefined,
      parts.ports.clock.now(),
    );
  });
  if (!after) return;
  const [was, is] = [asMap(before['boot']), asMap(after.status?.['boot'])];
  if (was['time'] !== undefined && is['time'] !== undefined && was['time'] !== is['time'])
    await parts.recorder.record(after, {
      type: 'Normal',
      reason: 'Rebooted',
      message: `The device booted: ${String(is['reason'])}`,
    });
  const version = before['eve-os-version'];
  if (version !== undefined && version !== after.status?.['eve-os-version'])
    await parts.recorder.record(after, {
      type: 'Normal',
      reason: 'EVEOSChanged',
      message: `EVE ${String(after.status?.['eve-os-version'])} runs instead of ${String(version)}`,
    });
  const [old, now] = [before, after.status ?? {}].map(status => asMap(status['portConfig'])['currentIndex'] ?? 0);
  if (old === 0 && now !== 0)
    await parts.recorder.record(after, {
      type: 'Warning',
      reason: 'PortConfigFallback',
      message: String(
        asMap(after.status?.['portConfig'])['lastError'] ?? 'the device fell back to an older port configuration',
      ),
    });
};

const hardware = async (parts: ReflectParts, report: Report, info: ZInfoHardware): Promise<void> => {
  if (!info.kernel_version) return;
  await write(parts, 'devices', report.device, status => ({
    ...status,
    nodeInfo: { ...asMap(status['nodeInfo']), ...defined({ kernelVersion: info.kernel_version }) },
  }));
};

/** As much of an Application as reports are matched against. */
const specOf = (object: ApiObject): ApplicationSpec => object.spec as unknown as ApplicationSpec; // validated by the registry

const app = async (parts: ReflectParts, report: Report, info: ZInfoApp): Promise<void> => {
  const uuid = info.AppID?.toLowerCase() ?? '';
  // Only the id: the device has it no longer. What the Application should be is said elsewhere.
  if (uuid === '' || (!info.state && !info.AppName && !info.appErr?.length)) return;
  const [object] = await parts.registry.findByTerm(
    parts.registry.catalog.get(group, 'applications'),
    `instance=${uuid}`,
  );
  if (!object || !isOn(object, report.device)) return;
  const containers = specOf(object).containers;
  const at = containers.findIndex(({ name }, n) => instanceUuid(object.metadata.uid ?? '', n, name) === uuid);
  const before = object.status ?? {};
  const after = await write(parts, 'applications', object, (status, current) =>
    reflectApp(
      status,
      {
        info: { ...info, AppID: uuid },
        at,
        container: containers[at]?.name ?? '',
        containers: containers.length,
        generation: current.metadata.generation,
        time: report.time,
      },
      parts.ports.clock.now(),
    ),
  );
  if (!after || at !== 0) return;
  const [was, is] = [before, after.status ?? {}].map(status => findCondition(status['conditions'], 'Ready'));
  if (is?.['reason'] === 'AppError' && was?.['message'] !== is['message'])
    await parts.recorder.record(after, { type: 'Warning', reason: 'AppError', message: String(is['message']) });
  if (is?.['status'] === 'True' && was?.['status'] !== 'True')
    await parts.recorder.record(after, {
      type: 'Normal',
      reason: 'Running',
      message: `Runs on device ${report.device.metadata.name}`,
    });
};

const isOn = (application: ApiObject, { metadata }: ApiObject): boolean =>
  application.metadata.namespace === metadata.namespace && application.status?.['device'] === metadata.name;

const volume = async (parts: ReflectParts, report: Report, info: ZInfoVolume): Promise<void> => {
  const uuid = info.uuid?.toLowerCase() ?? '';
  if (uuid === '' || (!info.state && !info.displayName)) return;
  const { namespace, name } = report.device.metadata;
  const { registry } = parts;
  const applications = await registry.findByTerm(
    registry.catalog.get(group, 'applications'),
    `device=${namespace}/${name}`,
  );
  for (const one of applications) {
    const found = await volumeName(registry, one, uuid);
    if (found !== undefined) await write(parts, 'applications', one, status => reflectVolume(status, info, found));
  }
};

/** The name that an Application knows a volume by: of a container for its boot disk, else of `spec.volumes`. */
const volumeName = async (registry: Registry, object: ApiObject, uuid: string): Promise<string | undefined> => {
  const { uid = '', namespace } = object.metadata;
  const { containers, volumes = [] } = specOf(object);
  const boot = containers.find(({ name }, at) => bootUuid(uid, at, name) === uuid);
  if (boot) return boot.name;
  for (const { name, persistentVolumeClaim: claim } of volumes) {
    if (!claim) {
      if (ownVolumeUuid(uid, name) === uuid) return name;
      continue;
    }
    const found = await registry.find(registry.catalog.get('', 'persistentvolumeclaims'), {
      namespace,
      name: claim.claimName,
    });
    if (found && claimUuid(found.metadata.uid ?? '') === uuid) return name;
  }
  return undefined;
};

const content = async (parts: ReflectParts, report: Report, info: ZInfoContentTree): Promise<void> => {
  const uuid = info.uuid?.toLowerCase() ?? '';
  if (uuid === '' || (!info.state && !info.displayName)) return;
  const [image] = await parts.registry.findByTerm(parts.registry.catalog.get(group, 'images'), `content=${uuid}`);
  if (!image || image.metadata.namespace !== report.device.metadata.namespace) return;
  await write(parts, 'images', image, status => reflectContent(status, info, report.device.metadata.name));
};

/** Changes the status of an object through its subresource; undefined when nothing changed or it is gone. */
const write = async (
  { registry, user }: ReflectParts,
  plural: string,
  { metadata }: ApiObject,
  change: (status: JsonMap, object: ApiObject) => JsonMap,
): Promise<ApiObject | undefined> => {
  let changed: ApiObject | undefined;
  await unlessGone(
    registry.update(
      registry.catalog.get(group, plural),
      { namespace: metadata.namespace, name: metadata.name },
      current => {
        changed = undefined;
        if (current.metadata.uid !== metadata.uid) return current;
        const status = change(current.status ?? {}, current);
        if (isEqual(status, current.status ?? {})) return current;
        changed = { ...current, status };
        return changed;
      },
      { user, subresource: 'status' },
    ),
  );
  return changed;
};
