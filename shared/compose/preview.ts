import { Fault } from '../base/fault.ts';
import { type ApiObject, type Json, type JsonMap, type ObjectRef, toKey } from '../base/object.ts';
import { isMap } from '../base/own.ts';
import type { Ports } from '../base/ports.ts';
import type { Controller } from '../eve/controller.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import { decodeServed } from '../eve/served.ts';
import { controllerUser, type User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { ResourceType } from '../kube/resource.ts';
import { matchesNodeAffinity } from '../kube/select/affinity.ts';
import type { ApplicationSpec } from '../resources/eve/applicationspec.ts';
import { overlay } from '../store/overlay.ts';
import type { Store } from '../store/store.ts';
import { composeDevice, type Outcome } from './device.ts';
import { differences } from './differences.ts';
import type { Foreseen } from './foreseen.ts';
import { configs } from './kinds.ts';
import { describe } from './problem.ts';
import { decodeConfig } from './served.ts';
import { show } from './show.ts';
import { networkConcerns } from './wake.ts';

export interface PreviewParts {
  readonly store: Store;
  readonly controller: Controller;
  readonly ports: Ports;
  /** Objects over another store: admitted by everybody who is asked for a write, or by the kinds alone. */
  over(store: Store, isAdmitted: boolean): Registry;
  /** What a workload makes of itself on a Device. `here`: its Applications there. */
  foresee(type: ResourceType, workload: ApiObject, device: ApiObject, here: readonly ApiObject[]): Foreseen;
}

export interface PreviewRequest {
  /** The Device. */
  readonly ref: ObjectRef;
  readonly objects: readonly ApiObject[];
  readonly user: User;
  /** Throws when the user may not apply such an object. */
  allow(type: ResourceType, ref: ObjectRef): Promise<void>;
}

/**
 * What a Device would be told if these objects were applied, and where that differs from what it is told now. Everything is
 * admitted and validated as it would be, and nothing is stored. Throws the Faults that applying would.
 */
export const createPreview =
  (parts: PreviewParts) =>
  async ({ ref, objects, user, allow }: PreviewRequest): Promise<JsonMap> => {
    const store = overlay(parts.store);
    const registry = parts.over(store, true);
    const plain = parts.over(store, false);
    const warnings: string[] = [];
    const notes: string[] = [];
    const applied: ApiObject[] = [];
    for (const [at, object] of objects.entries()) {
      const type = typeOf(registry, object, at);
      const target = refOf(type, object, ref, at);
      await allow(type, target);
      applied.push(await apply(registry, plain, type, target, object, user, text => warnings.push(text)));
    }
    notes.push(...(await bind(plain, ref, applied)));
    for (const workload of await workloadsIn(plain, ref, applied)) notes.push(await make(parts, plain, ref, workload));
    const before = await parts.store.get(configs, uuidIn(await plain.get(deviceType(plain), ref)));
    const outcome = await compose(parts, store, plain, ref);
    return answer(outcome, before && decodeConfig(decodeServed(before.value)), { warnings, notes });
  };

const deviceType = (registry: Registry): ResourceType => registry.catalog.get('eve.lfedge.org', 'devices');

const applicationType = (registry: Registry): ResourceType => registry.catalog.get('eve.lfedge.org', 'applications');

const uuidIn = ({ status, metadata }: ApiObject): string => String(status?.['uuid'] ?? metadata.uid ?? '');

const typeOf = (registry: Registry, { apiVersion, kind }: ApiObject, at: number): ResourceType => {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const type = registry.catalog.byKind(group ?? '', version, kind);
  if (!type) throw new Fault('BadRequest', `objects[${at}]: there is no kind ${kind} in version ${apiVersion}`);
  return type;
};

/** Without a namespace an object is in that of the Device. */
const refOf = ({ scope }: ResourceType, { metadata }: ApiObject, { namespace }: ObjectRef, at: number): ObjectRef => {
  if (!metadata.name) throw new Fault('BadRequest', `objects[${at}]: metadata.name is required`);
  if (scope === 'Cluster') return { name: metadata.name };
  return { namespace: metadata.namespace ?? namespace, name: metadata.name };
};

/** Who applies with kubectl owns fields under this name. */
const fieldManager = 'kubectl';

/**
 * Tried first with everybody who is asked for a write, webhooks included, who are told that it is a dry run; what they make of
 * it is then written to the overlay.
 */
const apply = async (
  registry: Registry,
  plain: Registry,
  type: ResourceType,
  ref: ObjectRef,
  object: ApiObject,
  user: User,
  warn: (text: string) => void,
): Promise<ApiObject> => {
  const { namespace: _namespace, ...head } = object.metadata;
  const own = ref.namespace === undefined ? {} : { namespace: ref.namespace };
  const config: ApiObject = { ...object, metadata: { ...head, name: ref.name, ...own } };
  const { status: _, ...wanted } = config;
  const options = { user, fieldManager, force: true, warn };
  const tried = await registry.apply(type, ref, wanted, { ...options, dryRun: true });
  if (!tried.created) return (await plain.update(type, ref, () => tried.object, { user })).object;
  const { resourceVersion: _version, ...metadata } = tried.object.metadata;
  return plain.create(type, { ...tried.object, metadata }, { user });
};

/**
 * Applications that no Device has yet are taken to come to this one where they match it; which one gets them is otherwise
 * decided later, and by what else there is.
 */
const bind = async (plain: Registry, ref: ObjectRef, applied: readonly ApiObject[]): Promise<string[]> => {
  const device = await plain.get(deviceType(plain), ref);
  const type = applicationType(plain);
  const notes: string[] = [];
  for (const { kind, metadata } of applied) {
    if (kind !== 'Application' || metadata.namespace !== ref.namespace) continue;
    const current = await plain.get(type, { namespace: metadata.namespace, name: metadata.name });
    const spec = current.spec as unknown as ApplicationSpec; // validated by the registry
    const isHere = matchesNodeAffinity(spec.affinity?.nodeAffinity, spec.nodeSelector, device);
    const now = current.status?.['device'];
    if (isHere === (now === ref.name)) continue;
    if (!isHere && now === undefined) notes.push(`Application "${metadata.name}" does not match this Device`);
    if (now !== undefined && now !== ref.name) continue;
    if (isHere) notes.push(`Application "${metadata.name}" is taken to be placed on this Device`);
    await place(plain, metadata, isHere ? device : undefined);
  }
  return notes;
};

/** Binds an Application to a Device, or to none. */
const place = async (plain: Registry, { namespace, name }: ObjectRef, device: ApiObject | undefined): Promise<void> => {
  const placed = device && { device: device.metadata.name, deviceUID: device.metadata.uid ?? '' };
  await plain.update(
    applicationType(plain),
    { namespace, name },
    one => {
      const { device: _, deviceUID: __, ...status } = one.status ?? {};
      return { ...one, status: { ...status, ...placed } };
    },
    { user: controllerUser, subresource: 'status' },
  );
};

const workloadForm = /^Application(Deployment|DaemonSet|StatefulSet)$/;

/** Those that were applied, and where the Device itself was, every set that is on all Devices it matches. */
const workloadsIn = async (plain: Registry, ref: ObjectRef, applied: readonly ApiObject[]): Promise<ApiObject[]> => {
  const own = applied.filter(({ metadata }) => metadata.namespace === ref.namespace);
  const found = new Map<string, ApiObject>();
  for (const { kind, metadata } of own) {
    const type = workloadForm.test(kind) && plain.catalog.byKind('eve.lfedge.org', undefined, kind);
    if (type) found.set(`${kind} ${metadata.name}`, await plain.get(type, { ...ref, name: metadata.name }));
  }
  if (own.some(({ kind, metadata }) => kind === 'Device' && metadata.name === ref.name)) {
    const type = plain.catalog.get('eve.lfedge.org', 'applicationdaemonsets');
    for (const one of (await plain.list(type, { namespace: ref.namespace })).items)
      found.set(`${type.kind} ${one.metadata.name}`, one);
  }
  return [...found.values()].filter(({ metadata }) => metadata.deletionTimestamp === undefined);
};

/** Does on the Device what a workload would. */
const make = async (
  { foresee }: PreviewParts,
  plain: Registry,
  ref: ObjectRef,
  workload: ApiObject,
): Promise<string> => {
  const { catalog } = plain;
  const type = catalog.byKind('eve.lfedge.org', undefined, workload.kind);
  if (!type) throw new Error(`${workload.kind} is no kind`);
  const [applications, claimType] = [applicationType(plain), catalog.get('', 'persistentvolumeclaims')];
  const device = await plain.get(deviceType(plain), ref);
  const found = await plain.findByTerm(applications, `device=${ref.namespace}/${ref.name}`);
  const here = found.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === workload.metadata.uid),
  );
  const plan = foresee(type, workload, device, here);
  const options = { user: controllerUser };
  for (const name of plan.leaving) await plain.delete(applications, { ...ref, name }, options);
  for (const claim of plan.claims)
    if (!(await plain.find(claimType, claim.metadata))) await plain.create(claimType, claim, options);
  for (const one of plan.applications) {
    await plain.create(applications, one, options);
    await place(plain, one.metadata, device);
  }
  return plan.note;
};

