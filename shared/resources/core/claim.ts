import { isEqual } from '../../base/equal.ts';
import type { Cause } from '../../base/fault.ts';
import { cause, type Path, printValue } from '../../base/path.ts';
import { compareQuantities, parseQuantity, toQuantity } from '../../base/quantity.ts';
import { subdomainErrors } from '../../kube/names.ts';
import { checkLabelSelector, type LabelSelectorObject } from '../../kube/select/labels.ts';

/** A PersistentVolumeClaim's spec as far as code looks at it. */
export interface ClaimSpec {
  readonly accessModes?: readonly string[];
  readonly selector?: LabelSelectorObject;
  resources?: {
    readonly limits?: Readonly<Record<string, string | number>>;
    readonly requests?: Readonly<Record<string, string | number>>;
  };
  readonly volumeName?: string;
  readonly storageClassName?: string;
  readonly volumeMode?: string;
  dataSource?: DataSource;
  dataSourceRef?: DataSource;
  readonly volumeAttributesClassName?: string;
}

interface DataSource {
  readonly apiGroup?: string;
  /** The same as apiGroup. */
  readonly group?: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface ClaimStatus {
  readonly phase?: string;
  readonly accessModes?: readonly string[];
  readonly capacity?: Readonly<Record<string, string | number>>;
}

const modes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const volumeModes = ['Block', 'Filesystem'];

/** All that is wrong with a claim's spec beyond its structure (kubernetes-api reference §2.4). */
export const checkClaim = (spec: ClaimSpec): Cause[] => [
  ...checkModes(spec.accessModes ?? []),
  ...(spec.selector ? checkLabelSelector(spec.selector, ['spec', 'selector']) : []),
  ...checkSize(spec),
  ...checkClassName(spec.storageClassName, 'spec.storageClassName'),
  ...(volumeModes.includes(spec.volumeMode ?? '')
    ? []
    : [cause.notSupported('spec.volumeMode', spec.volumeMode ?? '', volumeModes)]),
  ...(spec.dataSource ? checkSource(spec.dataSource, ['spec', 'dataSource']) : []),
  ...(spec.dataSourceRef ? checkSource(spec.dataSourceRef, ['spec', 'dataSourceRef']) : []),
  ...checkSources(spec),
  ...checkClassName(spec.volumeAttributesClassName, 'spec.volumeAttributesClassName'),
];

const immutable =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

/** All that is wrong with a change of a claim. */
export const checkClaimUpdate = (now: ClaimSpec, old: ClaimSpec, status: ClaimStatus): Cause[] => {
  const causes: Cause[] = [];
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])] as (keyof ClaimSpec)[];
  const frozen = fields.filter(field => !isEqual(now[field], old[field]) && !mayChange(field, now, old, status));
  if (frozen.length > 0) causes.push(cause.forbidden('spec', `${immutable}\n${diff(now, old, frozen)}`));
  const [wanted, before, capacity] = [now.resources?.requests, old.resources?.requests, status.capacity].map(storageOf);
  const shrinks = wanted && before && compareQuantities(wanted, before) < 0;
  if (shrinks && compareQuantities(wanted, capacity ?? toQuantity(0)) <= 0)
    causes.push(cause.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  return causes;
};

/** A binding may be recorded, a default class filled in later, and a bound claim's size and attributes class changed. */
const mayChange = (field: keyof ClaimSpec, now: ClaimSpec, old: ClaimSpec, status: ClaimStatus): boolean => {
  if (field === 'volumeName') return !old.volumeName;
  if (field === 'storageClassName') return old.storageClassName === undefined && !old.volumeName;
  if (status.phase !== 'Bound') return false;
  if (field === 'volumeAttributesClassName') return true;
  return field === 'resources' && isEqual(withoutStorage(now.resources), withoutStorage(old.resources));
};

const withoutStorage = (resources: ClaimSpec['resources'] = {}) => {
  const { storage: _, ...requests } = resources.requests ?? {};
  return { ...resources, requests };
};

/** What would have changed, a line for each value: `- old` and `+ new`. */
const diff = (now: ClaimSpec, old: ClaimSpec, fields: readonly (keyof ClaimSpec)[]): string =>
  fields
    .flatMap(field => [
      ...(old[field] === undefined ? [] : [`- ${field}: ${printValue(old[field])}`]),
      ...(now[field] === undefined ? [] : [`+ ${field}: ${printValue(now[field])}`]),
    ])
    .join('\n');

const storageOf = (amounts: Readonly<Record<string, string | number>> | undefined) =>
  amounts?.storage === undefined ? undefined : parseQuantity(amounts.storage);

const checkModes = (given: readonly string[]): Cause[] => {
  const path = 'spec.accessModes';
  if (given.length === 0) return [cause.required(path, 'at least 1 access mode is required')];
  const causes = given.filter(mode => !modes.includes(mode)).map(mode => cause.notSupported(path, mode, modes));
  if (given.includes('ReadWriteOncePod') && given.some(mode => mode !== 'ReadWriteOncePod'))
    causes.push(cause.forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
  return causes;
};

const checkSize = ({ resources }: ClaimSpec): Cause[] => {
  const path = ['spec', 'resources', { key: 'storage' }];
  const size = resources?.requests?.storage;
  if (size === undefined) return [cause.required(path)];
  const quantity = parseQuantity(size);
  if (!quantity || quantity.nano > 0n) return [];
  return [cause.invalid(path, String(size), 'must be greater than zero')];
};

const checkClassName = (name: string | undefined, path: string): Cause[] =>
  name ? subdomainErrors(name).map(message => cause.invalid(path, name, message)) : [];

const checkSource = (source: DataSource, path: Path): Cause[] => {
  const causes: Cause[] = [];
  const group = source.apiGroup || source.group || '';
  if (!source.name) causes.push(cause.required([...path, 'name']));
  if (!source.kind) causes.push(cause.required([...path, 'kind']));
  if (group === '' && source.kind && source.kind !== 'PersistentVolumeClaim')
    causes.push(
      cause.invalid(path, source.kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"),
    );
  // EVE's API writes group/version where Kubernetes writes the group alone.
  const [name = '', version] = group.split('/', 2);
  if (name !== '')
    causes.push(...subdomainErrors(name).map(message => cause.invalid([...path, 'apiGroup'], group, message)));
  if (version === '') causes.push(cause.invalid([...path, 'apiGroup'], group, 'the version after the slash is empty'));
  return causes;
};

/** The two ways of naming the source may not contradict each other. */
const checkSources = ({ dataSource, dataSourceRef }: ClaimSpec): Cause[] => {
  if (!dataSource || !dataSourceRef) return [];
  if (dataSourceRef.namespace)
    return [cause.invalid('spec.dataSource', '', 'may not be specified when dataSourceRef.namespace is specified')];
  const identity = ({ apiGroup, group, kind, name }: DataSource) => [apiGroup || group || '', kind, name];
  if (isEqual(identity(dataSource), identity(dataSourceRef))) return [];
  return [cause.invalid('spec', 'spec.dataSource', 'must match dataSourceRef')];
};
