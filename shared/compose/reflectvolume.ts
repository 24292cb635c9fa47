import { findCondition } from '../base/condition.ts';
import type { ApiObject } from '../base/object.ts';
import type { ZInfoVolume } from '../eve/generated/info.ts';
import { decodeServed } from '../eve/served.ts';
import type { ApplicationSpec } from '../resources/eve/applicationspec.ts';
import { uuidOf } from '../resources/eve/deviceuuid.ts';
import { bootUuid, claimUuid, ownVolumeUuid } from '../resources/eve/roles.ts';
import { selectedDevice } from './claims.ts';
import { configs } from './kinds.ts';
import { freshErrors } from './reflect/happenings.ts';
import { reflectClaim, reflectVolume } from './reflect/volume.ts';
import type { ReflectParts, Report, ReportingParts } from './reflect.ts';
import { decodeNotes } from './served.ts';
import { tell } from './tell.ts';
import { writeStatus } from './writestatus.ts';

/** Writes what a device says of a volume into the claim that it is of, and into the Applications that have it. */
export const reflectVolumeOf = async (parts: ReportingParts, report: Report, info: ZInfoVolume): Promise<void> => {
  const uuid = info.uuid?.toLowerCase() ?? '';
  // Only the id: the device has it no longer. What a claim should have is said elsewhere.
  if (uuid === '' || (!info.state && !info.displayName && !info.volumeErr)) return;
  const { registry } = parts;
  const { namespace, name } = report.device.metadata;
  const applications = await registry.findByTerm(
    registry.catalog.get('eve.lfedge.org', 'applications'),
    `device=${namespace}/${name}`,
  );
  const isOwn = applications.some(one => volumeName(one, uuid, undefined) !== undefined);
  const claim = isOwn ? undefined : await findClaim(parts, report, uuid);
  if (claim) await claimed(parts, claim, info);
  for (const one of applications) {
    const found = volumeName(one, uuid, claim?.metadata.name);
    if (found === undefined) continue;
    const written = await writeStatus(parts, 'applications', one, status => reflectVolume(status, info, found));
    if (written) await tell(parts, written.after, freshErrors(written.before, written.after.status ?? {}));
  }
};

/** The claim that has its volume on that device. */
const findClaim = async (
  { registry, served }: ReportingParts,
  { device }: Report,
  uuid: string,
): Promise<ApiObject | undefined> => {
  const { namespace, name } = device.metadata;
  const type = registry.catalog.get('', 'persistentvolumeclaims');
  const isHere = ({ metadata }: ApiObject) =>
    metadata.namespace === namespace && metadata.annotations?.[selectedDevice] === name;
  const found = (await registry.findByTerm(type, `volume=${uuid}`)).find(isHere);
  if (found) return found;
  // One that was written before claims were found by their volumes: it is among those whose volumes the device is served.
  const entry = await served.get(configs, uuidOf(device));
  for (const claim of entry ? decodeNotes(decodeServed(entry.value)).claims : []) {
    const object = await registry.find(type, { namespace, name: claim });
    if (object && claimUuid(object.metadata.uid ?? '') === uuid && isHere(object)) return object;
  }
  return undefined;
};

const claimed = async (parts: ReflectParts, claim: ApiObject, info: ZInfoVolume): Promise<void> => {
  const now = parts.ports.clock.now();
  const written = await writeStatus(
    parts,
    'persistentvolumeclaims',
    claim,
    status => reflectClaim(status, info, now),
    '',
  );
  if (!written) return;
  const [was, is] = [written.before, written.after.status].map(one =>
    findCondition(one?.['conditions'], 'VolumeReady'),
  );
  if (!is || was?.['reason'] === is['reason']) return;
  const type = is['reason'] === 'VolumeError' ? 'Warning' : 'Normal';
  const reason = is['reason'] === 'InProgress' ? 'Provisioning' : String(is['reason']);
  await tell(parts, written.after, [{ type, reason, message: String(is['message']) }]);
};

/** The name that an Application knows a volume by: of a container for its boot disk, else of `spec.volumes`. */
const volumeName = (object: ApiObject, uuid: string, claim: string | undefined): string | undefined => {
  const { uid = '' } = object.metadata;
  const { containers, volumes = [] } = object.spec as unknown as ApplicationSpec; // validated by the registry
  const boot = containers.find(({ name }, at) => bootUuid(uid, at, name) === uuid);
  if (boot) return boot.name;
  return volumes.find(({ name, persistentVolumeClaim: mounted }) =>
    mounted ? claim !== undefined && mounted.claimName === claim : ownVolumeUuid(uid, name) === uuid,
  )?.name;
};
