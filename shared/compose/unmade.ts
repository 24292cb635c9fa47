import { findCondition } from '../base/condition.ts';
import type { Volume } from '../eve/generated/config.ts';
import type { Application } from '../resources/eve/application.ts';
import { bootUuid, claimUuid, ownVolumeUuid } from '../resources/eve/roles.ts';
import { unmadeVolumes } from '../resources/eve/unmade.ts';
import type { Gathered } from './gather.ts';

/** Whether a device can have made nothing yet: it never came, to say who it is or for anything else. */
export const isUnseen = ({ device, keys, verdict }: Gathered): boolean =>
  keys === undefined &&
  verdict === undefined &&
  findCondition(device.status?.conditions, 'Ready')?.['reason'] === 'NeverSeen';

/**
 * Whether a volume is made from other content when the device is told of that under the UUID of content which it cannot have:
 * EVE begins anew with such content since version 15. It says of every Application that has the volume that it waits.
 */
export const takesOtherContent = (from: Gathered, volume: Volume): boolean => {
  const { device } = from;
  const version = Number(/^(\d+)\./.exec(device.status?.['eve-os-version'] ?? '')?.[1] ?? 0);
  const having = from.applications.flatMap(one => {
    const name = nameIn(from, one, volume.uuid ?? '');
    return name === undefined ? [] : [{ one, key: `${name}#${volume.generationCount ?? 0}` }];
  });
  const isWaiting = ({ one, key }: (typeof having)[number]): boolean =>
    one.status?.device === device.metadata.name && unmadeVolumes(one.status).includes(key);
  return version >= 15 && having.length > 0 && having.every(isWaiting);
};

/** The name under which the status of an Application tells of a volume; undefined: it has none of that UUID. */
const nameIn = (from: Gathered, { metadata: { uid = '' }, spec }: Application, uuid: string): string | undefined => {
  const boot = spec?.containers.find(({ name }, at) => bootUuid(uid, at, name) === uuid);
  if (boot) return boot.name;
  return spec?.volumes?.find(({ name, persistentVolumeClaim: mounted }) =>
    mounted
      ? claimUuid(from.look('claim', mounted.claimName)?.metadata.uid ?? '') === uuid
      : ownVolumeUuid(uid, name) === uuid,
  )?.name;
};
