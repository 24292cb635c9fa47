import { findCondition } from '../../base/condition.ts';
import type { JsonMap } from '../../base/object.ts';
import { asMap, maxItems } from './value.ts';

/** Something that a report shows to have happened, for an Event. */
export interface Happening {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** What happened to a Device between two of its statuses. */
export const deviceHappenings = (before: JsonMap, after: JsonMap): Happening[] =>
  [
    booted(before, after),
    crashed(before, after),
    changedEve(before, after),
    fellBack(before, after),
    maintained(before, after),
    updated(before, after),
    conditionLost(before, after, 'HardwareHealthy'),
  ].filter(one => one !== undefined);

/** Errors that stand somewhere in a status and did not before; at most 16 at once. */
export const freshErrors = (before: JsonMap, after: JsonMap): Happening[] => {
  const known = new Set(errorsIn(before).map(one => `${one.where} ${one.text}`));
  return errorsIn(after)
    .filter(one => !known.has(`${one.where} ${one.text}`))
    .slice(0, maxAtOnce)
    .map(({ root, name, text }) => ({
      type: 'Warning',
      reason: reasons[root] ?? 'DeviceError',
      message: name === '' ? text : `${name}: ${text}`,
    }));
};

const maxAtOnce = 16;

/** By the field of the status that the error stands in. */
const reasons: Readonly<Record<string, string>> = {
  adapters: 'AdapterError',
  attestation: 'AttestationError',
  baseos: 'UpdateError',
  certificates: 'CertificateError',
  cluster: 'ClusterError',
  devices: 'DownloadError',
  downloads: 'DownloadError',
  errors: 'AppError',
  health: 'HardwareError',
  instances: 'InstanceError',
  interfaces: 'InterfaceError',
  inventory: 'HardwareError',
  networkInstances: 'NetworkInstanceError',
  options: 'OptionError',
  patchEnvelopes: 'PatchEnvelopeError',
  ports: 'PortError',
  security: 'VaultError',
  snapshots: 'SnapshotError',
  storage: 'StorageError',
  volumes: 'VolumeError',
};

interface Found {
  readonly root: string;
  readonly where: string;
  readonly name: string;
  readonly text: string;
}

const errorsIn = (status: JsonMap): Found[] =>
  Object.entries(status).flatMap(([root, value]) => (root === 'portConfig' ? [] : search(value, root, root, '', root)));

/** Texts under `error`, `errors` and the like; an item of a list is known by its name, wherever it stands in the list. */
const search = (value: unknown, root: string, where: string, name: string, key: string): Found[] => {
  if (typeof value === 'string')
    return /errors?$/i.test(key) && value !== '' ? [{ root, where, name, text: value }] : [];
  if (Array.isArray(value))
    return value.slice(0, 4 * maxItems).flatMap(item => {
      const own = nameOf(item);
      return search(item, root, `${where}/${own}`, own || name, key);
    });
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([field, inner]) =>
    /errors$/i.test(key)
      ? search(inner, root, `${where}/${field}`, field, key)
      : search(inner, root, `${where}/${field}`, name, field),
  );
};

const nameOf = (item: unknown): string => {
  const { name, interface: port, component, label, sha256, uuid } = asMap(item);
  return String(name ?? port ?? component ?? label ?? sha256 ?? uuid ?? '');
};

const booted = (before: JsonMap, after: JsonMap): Happening | undefined => {
  const [was, is] = [asMap(before['boot']), asMap(after['boot'])];
  if (was['time'] === undefined || is['time'] === undefined || was['time'] === is['time']) return undefined;
  return { type: 'Normal', reason: 'Rebooted', message: `The device booted: ${String(is['reason'])}` };
};

const crashed = (before: JsonMap, after: JsonMap): Happening | undefined => {
  const [was, is] = [asMap(before['boot']), asMap(after['boot'])];
  if (is['lastCrash'] === undefined || was['lastCrash'] === is['lastCrash']) return undefined;
  const message = String(is['lastRebootReason'] ?? is['reason']);
  return { type: 'Warning', reason: 'Crashed', message: `${message}; the stack is in status.boot.lastCrash` };
};

const changedEve = (before: JsonMap, after: JsonMap): Happening | undefined => {
  const [was, is] = [before, after].map(status => status['eve-os-version']);
  if (was === undefined || was === is) return undefined;
  return { type: 'Normal', reason: 'EVEOSChanged', message: `EVE ${String(is)} runs instead of ${String(was)}` };
};

const fellBack = (before: JsonMap, after: JsonMap): Happening | undefined => {
  const [was, is] = [before, after].map(status => asMap(status['portConfig']));
  if ((was?.['currentIndex'] ?? 0) !== 0 || (is?.['currentIndex'] ?? 0) === 0) return undefined;
  const message = String(is?.['lastError'] ?? 'the device fell back to an older port configuration');
  return { type: 'Warning', reason: 'PortConfigFallback', message };
};

const maintained = (before: JsonMap, after: JsonMap): Happening | undefined => {
  const [was, is] = [asMap(before['maintenance']), asMap(after['maintenance'])];
  if (is['on'] === undefined || (was['on'] ?? false) === is['on']) return undefined;
  if (is['on'] !== true) return { type: 'Normal', reason: 'MaintenanceEnded', message: 'Maintenance mode ended' };
  const why = Array.isArray(is['reasons']) ? is['reasons'].join(', ') : '';
  return { type: 'Warning', reason: 'Maintenance', message: `The device is in maintenance mode: ${why || 'unknown'}` };
};

const updated = (before: JsonMap, after: JsonMap): Happening | undefined => {
  const [was, is] = [before, after].map(status => findCondition(status['conditions'], 'EVEOSUpdated'));
  if (!is || was?.['reason'] === is['reason'] || is['reason'] === 'NoVersionWanted') return undefined;
  const isBad = is['reason'] === 'UpdateFailed' || is['reason'] === 'FellBack';
  return { type: isBad ? 'Warning' : 'Normal', reason: `EVEOS${String(is['reason'])}`, message: String(is['message']) };
};

const conditionLost = (before: JsonMap, after: JsonMap, type: string): Happening | undefined => {
  const [was, is] = [before, after].map(status => findCondition(status['conditions'], type));
  if (is?.['status'] !== 'False' || was?.['message'] === is['message']) return undefined;
  return { type: 'Warning', reason: String(is['reason']), message: String(is['message']) };
};
