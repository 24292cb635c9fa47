import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import { Fault } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import { cause } from '../../base/path.ts';
import { qualifiedNameErrors } from '../../kube/names.ts';
import type { Action } from '../../kube/resource.ts';
import { ageColumn, defineResource } from '../define.ts';
import { text } from '../text.ts';
import { time } from '../time.ts';

/** Bears the name of its namespace, so that selectors can choose namespaces by name. */
const nameLabel = 'kubernetes.io/metadata.name';
/** Held by every namespace until its content is gone. */
const contentFinalizer = 'kubernetes';
const immortal = ['default', 'kube-system', 'kube-public'];

/**
 * Replaces `spec.finalizers` (kubernetes-api reference §2.1). Taking the last one away from a terminating namespace lets
 * it vanish.
 */
const finalize: Action = {
  verbs: ['update'],
  responds: { group: '', version: 'v1', kind: 'Namespace' },
  async run({ registry, type, ref, body, user, dryRun, warn, annotate }) {
    const spec = isMap(body?.spec) ? body.spec : {};
    const resourceVersion = body?.metadata?.resourceVersion;
    const { object } = await registry.update(
      type,
      ref,
      current => ({
        ...current,
        metadata: { ...current.metadata, ...(resourceVersion ? { resourceVersion } : {}) },
        spec: { ...current.spec, finalizers: spec.finalizers ?? [] },
      }),
      { user, dryRun, warn, ...(annotate && { annotate }), subresource: 'finalize' },
    );
    return { code: 200, body: object };
  },
};

export const namespace = defineResource(
  {
    version: 'v1',
    kind: 'Namespace',
    plural: 'namespaces',
    shortNames: ['ns'],
    scope: 'Cluster',
    native: true,
    description: 'A scope for names: objects of namespaced kinds live in exactly one namespace and go with it.',
    spec: () =>
      z
        .object({
          finalizers: z
            .array(z.string())
            .meta({
              description: 'Who must agree before the namespace vanishes. `kubernetes` stands for its content.',
              'x-kubernetes-list-type': 'atomic',
            })
            .optional(),
        })
        .meta({ description: 'How the namespace behaves.' }),
    status: () =>
      z
        .object({
          phase: text('Active, or Terminating while its content is being deleted.').optional(),
          conditions: z
            .array(
              z.object({
                type: text('What the condition says something about.'),
                status: text('True, False or Unknown.'),
                lastTransitionTime: time('When the status last changed.').optional(),
                reason: text('Why, in one word for programs.').optional(),
                message: text('Why, for people.').optional(),
              }),
            )
            .meta({
              description: 'What is known of a namespace that is being deleted.',
              'x-kubernetes-list-type': 'map',
              'x-kubernetes-list-map-keys': ['type'],
              'x-kubernetes-patch-strategy': 'merge',
              'x-kubernetes-patch-merge-key': 'type',
            })
            .optional(),
        })
        .meta({ description: 'Where the namespace is in its life.' }),
  },
  {
    columns: [
      { name: 'Status', type: 'string', description: 'The status of the namespace', jsonPath: '.status.phase' },
      ageColumn,
    ],
    selectable: { 'status.phase': 'status.phase', name: 'metadata.name' },
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
    actions: { finalize },
    hasGeneration: false,
    nameRule: 'label',

    defaults(draft) {
      nameIt(draft);
    },
    prepareCreate(draft) {
      const finalizers = finalizersOf(draft);
      if (!finalizers.includes(contentFinalizer)) finalizers.push(contentFinalizer);
      draft.spec = { ...draft.spec, finalizers };
      draft.status = { phase: 'Active' };
    },
    prepareUpdate(draft, old, { subresource }) {
      if (subresource !== 'finalize' && old.spec) draft.spec = old.spec;
      if (subresource !== 'status' && old.status) draft.status = old.status;
    },
    prepareDelete(draft) {
      draft.status = { ...draft.status, phase: 'Terminating' };
    },
    checkDelete(object) {
      const { name } = object.metadata;
      if (!immortal.includes(name)) return;
      throw new Fault(
        'Forbidden',
        `namespaces ${JSON.stringify(name)} is forbidden: this namespace may not be deleted`,
        {
          name,
          kind: 'namespaces',
        },
      );
    },
    isHeld: object => finalizersOf(object).length > 0,
    validate: object => finalizersOf(object).flatMap(checkFinalizer),
    validateStatus(now) {
      const phase = now.status?.phase;
      if (now.metadata.deletionTimestamp === undefined) {
        if (phase === 'Active') return [];
        return [cause.invalid('status.Phase', phase ?? '', "may only be 'Active' if `deletionTimestamp` is empty")];
      }
      if (phase === 'Terminating') return [];
      return [
        cause.invalid('status.Phase', phase ?? '', "may only be 'Terminating' if `deletionTimestamp` is not empty"),
      ];
    },
  },
);

const finalizersOf = (object: ApiObject): string[] => {
  const list = object.spec?.finalizers;
  return Array.isArray(list) ? list.filter(item => typeof item === 'string') : [];
};

const nameIt = (draft: ApiObject): void => {
  draft.metadata = { ...draft.metadata, labels: { ...draft.metadata.labels, [nameLabel]: draft.metadata.name } };
};

const checkFinalizer = (name: string, index: number): Cause[] => {
  const errors = qualifiedNameErrors(name);
  if (errors.length === 0 && !name.includes('/') && name !== contentFinalizer)
    errors.push('name is neither a standard finalizer name nor is it fully qualified');
  return errors.map(message => cause.invalid(['spec', 'finalizers', index], name, message));
};
