import { Buffer } from 'node:buffer';
import { type Cause, maxCauses } from '../../base/fault.ts';
import type { ObjectMeta, OwnerReference } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import { cleanupFinalizer } from '../extend/definition.ts';
import { labelErrors, labelValueErrors, pathErrors, qualifiedNameErrors, subdomainErrors } from '../names.ts';
import type { ResourceType } from '../resource.ts';

/** What decides about metadata. */
type Rules = Pick<ResourceType, 'nameRule' | 'scope' | 'native'>;

/** All that is wrong with an object's metadata, in upstream's order and words (kubernetes-api reference §1.19). */
export const validateMetadata = (type: Rules, meta: ObjectMeta): Cause[] => [
  ...generateNameCauses(type, meta),
  ...nameCauses(type, meta),
  ...namespaceCauses(type, meta),
  ...labelCauses(meta.labels ?? {}, 'metadata.labels'),
  ...annotationCauses(meta.annotations ?? {}, 'metadata.annotations'),
  ...ownerCauses(meta.ownerReferences ?? []),
  ...finalizerCauses(type, meta.finalizers ?? []),
];

/** What a write may not change. `now` was filled from `old` where it was silent. */
export const validateMetadataUpdate = (now: ObjectMeta, old: ObjectMeta): Cause[] => [
  ...immutable.filter(field => now[field] !== old[field]).map(field => frozen(field, now[field])),
  ...newFinalizerCauses(now, old),
];

/** Texts of warnings about metadata that is accepted but unwise. */
export const warnMetadata = (type: ResourceType, meta: ObjectMeta, old?: ObjectMeta): string[] => {
  if (type.native) return [];
  const known = new Set(old?.finalizers);
  const fresh = (meta.finalizers ?? []).filter(name => !known.has(name));
  return fresh
    .filter(name => !standardFinalizers.has(name) && !name.includes('/'))
    .map(
      name =>
        `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers`,
    );
};

/** Names of a type, and of types that follow the same rule. */
export const nameErrors = (rule: ResourceType['nameRule'], name: string): string[] =>
  rule === 'label' ? labelErrors(name) : rule === 'path' ? pathErrors(name) : subdomainErrors(name);

const immutable = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

const frozen = (field: string, value: unknown): Cause =>
  cause.invalid(`metadata.${field}`, value ?? '', 'field is immutable');

const generateNameCauses = (type: Rules, { generateName }: ObjectMeta): Cause[] => {
  if (!generateName) return [];
  // A prefix may end in a dash: something is always appended.
  const probe = type.nameRule === 'path' ? generateName : generateName.replace(/-$/, 'a');
  return nameErrors(type.nameRule, probe).map(error => cause.invalid('metadata.generateName', generateName, error));
};

const nameCauses = (type: Rules, { name }: ObjectMeta): Cause[] =>
  name
    ? nameErrors(type.nameRule, name).map(error => cause.invalid('metadata.name', name, error))
    : [cause.required('metadata.name', 'name or generateName is required')];

const namespaceCauses = (type: Rules, { namespace }: ObjectMeta): Cause[] => {
  if (type.scope === 'Cluster') {
    return namespace ? [cause.forbidden('metadata.namespace', 'not allowed on this type')] : [];
  }
  if (!namespace) return [cause.required('metadata.namespace')];
  return labelErrors(namespace).map(error => cause.invalid('metadata.namespace', namespace, error));
};

/** What is wrong with any of them, up to a number: see `maxCauses`. */
const causesOf = <T>(items: readonly T[], find: (item: T, index: number) => readonly Cause[]): Cause[] => {
  const causes: Cause[] = [];
  for (const [index, item] of items.entries()) {
    if (causes.length >= maxCauses) break;
    causes.push(...find(item, index));
  }
  return causes;
};

/** What is wrong with labels at `path`. */
export const labelCauses = (labels: Readonly<Record<string, string>>, path: string): Cause[] =>
  causesOf(Object.entries(labels), ([key, value]) => [
    ...qualifiedNameErrors(key).map(error => cause.invalid(path, key, error)),
    ...labelValueErrors(value).map(error => cause.invalid(path, value, error)),
  ]);

/** Upper bound of all keys and values of an object's annotations together, in bytes. */
const maxAnnotationBytes = 256 * 1024;

/** What is wrong with annotations at `path`. */
export const annotationCauses = (annotations: Readonly<Record<string, string>>, path: string): Cause[] => {
  const entries = Object.entries(annotations);
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return [
    ...causesOf(entries, ([key]) =>
      qualifiedNameErrors(key.toLowerCase()).map(error => cause.invalid(path, key, error)),
    ),
    ...(bytes > maxAnnotationBytes ? [cause.tooLong(path, maxAnnotationBytes)] : []),
  ];
};

const ownerCauses = (owners: readonly OwnerReference[]): Cause[] => {
  const controllers = owners.filter(owner => owner.controller === true).map(owner => `${owner.kind}/${owner.name}`);
  const causes = causesOf(owners, ownerReferenceCauses);
  // Each says all owners: one is enough.
  for (const other of controllers.slice(1, 2)) {
    const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0]} and ${other}`;
    causes.push(cause.invalid('metadata.ownerReferences', owners, detail));
  }
  return causes;
};

const ownerReferenceCauses = (owner: OwnerReference): Cause[] => {
  const at = 'metadata.ownerReferences';
  const causes: Cause[] = [];
  const parts = (owner.apiVersion ?? '').split('/');
  if (parts.length > 2 || !parts.at(-1))
    causes.push(cause.invalid(`${at}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'));
  for (const field of ['kind', 'name', 'uid'] as const) {
    if (!owner[field]) causes.push(cause.invalid(`${at}.${field}`, owner[field] ?? '', 'must not be empty'));
  }
  if (owner.apiVersion === 'v1' && owner.kind === 'Event') {
    causes.push(cause.invalid(at, owner, '/v1, Kind=Event is disallowed from being an owner'));
  }
  return causes;
};

const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion', cleanupFinalizer]);

const finalizerCauses = (type: Rules, finalizers: readonly string[]): Cause[] => {
  const at = 'metadata.finalizers';
  const causes = causesOf(finalizers, (name, index) => {
    const errors = qualifiedNameErrors(name).map(error => cause.invalid(at, name, error));
    if (errors.length > 0 || !type.native || name.includes('/') || standardFinalizers.has(name)) return errors;
    const detail = 'name is neither a standard finalizer name nor is it fully qualified';
    return [cause.invalid(`${at}[${index}]`, name, detail)];
  });
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    causes.push(cause.invalid(at, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return causes;
};

const newFinalizerCauses = (now: ObjectMeta, old: ObjectMeta): Cause[] => {
  if (!old.deletionTimestamp) return [];
  const known = new Set(old.finalizers);
  const added = (now.finalizers ?? []).filter(name => !known.has(name));
  if (added.length === 0) return [];
  const list = `[]string{${added.map(name => JSON.stringify(name)).join(', ')}}`;
  return [
    cause.forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`,
    ),
  ];
};
