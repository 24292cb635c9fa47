import { type Condition, findCondition, setCondition, toTime } from '../base/condition.ts';
import type { ApiObject, JsonMap } from '../base/object.ts';
import { isMap } from '../base/own.ts';
import type { Ports } from '../base/ports.ts';
import { unlessGone, unlessThere } from '../base/unless.ts';
import type { User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { Application } from '../resources/eve/application.ts';
import { instanceUuid } from '../resources/eve/roles.ts';
import { publishVerdict } from './attested.ts';
import { bindClaims } from './bind.ts';
import type { Outcome } from './device.ts';
import { describe, type Named, type Problem } from './problem.ts';
import { publishSession } from './publishsession.ts';
import type { Recorder } from './recorder.ts';
import { publishRefused } from './refused.ts';
import { decodeConfig } from './served.ts';
import { show } from './show.ts';

export interface PublishParts {
  readonly registry: Registry;
  readonly user: User;
  readonly ports: Ports;
  readonly recorder: Recorder;
}

/** Writes into objects what came of composing a device. Writes nothing that is there already. */
export const publish = async (parts: PublishParts, outcome: Outcome): Promise<void> => {
  await publishConfig(parts, outcome);
  await publishDevice(parts, outcome);
  await publishVerdict(parts, outcome.from);
  await publishRefused(parts, outcome.from);
  // Of those on a cluster the node speaks that starts them; what another one lacks is said of its Device.
  for (const one of outcome.from.applications)
    if (one.status?.device === outcome.from.device.metadata.name) await publishApplication(parts, outcome, one);
  await bindClaims(parts, outcome);
  await publishSession(parts, outcome);
};

const group = 'eve.lfedge.org';

/** `DeviceConfig`: made with its Device, owned by it, shows what is served. */
const publishConfig = async (parts: PublishParts, outcome: Outcome): Promise<void> => {
  const { registry, user, ports } = parts;
  const { apiVersion, kind, metadata } = outcome.from.device;
  const type = registry.catalog.get(group, 'deviceconfigs');
  const ref = { namespace: metadata.namespace, name: metadata.name };
  if (!(await registry.find(type, ref))) {
    const owner = {
      apiVersion,
      kind,
      name: metadata.name,
      uid: metadata.uid ?? '',
      controller: true,
      blockOwnerDeletion: true,
    };
    const fresh = { apiVersion, kind: 'DeviceConfig', metadata: { ...ref, ownerReferences: [owner] } };
    await unlessThere(registry.create(type, withNamespace(fresh), { user }));
  }
  const now = ports.clock.now();
  await unlessGone(
    registry.update(
      type,
      ref,
      current => {
        const status = current.status ?? {};
        const conditions = setCondition(
          setCondition(status['conditions'], composedCondition(outcome.problems), now),
          overriddenCondition(outcome),
          now,
        );
        if (status['hash'] === outcome.served.configHash && conditions === status['conditions']) return current;
        return {
          ...current,
          status: {
            ...status,
            config: show(decodeConfig(outcome.served)),
            hash: outcome.served.configHash,
            version: outcome.served.version,
            composedAt: toTime(outcome.served.configTimestampMs),
            overridden: [...outcome.overridden],
            conditions,
          },
        };
      },
      { user, subresource: 'status' },
    ),
  );
};

const withNamespace = (object: {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string | undefined };
}): ApiObject => {
  const { namespace, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(namespace !== undefined && { namespace }) } };
};

const publishDevice = async (parts: PublishParts, outcome: Outcome): Promise<void> => {
  const { registry, user, ports } = parts;
  const { device, uuid } = outcome.from;
  const now = ports.clock.now();
  const told = findCondition(device.status?.conditions, 'ConfigComposed');
  const composed = composedCondition(outcome.problems);
  const ref = { namespace: device.metadata.namespace, name: device.metadata.name };
  await unlessGone(
    registry.update(
      registry.catalog.get(group, 'devices'),
      ref,
      current =>
        current.metadata.uid === device.metadata.uid ? withConfig(current, outcome, composed, uuid, now) : current,
      { user, subresource: 'status' },
    ),
  );
  if (told?.['message'] === composed.message) return;
  for (const problem of outcome.problems) await parts.recorder.record(asObject(problem.about), toEvent(problem));
};

