import type { Cause } from '../../base/fault.ts';
import { cause, type Path, toFieldPath } from '../../base/path.ts';
import { parseQuantity } from '../../base/quantity.ts';
import { labelErrors } from '../../kube/names.ts';
import { labelCauses } from '../../kube/registry/metadata.ts';
import { checkRule } from './acl.ts';
import { checkAffinity } from './affinity.ts';
import type { ApplicationSpec, Container, EveSettings, VolumeSpec } from './applicationspec.ts';
import { checkIp, checkMac, checkUnique } from './fields.ts';
import { checkTolerations } from './taints.ts';

/** All that is wrong with an Application's spec beyond its schema. */
export const checkApplicationSpec = (spec: ApplicationSpec, path: Path): Cause[] => {
  const volumes = spec.volumes ?? [];
  return [
    ...checkUnique(
      spec.containers.map(({ name }) => name),
      [...path, 'containers'],
    ),
    ...checkUnique(
      volumes.map(({ name }) => name),
      [...path, 'volumes'],
    ),
    ...volumes.flatMap((one, at) => checkVolume(one, [...path, 'volumes', at])),
    ...spec.containers.flatMap((one, at) => checkContainer(one, volumes, [...path, 'containers', at])),
    ...checkHostPorts(spec.containers, [...path, 'containers']),
    ...labelCauses(spec.nodeSelector ?? {}, toFieldPath([...path, 'nodeSelector'])),
    ...checkAffinity(spec.affinity, [...path, 'affinity']),
    ...checkTolerations(spec.tolerations ?? [], [...path, 'tolerations']),
    ...(spec.eve ? checkEve(spec.eve, [...path, 'eve']) : []),
  ];
};

/** Containers of one Application are on one device: each of its ports leads to one of them. */
const checkHostPorts = (containers: readonly Container[], path: Path): Cause[] => {
  const owners = new Map<string, number>();
  return containers.flatMap(({ ports = [] }, at) =>
    ports.flatMap(({ hostPort, protocol = 'TCP' }, n) => {
      if (hostPort === undefined) return [];
      const key = `${hostPort}/${protocol}`;
      const owner = owners.get(key) ?? at;
      owners.set(key, owner);
      return owner === at ? [] : [cause.duplicate([...path, at, 'ports', n, 'hostPort'], key)];
    }),
  );
};

const sources = ['persistentVolumeClaim', 'ephemeral', 'emptyDir', 'image'] as const;

const checkVolume = (one: VolumeSpec, path: Path): Cause[] => [
  ...labelErrors(one.name).map(error => cause.invalid([...path, 'name'], one.name, error)),
  ...checkVolumeSource(one, path),
];

const checkVolumeSource = (one: VolumeSpec, path: Path): Cause[] => {
  const set = sources.filter(source => one[source] !== undefined);
  if (set.length === 0) return [cause.required(path, 'must specify a volume type')];
  if (set.length > 1) return [cause.forbidden([...path, set[1] ?? ''], 'may not specify more than 1 volume type')];
  const claim = one.ephemeral?.volumeClaimTemplate.spec;
  if (claim && !claim.dataSourceRef && claim.resources?.requests?.['storage'] === undefined)
    return [
      cause.required(
        [...path, 'ephemeral', 'volumeClaimTemplate', 'spec', 'resources', 'requests', 'storage'],
        'a blank volume needs its size',
      ),
    ];
  return [];
};

const checkContainer = (one: Container, volumes: VolumeSpec[], path: Path): Cause[] => {
  const known = volumes.map(({ name }) => name);
  const mounts = one.volumeMounts ?? [];
  const devices = one.volumeDevices ?? [];
  const missing = (names: string[], field: string) =>
    names.flatMap((name, at) => (known.includes(name) ? [] : [cause.notFound([...path, field, at, 'name'], name)]));
  return [
    ...missing(
      mounts.map(({ name }) => name),
      'volumeMounts',
    ),
    ...missing(
      devices.map(({ name }) => name),
      'volumeDevices',
    ),
    ...checkUnique(
      mounts.map(({ mountPath }) => mountPath),
      [...path, 'volumeMounts'],
      'mountPath',
    ),
    ...checkUnique(
      devices.map(({ devicePath }) => devicePath),
      [...path, 'volumeDevices'],
      'devicePath',
    ),
    ...devices.flatMap(({ name }, at) =>
      mounts.some(mount => mount.name === name)
        ? [cause.invalid([...path, 'volumeDevices', at, 'name'], name, 'must not already exist in volumeMounts')]
        : [],
    ),
    ...checkResources(one.resources, [...path, 'resources']),
    ...checkEnv(one, path),
    ...checkUnique(
      (one.ports ?? []).map(({ hostPort, protocol = 'TCP' }) =>
        hostPort === undefined ? undefined : `${hostPort}/${protocol}`,
      ),
      [...path, 'ports'],
      'hostPort',
    ),
  ];
};

