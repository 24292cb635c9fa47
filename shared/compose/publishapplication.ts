import { type Condition, findCondition, setCondition } from '../base/condition.ts';
import { unlessGone } from '../base/unless.ts';
import type { Application } from '../resources/eve/application.ts';
import { instanceUuid } from '../resources/eve/roles.ts';
import { composedCondition } from './composed.ts';
import type { Outcome } from './device.ts';
import type { PublishParts } from './publish.ts';

/** Says in an Application whether it is in what its Device is served, as it is wanted. */
export const publishApplication = async (parts: PublishParts, outcome: Outcome, one: Application): Promise<void> => {
  const { registry, user, ports } = parts;
  const uid = one.metadata.uid ?? '';
  const uuid = instanceUuid(uid, 0, '');
  const condition = conditionOf(outcome, one, uuid);
  const told = findCondition(one.status?.conditions, 'Composed');
  if (
    told?.['message'] === condition.message &&
    told['observedGeneration'] === condition.observedGeneration &&
    one.status?.uuid === uuid
  )
    return;
  await unlessGone(
    registry.update(
      registry.catalog.get('eve.lfedge.org', 'applications'),
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

const conditionOf = ({ config, problems, isHeld }: Outcome, one: Application, uuid: string): Condition => {
  const { uid, generation: observedGeneration } = one.metadata;
  const said = { type: 'Composed', observedGeneration };
  const own = problems.filter(({ about }) => about.kind === one.kind && about.metadata.uid === uid);
  const served = config.apps?.find(app => app.uuidandversion?.uuid === uuid)?.uuidandversion;
  if (own.length > 0) return { ...composedCondition(own), ...said };
  if (!served)
    return { ...said, status: 'False', reason: 'NotActivated', message: 'the device takes no applications now' };
  if (isHeld && served.version !== String(observedGeneration))
    return { ...composedCondition(problems), ...said, reason: 'HeldBack' };
  return { ...composedCondition([]), ...said };
};
