import type { Cause } from '../../base/fault.ts';
import { isInside, parseCidr, parseIp } from '../../base/ip.ts';
import { cause, type Path } from '../../base/path.ts';
import { checkPorts } from './adapters.ts';
import type { DeviceSpec } from './devicespec.ts';
import { checkCertificate, checkCidr, checkIp, checkUnique } from './fields.ts';
import { checkTaints } from './taints.ts';

/** All that is wrong with a Device's spec beyond its schema. */
export const checkDeviceSpec = (spec: DeviceSpec, path: Path): Cause[] => [
  ...checkCertificate(spec.certificate, [...path, 'certificate']),
  ...checkCertificate(spec.onboard, [...path, 'onboard']),
  ...checkPorts(spec, path),
  ...checkEnrollments(spec, path),
  ...checkAccess(spec, path),
  ...checkPlaces(spec, path),
  ...checkTaints(spec.taints ?? [], [...path, 'taints']),
  ...(spec.edgeView ? checkEdgeView(spec.edgeView, [...path, 'edgeView']) : []),
  ...(spec.cluster ? checkCluster(spec, spec.cluster, [...path, 'cluster']) : []),
  ...(spec.disks ? checkDisks(spec.disks, [...path, 'disks']) : []),
];

/** Whether the spec alone tells that there is no such port: a model may have more. */
const isNoPort = (spec: DeviceSpec, label: string): boolean => {
  const own = [...(spec.adapters ?? []), ...(spec.vlans ?? []), ...(spec.bonds ?? [])];
  return spec.model === undefined && (spec.adapters ?? []).length > 0 && !own.some(({ name }) => name === label);
};

const webUrl = /^https?:\/\/[^\s/]+(\/\S*)?$/i;

const checkEnrollments = ({ certificateEnrollments = [] }: DeviceSpec, path: Path): Cause[] => [
  ...checkUnique(
    certificateEnrollments.map(({ name }) => name),
    [...path, 'certificateEnrollments'],
  ),
  ...certificateEnrollments.flatMap(({ url, caCertificates = [], alternativeNames }, at) => {
    const field = [...path, 'certificateEnrollments', at];
    return [
      ...(webUrl.test(url) ? [] : [cause.invalid([...field, 'url'], url, 'must be a URL http:// or https://')]),
      ...caCertificates.flatMap((text, n) => checkCertificate(text, [...field, 'caCertificates', n])),
      ...(alternativeNames?.ip ?? []).flatMap((ip, n) => checkIp(ip, [...field, 'alternativeNames', 'ip', n])),
    ];
  }),
];

const checkAccess = (spec: DeviceSpec, path: Path): Cause[] => {
  const { portAccess = [], certificateEnrollments = [] } = spec;
  const known = certificateEnrollments.map(({ name }) => name);
  return [
    ...checkUnique(
      portAccess.map(({ port }) => port),
      [...path, 'portAccess'],
      'port',
    ),
    ...portAccess.flatMap(({ port, enrollment }, at) => [
      ...(isNoPort(spec, port) ? [cause.notFound([...path, 'portAccess', at, 'port'], port)] : []),
      ...(known.includes(enrollment) ? [] : [cause.notFound([...path, 'portAccess', at, 'enrollment'], enrollment)]),
    ]),
  ];
};

