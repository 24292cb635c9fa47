import * as z from 'zod';
import type { ApiObject } from '../../shared/base/object.ts';
import { cause } from '../../shared/base/path.ts';
import type { ResourceType } from '../../shared/kube/resource.ts';
import { defineResource } from '../../shared/resources/define.ts';

/** Kinds that only tests know: one of each sort that the machinery tells apart. */

/** Namespaced, with status, scale, generation, selectable fields, defaults and rules of its own. */
export const widgets: ResourceType = defineResource(
  {
    group: 'example.com',
    version: 'v1',
    kind: 'Widget',
    plural: 'widgets',
    scope: 'Namespaced',
    description: 'A widget.',
    shortNames: ['wd'],
    categories: ['toys'],
    spec: () =>
      z.object({
        color: z.string().optional(),
        size: z.int().min(1).max(100).default(1),
        replicas: z.int().min(0).optional(),
        parts: z.array(z.object({ name: z.string(), count: z.int().optional() })).optional(),
      }),
    status: () =>
      z.object({
        phase: z.string().optional(),
        replicas: z.int().optional(),
        selector: z.string().optional(),
        seen: z.string().optional(),
      }),
    required: ['spec'],
  },
  {
    selectable: ['spec.color'],
    columns: [
      { name: 'Color', type: 'string', jsonPath: '.spec.color' },
      { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ],
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.selector',
    },
    prepareCreate(draft) {
      draft.status = { phase: 'New' };
    },
    validate: object =>
      object.spec?.color === 'ultraviolet' ? [cause.invalid('spec.color', 'ultraviolet', 'nobody can see it')] : [],
    validateUpdate: (now, old) =>
      now.spec?.color === old.spec?.color || old.spec?.color !== 'fixed'
        ? []
        : [cause.forbidden('spec.color', 'field is immutable')],
    terms: object => (object.spec?.color === undefined ? [] : [`color=${object.spec.color}`]),
  },
);

/** Cluster-scoped, without a status. */
export const planets: ResourceType = defineResource({
  group: 'example.com',
  version: 'v1',
  kind: 'Planet',
  plural: 'planets',
  scope: 'Cluster',
  description: 'A planet.',
  spec: () => z.object({ mass: z.int().optional() }),
});

/** Native, namespaced, without spec: unconditional updates and strategic merge are allowed. */
export const notes: ResourceType = defineResource(
  {
    version: 'v1',
    kind: 'Note',
    plural: 'notes',
    scope: 'Namespaced',
    description: 'A note.',
    native: true,
    fields: () => ({ data: z.record(z.string(), z.string()) }),
  },
  { allowCreateOnUpdate: true, deleteAnswers: 'object' },
);

/** What namespaces need, as far as the machinery looks at them. */
export const namespaces: ResourceType = defineResource(
  {
    version: 'v1',
    kind: 'Namespace',
    plural: 'namespaces',
    scope: 'Cluster',
    description: 'A namespace.',
    native: true,
    spec: () => z.object({ finalizers: z.array(z.string()).optional() }),
    status: () => z.object({ phase: z.string().optional() }),
  },
  {
    nameRule: 'label',
    hasGeneration: false,
    prepareCreate(draft) {
      draft.spec = { finalizers: ['kubernetes'] };
      draft.status = { phase: 'Active' };
    },
    prepareDelete(draft) {
      draft.status = { phase: 'Terminating' };
    },
    isHeld: object => finalizersOf(object).length > 0,
    actions: {
      finalize: {
        verbs: ['update'],
        responds: { group: '', version: 'v1', kind: 'Namespace' },
        async run({ registry, type, ref, user, body, dryRun }) {
          const finalizers = body ? finalizersOf(body) : [];
          const change = (current: ApiObject): ApiObject => ({ ...current, spec: { finalizers } });
          const { object } = await registry.update(type, ref, change, { user, dryRun, subresource: 'finalize' });
          return { code: 200, body: object };
        },
      },
    },
  },
);

const finalizersOf = (object: ApiObject): string[] =>
  Array.isArray(object.spec?.finalizers) ? object.spec.finalizers.map(String) : [];

/** Answered, not stored. */
export const questions: ResourceType = defineResource(
  {
    group: 'example.com',
    version: 'v1',
    kind: 'Question',
    plural: 'questions',
    scope: 'Cluster',
    description: 'A question.',
    native: true,
    spec: () => z.object({ text: z.string() }),
    status: () => z.object({ answer: z.string().optional() }),
  },
  {
    verbs: ['create'],
    answer: async (object, { user }) => ({ ...object, status: { answer: `${object.spec?.text}? Ask ${user.name}.` } }),
  },
);

export const testTypes: readonly ResourceType[] = [widgets, planets, notes, namespaces, questions];
