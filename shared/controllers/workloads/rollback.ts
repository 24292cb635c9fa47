import type { ApiObject, JsonMap } from '../../base/object.ts';
import { unlessGone } from '../../base/unless.ts';
import { controllerUser } from '../../kube/access/user.ts';
import type { Machine, Workload } from './machine.ts';
import { type Revision, readHistory } from './revisions.ts';

/**
 * Asks a workload to take back an earlier template: the number of a revision, or `0` (or `previous`) for the one before the
 * newest. The controller puts that template into the spec and takes the annotation away, in one write.
 */
export const rollbackAnnotation = 'kubeve.io/rollback-to';

/** True when the annotation was there and was dealt with: the workload has changed and comes up again. */
export const rollBack = async (machine: Machine, workload: Workload): Promise<boolean> => {
  const { object } = workload;
  const wanted = object.metadata.annotations?.[rollbackAnnotation];
  if (wanted === undefined) return false;
  // The template of now may be so new that it is not in the history yet: what was before it is asked for.
  const { current, old } = await readHistory(machine, workload, true);
  const found = find(current ? [...old, current] : old, wanted.trim());
  await machine.recorder.record(
    object,
    found
      ? { type: 'Normal', reason: 'RolledBack', message: `Rolled back to revision ${found.number}` }
      : {
          type: 'Warning',
          reason: 'RollbackRevisionNotFound',
          message: `There is no revision ${JSON.stringify(wanted)}`,
        },
  );
  await unlessGone(
    machine.registry.update(
      workload.type,
      object.metadata,
      current =>
        current.metadata.uid === object.metadata.uid && current.metadata.annotations?.[rollbackAnnotation] === wanted
          ? withTemplate(current, found)
          : current,
      { user: controllerUser },
    ),
  );
  return true;
};

const find = (all: readonly Revision[], wanted: string): Revision | undefined =>
  wanted === '0' || wanted === 'previous' ? all.at(-2) : all.find(({ number }) => `${number}` === wanted);

const withTemplate = (current: ApiObject, revision: Revision | undefined): ApiObject => {
  const { [rollbackAnnotation]: _, ...annotations } = current.metadata.annotations ?? {};
  return {
    ...current,
    metadata: { ...current.metadata, annotations },
    // A template is JSON: it came in as JSON.
    ...(revision && { spec: { ...current.spec, template: revision.template as unknown as JsonMap } }),
  };
};
