import { type Condition, findCondition, setCondition, toTime } from '../../base/condition.ts';
import type { JsonMap } from '../../base/object.ts';
import { unlessGone } from '../../base/unless.ts';
import { controllerUser } from '../../kube/access/user.ts';
import type { LabelSelectorObject } from '../../kube/select/labels.ts';
import type { Machine, Workload } from './machine.ts';

/** Changes the status of a workload that is still the same one. Writes nothing when nothing changes. */
export const patchStatus = async (
  { registry }: Machine,
  { type, object }: Pick<Workload, 'type' | 'object'>,
  change: (status: JsonMap) => JsonMap,
): Promise<void> => {
  await unlessGone(
    registry.update(
      type,
      object.metadata,
      current =>
        current.metadata.uid === object.metadata.uid ? { ...current, status: change(current.status ?? {}) } : current,
      { user: controllerUser, subresource: 'status' },
    ),
  );
};

/** What is said about a workload: numbers and names, and conditions about the generation that was looked at. */
export interface Report {
  readonly fields: JsonMap;
  readonly conditions: readonly Omit<Condition, 'observedGeneration'>[];
  /** Conditions that are no longer true of anything. */
  readonly dropped?: readonly string[];
  /** When progress was last seen, for the condition `Progressing`; milliseconds since 1970. */
  readonly progressedAt?: number;
}

export const writeReport = (machine: Machine, workload: Workload, report: Report): Promise<void> => {
  const { generation = 1 } = workload.object.metadata;
  const now = machine.clock.now();
  return patchStatus(machine, workload, status => {
    const kept = Array.isArray(status['conditions'])
      ? status['conditions'].filter(one => !report.dropped?.some(type => findCondition([one], type)))
      : [];
    let conditions: JsonMap[] = [];
    let list: unknown = kept;
    for (const condition of report.conditions) {
      conditions = setCondition(list, { ...condition, observedGeneration: generation }, now);
      list = conditions;
    }
    const { progressedAt } = report;
    return {
      ...status,
      ...report.fields,
      observedGeneration: generation,
      conditions: conditions.map(one =>
        one['type'] === 'Progressing' && progressedAt !== undefined
          ? { ...one, lastUpdateTime: toTime(progressedAt) }
          : one,
      ),
    };
  });
};

/** A selector as text, as `kubectl get -l` reads it. */
export const printSelector = ({ matchLabels = {}, matchExpressions = [] }: LabelSelectorObject): string =>
  [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...matchExpressions.map(({ key, operator, values = [] }) => ({
      key,
      text: printExpression(key, operator, values),
    })),
  ]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ text }) => text)
    .join(',');

const printExpression = (key: string, operator: string, values: readonly string[]): string => {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${[...values].sort().join(',')})`;
};
