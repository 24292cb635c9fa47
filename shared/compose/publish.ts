import { type Condition, setCondition, toTime } from '../base/condition.ts';
import { isEqual } from '../base/equal.ts';
import type { ApiObject } from '../base/object.ts';
import type { Ports } from '../base/ports.ts';
import { unlessGone, unlessThere } from '../base/unless.ts';
import type { User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import { instanceUuid } from '../resources/eve/roles.ts';
import { publishVerdict } from './attested.ts';
import { bindClaims } from './bind.ts';
import { composedCondition, shorten } from './composed.ts';
import type { Outcome } from './device.ts';
import { publishApplication } from './publishapplication.ts';
import { publishDevice } from './publishdevice.ts';
import { publishSession } from './publishsession.ts';
import type { Recorder } from './recorder.ts';
import { publishRefused } from './refused.ts';
import { publishReplaced } from './replaced.ts';
import { decodeConfig } from './served.ts';
import { show } from './show.ts';
import { readsSecret } from './userdata.ts';

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
  await publishReplaced(parts, outcome.from);
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
        // Conditions are shortened: they may say the same of other overrides.
        const isSame =
          status['hash'] === outcome.served.configHash &&
          conditions === status['conditions'] &&
          isEqual(status['overridden'], outcome.overridden);
        if (isSame) return current;
        return {
          ...current,
          status: {
            ...status,
            config: show(decodeConfig(outcome.served), undefined, secretiveIn(outcome)),
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

/**
 * Which apps have user data with a Secret in it, that may be in the clear: by what the Applications say now. What is served may
 * be older than that: then all may.
 */
const secretiveIn = ({ from, isHeld }: Outcome): ((uuid: string) => boolean) => {
  const found = new Set(
    from.applications.flatMap(({ metadata: { uid = '' }, spec }) =>
      spec && readsSecret(spec) ? spec.containers.map(({ name }, at) => instanceUuid(uid, at, name)) : [],
    ),
  );
  return uuid => isHeld || found.has(uuid);
};

const withNamespace = (object: {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string | undefined };
}): ApiObject => {
  const { namespace, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(namespace !== undefined && { namespace }) } };
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