/** `host`, `host:port`, `[v6]:port`; with a path where that is said. */
const hostPort = /^(\[[0-9a-fA-F:.]+\]|[^\s:/[\]]+)(:\d{1,5})?$/;
const dispatcherForm = /^(\[[0-9a-fA-F:.]+\]|[^\s:/[\]]+):\d{1,5}(\/[^\s?#]*)?$/;

const checkPlaces = ({ profile, localOperatorConsole: console }: DeviceSpec, path: Path): Cause[] => {
  const server = profile?.localServer;
  const causes: Cause[] = [];
  if (server !== undefined && server !== '' && !hostPort.test(server))
    causes.push(
      cause.invalid([...path, 'profile', 'localServer'], server, 'must be host or host:port, without a scheme'),
    );
  if (console && !/^https?:\/\/[^\s/]+\/?$/i.test(console.url))
    causes.push(
      cause.invalid(
        [...path, 'localOperatorConsole', 'url'],
        console.url,
        'must be http(s)://host[:port], without a path',
      ),
    );
  return causes;
};

const madeFields = ['expires', 'instances', 'encrypt', 'authentication'] as const;

const checkEdgeView = (one: NonNullable<DeviceSpec['edgeView']>, path: Path): Cause[] => {
  const causes = (one.dispatcherCertificates ?? []).flatMap((text, at) =>
    checkCertificate(text, [...path, 'dispatcherCertificates', at]),
  );
  if ((one.dispatcher === undefined) === (one.tokenSecret === undefined))
    causes.push(cause.invalid(path, one.dispatcher ?? '', 'must specify one of: `dispatcher` or `tokenSecret`'));
  else if (one.tokenSecret)
    for (const field of madeFields)
      if (one[field] !== undefined) causes.push(cause.forbidden([...path, field], 'the token of tokenSecret says it'));
  if (one.dispatcher !== undefined) {
    if (!dispatcherForm.test(one.dispatcher))
      causes.push(cause.invalid([...path, 'dispatcher'], one.dispatcher, 'must be host:port or host:port/path'));
    if (!one.expires) causes.push(cause.required([...path, 'expires'], 'a token must end'));
  }
  return causes;
};

const checkCluster = (spec: DeviceSpec, one: NonNullable<DeviceSpec['cluster']>, path: Path): Cause[] => {
  const causes = [
    ...checkCidr(one.ipPrefix, [...path, 'ipPrefix']),
    ...checkIp(one.joinServerIP, [...path, 'joinServerIP']),
    ...(one.loadBalancers ?? []).flatMap(({ addresses }, at) =>
      addresses.flatMap((text, n) => checkCidr(text, [...path, 'loadBalancers', at, 'addresses', n])),
    ),
  ];
  const block = parseCidr(one.ipPrefix);
  const join = parseIp(one.joinServerIP);
  if (block && join && !isInside(join, block))
    causes.push(
      cause.invalid([...path, 'joinServerIP'], one.joinServerIP, `must be inside the subnet of ${one.ipPrefix}`),
    );
  if (block && (block.address === block.first || block.address === block.last))
    causes.push(
      cause.invalid([...path, 'ipPrefix'], one.ipPrefix, "must hold the node's own address, not that of the subnet"),
    );
  for (const [field, label] of [['interface', one.interface], ...loadBalancersOf(one)] as const)
    if (isNoPort(spec, label)) causes.push(cause.notFound([...path, field], label));
  return causes;
};

const loadBalancersOf = (one: NonNullable<DeviceSpec['cluster']>) =>
  (one.loadBalancers ?? []).map(({ interface: label }, at) => [`loadBalancers[${at}].interface`, label] as const);

/** Fewest members of an array. */
const least = { RAID0: 1, RAID1: 2, RAID5: 3, RAID6: 4 };

type Disks = NonNullable<DeviceSpec['disks']>;

const checkDisks = (disks: Disks, path: Path): Cause[] => {
  const levels: [Pick<Disks, 'arrayType' | 'disks'> & { children?: Disks['children'] }, Path][] = [
    [disks, path],
    ...(disks.children ?? []).map((child, at): [typeof child, Path] => [child, [...path, 'children', at]]),
  ];
  const seen = new Set<string>();
  return levels.flatMap(([{ arrayType, disks: own = [], children = [] }, at]) => {
    const count = own.filter(({ use }) => use !== 'Unused').length + children.length;
    const causes =
      arrayType && count < least[arrayType]
        ? [cause.invalid([...at, 'arrayType'], arrayType, `needs at least ${least[arrayType]} disks or arrays`)]
        : [];
    for (const [n, { disk }] of own.entries()) {
      const name = disk.serial ?? disk.name ?? disk.logicalName;
      const field = [...at, 'disks', n, 'disk'];
      if (!name) causes.push(cause.required(field, 'needs one of name, logicalName and serial'));
      else if (seen.has(name)) causes.push(cause.duplicate(field, name));
      else seen.add(name);
    }
    return causes;
  });
};
