import { type Condition, findCondition, setCondition, toTime } from '../base/condition.ts';
import type { ApiObject, JsonMap } from '../base/object.ts';
import { isMap } from '../base/own.ts';
import { unlessGone } from '../base/unless.ts';
import { composedCondition } from './composed.ts';
import type { Outcome } from './device.ts';
import type { Named, Problem } from './problem.ts';
import type { PublishParts } from './publish.ts';

/** Says in a Device what it is served, of which generation of its spec that is, and what stands in the way. */
export const publishDevice = async (parts: PublishParts, outcome: Outcome): Promise<void> => {
  const { registry, user, ports } = parts;
  const { device } = outcome.from;
  const now = ports.clock.now();
  const told = findCondition(device.status?.conditions, 'ConfigComposed');
  const composed = { ...composedCondition(outcome.problems), observedGeneration: device.metadata.generation };
  const ref = { namespace: device.metadata.namespace, name: device.metadata.name };
  await unlessGone(
    registry.update(
      registry.catalog.get('eve.lfedge.org', 'devices'),
      ref,
      current => (current.metadata.uid === device.metadata.uid ? withConfig(current, outcome, composed, now) : current),
      { user, subresource: 'status' },
    ),
  );
  if (told?.['message'] === composed.message) return;
  for (const problem of outcome.problems)
    await parts.recorder.record(asObject(problem.about), toEvent(problem, device.metadata.name));
};

const withConfig = (current: ApiObject, outcome: Outcome, composed: Condition, now: number): ApiObject => {
  const status = current.status ?? {};
  const config = isMap(status['config']) ? status['config'] : {};
  const { served, from } = outcome;
  const isNew = config['hash'] !== served.configHash;
  // What makes no difference to the device is applied when it is composed.
  const isApplied = !isNew && config['appliedVersion'] === served.version;
  const generation = generationIn(outcome) ?? numberOf(config['generation']);
  const observedGeneration = (isApplied ? generation : numberOf(status['observedGeneration'])) ?? 0;
  const applied = isNew ? pending(served.version) : appliedIn(status);
  const { fetchedHash: _hash, fetchedAt: _at, ...kept } = config;
  const onboarded = findCondition(status['conditions'], 'Onboarded') as Condition | undefined; // as it was written
  // Whatever the spec says since: who registered has registered.
  const told =
    onboarded?.status === 'True' ? [{ ...onboarded, observedGeneration: from.device.metadata.generation }] : [];
  const said = [composed, ...told, ...(applied ? [{ ...applied, observedGeneration: generation }] : [])];
  return {
    ...current,
    status: {
      ...status,
      uuid: typeof status['uuid'] === 'string' ? status['uuid'] : from.uuid,
      // Whoever waits for it by its status shall not take a Device that applied nothing for one that is done.
      observedGeneration,
      // Read from the status of the same object, whose schema is JSON.
      config: {
        ...(kept as JsonMap),
        hash: served.configHash,
        version: served.version,
        ...(generation !== undefined && { generation }),
        timestamp: new Date(served.configTimestampMs).toISOString(),
        composedAt: toTime(served.configTimestampMs),
      },
      conditions: said.reduce(
        (conditions, one) => setCondition(conditions, one, now),
        Array.isArray(status['conditions']) ? (status['conditions'] as JsonMap[]) : [], // by its schema
      ),
    },
  };
};

/** The generation of the Device that is in what it is served; undefined: an older one, or not all of this. */
const generationIn = ({ from: { device }, isHeld, problems }: Outcome): number | undefined => {
  const isOwn = ({ about }: Problem) => about.kind === device.kind && about.metadata.uid === device.metadata.uid;
  return isHeld || problems.some(isOwn) ? undefined : device.metadata.generation;
};

const pending = (version: number): Condition => ({
  type: 'ConfigApplied',
  status: 'False',
  reason: 'Pending',
  message: `the device has not applied version ${version} yet`,
});

// Written by setCondition.
const appliedIn = ({ conditions }: JsonMap) => findCondition(conditions, 'ConfigApplied') as Condition | undefined;

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

const toEvent = ({ about, reason, message }: Problem, device: string) => {
  const place = `Device "${device}": `;
  const isPlain = ofOneDevice.includes(about.kind) || message.startsWith(place);
  return {
    type: reason === 'Waiting' ? ('Normal' as const) : ('Warning' as const),
    reason,
    message: isPlain ? message : place + message,
  };
};

/** Kinds whose objects say themselves which device it is. */
const ofOneDevice: readonly string[] = ['Device', 'DeviceConfig', 'Application'];

// A Named is an object of which only the head is looked at.
const asObject = (about: Named): ApiObject => ({
  apiVersion: about.apiVersion,
  kind: about.kind,
  metadata: about.metadata,
});
