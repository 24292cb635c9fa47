import { parseCertificate } from '../../base/certificate.ts';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject, Json, JsonMap } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import type { AdmitContext } from '../../kube/resource.ts';
import type { Marks } from '../../store/marks.ts';
import { ageColumn, defineResource, type Resource } from '../define.ts';
import { kubeve } from '../kubeve/group.ts';
import { checkDeviceSpec } from './devicecheck.ts';
import { type DeviceSpec, deviceSpec } from './devicespec.ts';
import { type DeviceStatus, deviceStatus } from './devicestatus.ts';
import { uuidOf } from './deviceuuid.ts';
import { eve } from './fields.ts';
import { joinDevices } from './heartbeats.ts';
import { checkDeviceOptions, unknownDeviceOptions } from './options.ts';
import { checkRising } from './rising.ts';
import { unready } from './unready.ts';

export type Device = ApiObject<DeviceSpec, DeviceStatus>;

/** An edge device: what it is known by, what it should be, and what it reports. Heartbeats are joined in from `marks`. */
export const device = (marks: Marks): Resource =>
  defineResource(
    {
      ...eve,
      kind: 'Device',
      plural: 'devices',
      shortNames: ['dev'],
      // Not in `all`: who clears a namespace by `kubectl delete all --all` means what runs there, not the machines.
      categories: ['eve'],
      scope: 'Namespaced',
      description:
        'An edge device that runs EVE. Created by a user, or by a device that registers itself where that is allowed.',
      spec: deviceSpec,
      status: deviceStatus,
    },
    {
      columns,
      selectable: ['spec.serial', 'spec.eve-os-version', 'status.uuid', 'status.state'],
      prepareCreate(draft) {
        const uid = draft.metadata.uid;
        const message = 'The device has never checked in.';
        const conditions = unready(draft, { status: 'Unknown', reason: 'NeverSeen', message });
        draft.status = { ...(uid !== undefined && { uuid: uid }), observedGeneration: 0, conditions };
      },
      async admit(draft, _old, context) {
        // What a device reports names nothing that a user could have forgotten.
        if (context.subresource === 'status') return;
        for (const text of unknownDeviceOptions(draft)) context.warn(text);
        await warnOfMissing(draft, context);
      },
      validate: checkDevice,
      validateUpdate: (now, old) => checkRising(now, old, counters),
      validateStatus: (now, old) => checkIdentity(now, old),
      terms: deviceTerms,
      inputs: object => inputsOf(object),
      join: objects => joinDevices(objects, marks),
    },
  );

const counters = [['reboot'], ['shutdown'], ['backup'], ['baseOS', 'retry'], ['baseOS', 'fallback']];

const condition = (object: ApiObject, type: string): string | undefined => {
  const list: unknown = object.status?.['conditions'];
  if (!Array.isArray(list)) return undefined;
  const found: unknown = list.find((one: unknown) => isMap(one) && one['type'] === type);
  return isMap(found) && typeof found['status'] === 'string' ? found['status'] : undefined;
};

const isMap = (value: unknown): value is JsonMap =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const columns = [
  {
    name: 'Ready',
    type: 'string' as const,
    description: 'Whether the device checks in.',
    value: (object: ApiObject) => condition(object, 'Ready') ?? 'Unknown',
  },
  {
    name: 'State',
    type: 'string' as const,
    jsonPath: '.status.state',
    description: 'What the device says it is doing.',
  },
  {
    name: 'EVE',
    type: 'string' as const,
    jsonPath: '.status.eve-os-version',
    description: 'Version of EVE that runs.',
  },
  {
    name: 'Address',
    type: 'string' as const,
    description: 'First address of the device.',
    value: (object: ApiObject) => addressOf(object),
  },
  {
    name: 'Applied',
    type: 'string' as const,
    value: (object: ApiObject) => condition(object, 'ConfigApplied') ?? 'Unknown',
  },
  ageColumn,
  { name: 'Serial', type: 'string' as const, priority: 1, jsonPath: '.status.serial' },
  { name: 'UUID', type: 'string' as const, priority: 1, value: (object: ApiObject) => uuidOf(object) },
  {
    name: 'Composed',
    type: 'string' as const,
    priority: 1,
    value: (object: ApiObject) => condition(object, 'ConfigComposed') ?? 'Unknown',
  },
];