const checkResources = (
  { requests = {}, limits = {} }: NonNullable<Container['resources']> = {},
  path: Path,
): Cause[] => {
  const negative = Object.entries({ requests, limits }).flatMap(([field, amounts]) =>
    Object.entries(amounts).flatMap(([key, text]) =>
      (parseQuantity(text)?.nano ?? 0n) < 0n
        ? [cause.invalid([...path, field, { key }], String(text), 'must be greater than or equal to 0')]
        : [],
    ),
  );
  const excess = Object.entries(requests).flatMap(([name, text]) => {
    const [wanted, limit] = [parseQuantity(text), parseQuantity(limits[name] ?? '')];
    return wanted && limit && wanted.nano > limit.nano
      ? [
          cause.invalid(
            [...path, 'requests'],
            String(text),
            `must be less than or equal to ${name} limit of ${limits[name]}`,
          ),
        ]
      : [];
  });
  return [...negative, ...excess];
};

const checkEnv = (one: Container, path: Path): Cause[] =>
  (one.env ?? []).flatMap((item, at) => {
    const field = [...path, 'env', at];
    const from = [item.valueFrom?.secretKeyRef, item.valueFrom?.configMapKeyRef].filter(ref => ref !== undefined);
    const causes: Cause[] = [];
    if (!/^[^=\s\0]+$/.test(item.name))
      causes.push(cause.invalid([...field, 'name'], item.name, 'must be a name without = and spaces'));
    if (item.value !== undefined && /[\r\n\0]/.test(item.value))
      causes.push(cause.invalid([...field, 'value'], item.value, 'must be one line'));
    if (item.valueFrom && item.value)
      causes.push(cause.invalid([...field, 'valueFrom'], '', 'may not be specified when `value` is not empty'));
    if (item.valueFrom && from.length !== 1)
      causes.push(
        cause.invalid([...field, 'valueFrom'], '', 'must specify one of: `secretKeyRef` or `configMapKeyRef`'),
      );
    return causes;
  });

const checkSnapshots = (one: NonNullable<EveSettings['snapshots']>, path: Path): Cause[] => {
  const { items = [], max = 1, active, rollback } = one;
  const ids = items.map(({ id }) => id);
  const causes = checkUnique(ids, [...path, 'items'], 'id');
  if (items.length > max) causes.push(cause.tooMany([...path, 'items'], items.length, max));
  if (active !== undefined && !ids.includes(active)) causes.push(cause.notFound([...path, 'active'], active));
  if ((rollback?.counter ?? 0) > 0 && active === undefined)
    causes.push(cause.required([...path, 'active'], 'a rollback needs to know to which snapshot'));
  return causes;
};

const checkEve = (one: EveSettings, path: Path): Cause[] => {
  const causes: Cause[] = [];
  if (one.service && one.mode !== 'NOHYPER')
    causes.push(cause.invalid([...path, 'service'], true, 'needs mode NOHYPER'));
  if (one.vnc?.shim && !one.vnc.enabled)
    causes.push(cause.invalid([...path, 'vnc', 'shim'], true, 'needs vnc.enabled'));
  if (one.vnc?.password && one.vnc.passwordSecret)
    causes.push(cause.forbidden([...path, 'vnc', 'passwordSecret'], 'may not be set together with password'));
  if (one.resolution !== undefined && !/^\d{3,5}x\d{3,5}$/.test(one.resolution))
    causes.push(cause.invalid([...path, 'resolution'], one.resolution, 'must look like 1920x1080'));
  if (one.cpus !== undefined && !/^\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?)*$/.test(one.cpus))
    causes.push(cause.invalid([...path, 'cpus'], one.cpus, 'must look like 1-3,5'));
  if (one.snapshots) causes.push(...checkSnapshots(one.snapshots, [...path, 'snapshots']));
  const data = one.userData;
  if (data && [data.inline, data.secret, data.configMap].filter(source => source !== undefined).length !== 1)
    causes.push(cause.invalid([...path, 'userData'], '', 'must specify one of: `inline`, `secret` or `configMap`'));
  causes.push(
    ...checkUnique(
      (one.interfaces ?? []).map(({ name }) => name),
      [...path, 'interfaces'],
    ),
    ...checkUnique(
      (one.adapters ?? []).map(({ name }) => name),
      [...path, 'adapters'],
    ),
    ...checkIp(one.statsAddress, [...path, 'statsAddress']),
  );
  for (const [at, item] of (one.interfaces ?? []).entries()) {
    const field = [...path, 'interfaces', at];
    causes.push(
      ...checkMac(item.mac, [...field, 'mac']),
      ...checkIp(item.address, [...field, 'address'], 4),
      ...(item.acls ?? []).flatMap((acl, n) => checkRule(acl, [...field, 'acls', n])),
    );
  }
  for (const [at, item] of (one.adapters ?? []).entries())
    causes.push(...checkMac(item.vf?.mac, [...path, 'adapters', at, 'vf', 'mac']));
  return causes;
};