const compose = async (
  { controller, ports }: PreviewParts,
  store: Store,
  { catalog }: Registry,
  ref: ObjectRef,
): Promise<Outcome> => {
  const parts = { store, controller, ports, networkConcerns: networkConcerns(catalog) };
  const outcome = await composeDevice(parts, toKey(ref));
  if (!outcome) throw new Fault('NotFound', `devices.eve.lfedge.org "${ref.name}" not found`);
  return outcome;
};

const answer = (
  outcome: Outcome,
  before: EdgeDevConfig | undefined,
  said: { warnings: readonly string[]; notes: readonly string[] },
): JsonMap => {
  // As a device reads it: what was composed says zeros that are not sent.
  const config = decodeConfig(outcome.served);
  const found = differences(plainly(before ?? {}), plainly(config)).filter(({ path }) => !isMoment(path));
  return {
    device: `${outcome.from.device.metadata.namespace}/${outcome.from.device.metadata.name}`,
    changed: found.length > 0,
    differences: found.map(({ path, before: was, after: is }) => hide(path, was, is)),
    problems: outcome.problems.map(one => ({
      object: describe(one.about),
      reason: one.reason,
      message: one.message,
    })),
    warnings: [...said.warnings],
    notes: [...said.notes],
    config: hideIn(show(config)) as JsonMap, // what goes in is a map
  };
};

/** As it is compared: with its secrets, so that a change of one shows; they are hidden when it is told. */
const plainly = (config: EdgeDevConfig): JsonMap => show(config, text => text);

/** Version and time change with everything. */
const isMoment = (path: string): boolean => path === 'id.version' || path === 'configTimestamp';

/** User data may have come from a Secret. What is encrypted is no secret. */
const secretFields = /(^|\.)(userData|apiKey|password|token|vncPasswd|profileServerToken|artifactMetaData)$/;

const hidden = '(hidden)';

const hide = (path: string, before: Json | undefined, after: Json | undefined): JsonMap => {
  const told = (value: Json): Json => (secretFields.test(path) && value !== '' ? hidden : hideIn(value));
  return {
    path,
    ...(before !== undefined && { before: told(before) }),
    ...(after !== undefined && { after: told(after) }),
  };
};

const hideIn = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(hideIn);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      secretFields.test(key) && typeof inner === 'string' && inner !== '' ? hidden : hideIn(inner as Json), // JSON
    ]),
  );
};