/** What of a Device's status goes into its configuration. */
const inputsOf = (object: ApiObject): Json => {
  const info = object.status?.['nodeInfo'];
  const config = object.status?.['config'];
  return [
    uuidOf(object),
    object.status?.['eve-os-version'] ?? null,
    isMap(info) ? (info['architecture'] ?? null) : null,
    isMap(config) ? (config['certificates'] ?? null) : null,
  ];
};

const addressOf = (object: ApiObject): string | undefined => {
  const list: unknown = object.status?.['addresses'];
  if (!Array.isArray(list)) return undefined;
  for (const one of list)
    if (isMap(one) && one['type'] === 'InternalIP' && typeof one['address'] === 'string') return one['address'];
  return undefined;
};

/** Spec of a Device that has passed its schema. */
// The registry validates every object against the schema that DeviceSpec is inferred from.
const specOf = (object: ApiObject): DeviceSpec => (object.spec ?? {}) as DeviceSpec;

const checkDevice = (object: ApiObject): Cause[] => [
  ...checkDeviceSpec(specOf(object), ['spec']),
  ...checkActivate(object),
  ...checkDeviceOptions(object),
];

const checkActivate = (object: ApiObject): Cause[] => {
  const value = object.metadata.annotations?.[activateAnnotation];
  return value === undefined || value === 'true' || value === 'false'
    ? []
    : [cause.notSupported(['metadata', 'annotations', { key: activateAnnotation }], value, ['true', 'false'])];
};

const activateAnnotation = 'eve.lfedge.org/activate';

const uuidForm = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

const checkIdentity = (now: ApiObject, old: ApiObject): Cause[] => {
  const [next, former] = [now.status?.['uuid'], old.status?.['uuid']];
  if (next === former) return [];
  if (next === undefined) return [cause.required('status.uuid', 'may not be removed')];
  if (typeof next !== 'string' || !uuidForm.test(next)) return [cause.invalid('status.uuid', next, 'must be a UUID')];
  const registered = isMap(old.status?.['registration']);
  return registered ? [cause.forbidden('status.uuid', 'may not change once the device has registered')] : [];
};

/** `uuid`, `certificate`, `onboard`, `serial`: how a device is found by what it shows (`shared/device/fleet.ts`). */
const deviceTerms = (object: ApiObject): string[] => {
  const spec = specOf(object);
  const registered = object.status?.['registration'];
  const terms = [`uuid=${uuidOf(object)}`];
  const certificates = [spec.certificate, isMap(registered) ? registered['certificate'] : undefined];
  const hashes = new Set(
    certificates.map(text => (typeof text === 'string' ? parseCertificate(text)?.hash : undefined)),
  );
  for (const hash of hashes) if (hash !== undefined) terms.push(`certificate=${hash}`);
  const onboard = spec.onboard === undefined ? undefined : parseCertificate(spec.onboard)?.hash;
  if (onboard !== undefined) terms.push(`onboard=${onboard}`);
  if (spec.serial !== undefined && spec.serial !== '') terms.push(`serial=${spec.serial}`);
  return terms;
};

/** Whatever annotation maps a port to a network that is not there is worth a warning, never a refusal. */
const warnOfMissing = async (draft: ApiObject, context: AdmitContext): Promise<void> => {
  const { registry, warn } = context;
  const namespace = draft.metadata.namespace;
  for (const [key, name] of Object.entries(draft.metadata.annotations ?? {})) {
    if (!key.startsWith(networkPrefix)) continue;
    const found = await registry.find(registry.catalog.get(eve.group, 'devicenetworks'), { namespace, name });
    if (!found) warn(`metadata.annotations[${key}]: DeviceNetwork "${name}" does not exist yet`);
  }
  const { model, 'eve-os-version': version } = specOf(draft);
  if (model && !(await registry.find(registry.catalog.get(kubeve.group, 'devicemodels'), { name: model })))
    warn(`spec.model: DeviceModel "${model}" does not exist yet`);
  if (!version) return;
  const images = await registry.findByTerm(registry.catalog.get(eve.group, 'images'), `eve-os=${namespace}/${version}`);
  if (images.length === 0) warn(`spec.eve-os-version: there is no Image of type eve-os with version "${version}" yet`);
};

const networkPrefix = 'eve.lfedge.org/network-';
