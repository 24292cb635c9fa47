import { Buffer } from 'node:buffer';
import { parseCertificate } from '../../base/certificate.ts';
import { toTime } from '../../base/condition.ts';
import type { ApiObject, Json, JsonMap } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import { controllerUser } from '../../kube/access/user.ts';
import type { Registry } from '../../kube/registry/registry.ts';
import type { ResourceType } from '../../kube/resource.ts';
import { certificateOf, identityOf } from './identity.ts';

/** What is written into `status.registration`. */
export interface Entry {
  readonly der: Uint8Array;
  readonly hash: string;
  readonly onboard?: string;
  readonly serial?: string;
  readonly softSerial?: string;
  readonly via: string;
  readonly at: number;
}

/**
 * Binds a device certificate to a Device, through its status. `known` when it was bound already, `conflict` when another
 * certificate is. Two at once cannot both succeed: the decision is made on the very object that is replaced.
 */
export const record = async (
  registry: Registry,
  type: ResourceType,
  device: ApiObject,
  entry: Entry,
): Promise<'created' | 'known' | 'conflict'> => {
  let result: 'created' | 'known' | 'conflict' = 'conflict';
  const change = (current: ApiObject): ApiObject => {
    result = decide(current, device, entry);
    return result === 'created' ? withRegistration(current, entry) : current;
  };
  const { namespace, name } = device.metadata;
  await registry.update(type, { namespace, name }, change, { user: controllerUser, subresource: 'status' });
  return result;
};

const decide = (current: ApiObject, expected: ApiObject, entry: Entry): 'created' | 'known' | 'conflict' => {
  // Deleted and made anew in the meantime: not what was decided on.
  if (current.metadata.uid !== expected.metadata.uid) return 'conflict';
  const identity = identityOf(current);
  const bound = certificateOf(identity);
  if (bound !== undefined && parseCertificate(bound)?.hash !== entry.hash) return 'conflict';
  const noted = parseCertificate(identity.registration?.certificate ?? '')?.hash;
  return bound !== undefined && noted === entry.hash ? 'known' : 'created';
};

const withRegistration = (device: ApiObject, entry: Entry): ApiObject => {
  const at = toTime(entry.at);
  const status: JsonMap = isMap(device.status) ? device.status : {};
  const registration: JsonMap = {
    certificate: toPem(entry.der),
    certificateHash: entry.hash,
    at,
    via: entry.via,
    ...(entry.onboard === undefined ? {} : { onboard: entry.onboard }),
    ...(entry.serial ? { serial: entry.serial } : {}),
    ...(entry.softSerial ? { softSerial: entry.softSerial } : {}),
  };
  return { ...device, status: { ...status, registration, conditions: withOnboarded(device, status, entry, at) } };
};

const withOnboarded = ({ metadata }: ApiObject, { conditions }: JsonMap, { via }: Entry, at: string): Json[] => {
  const list = Array.isArray(conditions) ? (conditions as Json[]) : []; // JSON as all of the object
  const isOnboarded = (one: Json) => isMap(one) && one.type === 'Onboarded';
  const former = list.find(isOnboarded);
  const since = isMap(former) && former.status === 'True' ? (former.lastTransitionTime ?? at) : at;
  const message = `The device registered; allowed by ${via}.`;
  const { generation } = metadata;
  const now = { type: 'Onboarded', status: 'True', reason: 'Registered', message, lastTransitionTime: since };
  // Whoever waits for it need not wait until the device has applied anything.
  return [
    ...list.filter(one => !isOnboarded(one)),
    { ...now, ...(generation !== undefined && { observedGeneration: generation }) },
  ];
};

/** Base64 of PEM, as users write certificates. */
const toPem = (der: Uint8Array): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return Buffer.from(`-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`).toString(
    'base64',
  );
};
