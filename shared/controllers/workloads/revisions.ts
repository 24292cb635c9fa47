import { createHash } from 'node:crypto';
import { isEqual } from '../../base/equal.ts';
import { isFault } from '../../base/fault.ts';
import { printJson } from '../../base/json.ts';
import type { ApiObject, JsonMap } from '../../base/object.ts';
import { unlessGone } from '../../base/unless.ts';
import { controllerUser } from '../../kube/access/user.ts';
import { fromLabelSelector, matchesLabels } from '../../kube/select/labels.ts';
import { adopt, controllerOf, toOwner } from './gather.ts';
import type { Machine, Template, Workload } from './machine.ts';
import { hashLabel } from './member.ts';
import { patchStatus } from './status.ts';

/** A template of a workload's history. */
export interface Revision {
  readonly object: ApiObject;
  readonly name: string;
  readonly hash: string;
  readonly number: number;
  readonly template: Template;
  readonly replicas: number;
  readonly desiredReplicas: number | undefined;
  readonly maxReplicas: number | undefined;
}

export interface History {
  /** That of the template as it is now; undefined when there is none yet and `mayCreate` was false. */
  readonly current: Revision | undefined;
  /** All others, oldest first. */
  readonly old: readonly Revision[];
}

/**
 * The history of a workload. The template of now gets a revision, or the newest place in the history when it had one already.
 * A name that is taken by something else raises `status.collisionCount`, which goes into the hash.
 */
export const readHistory = async (machine: Machine, workload: Workload, mayCreate: boolean): Promise<History> => {
  const all = await gatherRevisions(machine, workload);
  const { template } = workload.spec;
  const known = all.find(one => isEqual(one.template, template));
  const others = all.filter(one => one !== known);
  const newest = others.at(-1)?.number ?? 0;
  if (!known && !mayCreate) return { current: undefined, old: others };
  if (!known) return { current: await createRevision(machine, workload, newest + 1), old: others };
  if (known.number > newest) return { current: known, old: others };
  const raised = await writeRevision(machine, known, { revision: newest + 1 });
  return { current: raised ?? known, old: others };
};

/** Those of the workload, and those that an orphaned one of its name left behind. */
const gatherRevisions = async (machine: Machine, workload: Workload): Promise<Revision[]> => {
  const { type, object, spec } = workload;
  const { namespace = '', name: own } = object.metadata;
  const selector = fromLabelSelector(spec.selector);
  for (const { name, labels } of machine.orphanRevisionsIn(namespace)) {
    if (name !== toName(own, labels[hashLabel] ?? '') || !matchesLabels(selector, labels)) continue;
    await adopt(machine, machine.revisions, { namespace, name }, selector, toOwner(type, object));
  }
  return listRevisions(machine, workload);
};

/** Oldest first. */
const listRevisions = async (
  { registry, revisions }: Machine,
  { object }: Pick<Workload, 'object'>,
): Promise<Revision[]> => {
  const { uid = '' } = object.metadata;
  const owned = (await registry.findByTerm(revisions, `owner=${uid}`)).filter(
    one => controllerOf(one)?.uid === uid && one.metadata.deletionTimestamp === undefined,
  );
  return owned.map(toRevision).sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1));
};

/** Removes the oldest revisions beyond the limit, of those that nothing was made from any more. */
export const pruneHistory = async (
  { registry, revisions }: Machine,
  { spec, members }: Workload,
  old: readonly Revision[],
  isKept: (revision: Revision) => boolean,
): Promise<void> => {
  const live = new Set(members.map(({ hash }) => hash));
  const idle = old.filter(one => !live.has(one.hash) && one.replicas === 0 && !isKept(one));
  const excess = Math.max(0, idle.length - (spec.revisionHistoryLimit ?? 10));
  for (const { object } of idle.slice(0, excess))
    await unlessGone(registry.delete(revisions, object.metadata, { user: controllerUser }));
};

/** Changes fields of a revision; undefined when it is gone. */
export const writeRevision = async (
  { registry, revisions }: Machine,
  { object }: Revision,
  fields: JsonMap,
): Promise<Revision | undefined> => {
  const result = await unlessGone(
    registry.update(
      revisions,
      object.metadata,
      current =>
        current.metadata.uid === object.metadata.uid ? { ...current, spec: { ...current.spec, ...fields } } : current,
      { user: controllerUser },
    ),
  );
  return result && toRevision(result.object);
};

const toRevision = (object: ApiObject): Revision => {
  // Stored revisions have passed their schema; their templates come from workloads that have passed theirs.
  const spec = object.spec as unknown as {
    revision: number;
    template: Template;
    replicas?: number;
    desiredReplicas?: number;
    maxReplicas?: number;
  };
  return {
    object,
    name: object.metadata.name,
    hash: object.metadata.labels?.[hashLabel] ?? '',
    number: spec.revision,
    template: spec.template,
    replicas: spec.replicas ?? 0,
    desiredReplicas: spec.desiredReplicas,
    maxReplicas: spec.maxReplicas,
  };
};

/** A name must leave room for what is appended to it. */
const maxPrefix = 223;
export const toName = (workload: string, hash: string): string => `${workload.slice(0, maxPrefix)}-${hash}`;

const maxCollisions = 16;

const createRevision = async (machine: Machine, workload: Workload, number: number): Promise<Revision> => {
  const { registry, revisions } = machine;
  const { type, object, spec } = workload;
  const { namespace = '', name } = object.metadata;
  const first = Number(object.status?.['collisionCount'] ?? 0);
  for (let collisions = first; ; collisions += 1) {
    const hash = toHash(spec.template, collisions);
    try {
      const created = await registry.create(
        revisions,
        {
          apiVersion: `${revisions.group}/${revisions.version}`,
          kind: revisions.kind,
          metadata: {
            namespace,
            name: toName(name, hash),
            labels: { ...spec.template.metadata?.labels, [hashLabel]: hash },
            ownerReferences: [toOwner(type, object)],
          },
          // A template is JSON: it came in as JSON.
          spec: { revision: number, template: spec.template as unknown as JsonMap },
        },
        { user: controllerUser },
      );
      return toRevision(created);
    } catch (error) {
      if (!isFault(error, 'AlreadyExists') || collisions - first >= maxCollisions) throw error;
      await patchStatus(machine, workload, status => ({ ...status, collisionCount: collisions + 1 }));
    }
  }
};

/** No vowels and nothing that is easily misread. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Ten characters that stand for a template. The order of keys does not count. */
export const toHash = (template: Template, collisions: number): string => {
  const digest = createHash('sha256')
    .update(`${collisions}\n${printJson(sorted(template))}`)
    .digest();
  return Array.from(digest.subarray(0, 10), byte => alphabet[byte % alphabet.length]).join('');
};

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
};