const withConfig = (
  current: ApiObject,
  outcome: Outcome,
  composed: Condition,
  uuid: string,
  now: number,
): ApiObject => {
  const status = current.status ?? {};
  const config = isMap(status['config']) ? status['config'] : {};
  const { served } = outcome;
  let conditions = setCondition(status['conditions'], composed, now);
  const isNew = config['hash'] !== served.configHash;
  if (isNew)
    conditions = setCondition(
      conditions,
      {
        type: 'ConfigApplied',
        status: 'False',
        reason: 'Pending',
        message: `the device has not applied version ${served.version} yet`,
      },
      now,
    );
  if (!isNew && conditions === status['conditions'] && status['uuid'] !== undefined) return current;
  const { fetchedHash: _hash, fetchedAt: _at, ...kept } = config;
  return {
    ...current,
    status: {
      ...status,
      uuid: typeof status['uuid'] === 'string' ? status['uuid'] : uuid,
      // Read from the status of the same object, whose schema is JSON.
      config: {
        ...(kept as JsonMap),
        hash: served.configHash,
        version: served.version,
        timestamp: new Date(served.configTimestampMs).toISOString(),
        composedAt: toTime(served.configTimestampMs),
      },
      conditions,
    },
  };
};

const publishApplication = async (parts: PublishParts, outcome: Outcome, one: Application): Promise<void> => {
  const { registry, user, ports } = parts;
  const uid = one.metadata.uid ?? '';
  const own = outcome.problems.filter(({ about }) => about.kind === one.kind && about.metadata.uid === uid);
  const uuid = instanceUuid(uid, 0, '');
  const present = outcome.config.apps?.some(app => app.uuidandversion?.uuid === uuid) ?? false;
  const condition: Condition =
    own.length === 0 && !present
      ? { type: 'Composed', status: 'False', reason: 'NotActivated', message: 'the device takes no applications now' }
      : { ...composedCondition(own), type: 'Composed' };
  if (findCondition(one.status?.conditions, 'Composed')?.['message'] === condition.message && one.status?.uuid === uuid)
    return;
  await unlessGone(
    registry.update(
      registry.catalog.get(group, 'applications'),
      { namespace: one.metadata.namespace, name: one.metadata.name },
      current => {
        if (current.metadata.uid !== uid) return current;
        const conditions = setCondition(current.status?.['conditions'], condition, ports.clock.now());
        if (conditions === current.status?.['conditions'] && current.status?.['uuid'] === uuid) return current;
        return { ...current, status: { ...current.status, uuid, conditions } };
      },
      { user, subresource: 'status' },
    ),
  );
};

/** All problems in one condition: which objects are broken, and how. */
const composedCondition = (problems: readonly Problem[]): Condition => {
  const [first] = problems;
  if (!first)
    return {
      type: 'ConfigComposed',
      status: 'True',
      reason: 'Composed',
      message: 'everything is in the configuration',
    };
  const texts = problems.map(one => `${describe(one.about)}: ${one.message}`);
  return {
    type: 'ConfigComposed',
    status: 'False',
    reason: first.reason,
    message: shorten([...new Set(texts)].join('; ')),
  };
};

const overriddenCondition = ({ overridden, from }: Outcome): Condition => {
  if (from.deviceConfig?.spec?.management === 'Manual')
    return {
      type: 'Overridden',
      status: 'True',
      reason: 'Manual',
      message: 'the whole configuration is that of spec.config',
    };
  return overridden.length === 0
    ? { type: 'Overridden', status: 'False', reason: 'Composed', message: 'nothing is overridden' }
    : { type: 'Overridden', status: 'True', reason: 'Overrides', message: shorten(overridden.join('; ')) };
};

const maxMessage = 4096;

const shorten = (text: string): string => (text.length > maxMessage ? `${text.slice(0, maxMessage - 1)}…` : text);

const toEvent = (problem: Problem) => ({ type: 'Warning' as const, reason: problem.reason, message: problem.message });

// A Named is an object of which only the head is looked at.
const asObject = (about: Named): ApiObject => ({
  apiVersion: about.apiVersion,
  kind: about.kind,
  metadata: about.metadata,
});
