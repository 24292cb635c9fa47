import * as z from 'zod';
import { setCondition } from '../../base/condition.ts';
import type { ApiObject } from '../../base/object.ts';
import { acceptNames } from '../../kube/extend/accept.ts';
import { definitionCauses, definitionChangeCauses, storedVersionCauses } from '../../kube/extend/check.ts';
import {
  cleanupFinalizer,
  type Definition,
  type DefinitionNames,
  definitions,
  storageVersionOf,
  toDefinition,
} from '../../kube/extend/definition.ts';
import { formatWarnings } from '../../kube/extend/presets.ts';
import { readProps } from '../../kube/extend/props.ts';
import type { AdmitContext } from '../../kube/resource.ts';
import { defineResource } from '../define.ts';
import { anyObject } from '../schema.ts';
import { flag, int32, text, texts } from '../text.ts';
import { time } from '../time.ts';
import { takenBesides } from './taken.ts';

const names = (what: string) =>
  z
    .object({
      plural: text('Plural name, in lower case, as it stands in URLs.').optional(),
      singular: text('Singular name, in lower case. The kind in lower case when absent.').optional(),
      shortNames: texts('Shorter names for command lines.').optional(),
      kind: text('Kind of the objects, in CamelCase.').optional(),
      listKind: text('Kind of a list of them. The kind and `List` when absent.').optional(),
      categories: texts('Groups of resources that these belong to, such as `all`.').optional(),
    })
    .meta({ description: what });

const version = () =>
  z.object({
    name: text('Name of the version, such as v1 or v1beta1.').optional(),
    served: flag('Whether the version is served.').optional(),
    storage: flag('Whether objects are stored in this version: true for exactly one.').optional(),
    deprecated: flag('Whether answers warn that the version will go.').optional(),
    deprecationWarning: text('The warning, if another than the usual one.').optional(),
    schema: z
      .object({
        openAPIV3Schema: anyObject()
          .meta({ description: 'The structural schema by which objects are pruned, defaulted and validated.' })
          .optional(),
      })
      .meta({ description: 'What the objects look like.' })
      .optional(),
    subresources: z
      .object({
        status: anyObject().meta({ description: 'Its presence gives the objects a /status.' }).optional(),
        scale: z
          .object({
            specReplicasPath: text('Where the wanted number is, under .spec.').optional(),
            statusReplicasPath: text('Where the actual number is, under .status.').optional(),
            labelSelectorPath: text('Where the label selector is, as text.').optional(),
          })
          .meta({ description: 'Its presence gives the objects a /scale.' })
          .optional(),
      })
      .meta({ description: 'What of the objects is served apart.' })
      .optional(),
    additionalPrinterColumns: z
      .array(
        z.object({
          name: text('Heading of the column.').optional(),
          type: text('boolean, date, integer, number or string.').optional(),
          format: text('Hint at how to print the value.').optional(),
          description: text('What the column shows.').optional(),
          priority: int32('0: always shown; more: in wide tables only.').optional(),
          jsonPath: text('Path of the value, such as .spec.size.').optional(),
        }),
      )
      .meta({ description: 'Columns of tables.', 'x-kubernetes-list-type': 'atomic' })
      .optional(),
    selectableFields: z
      .array(z.object({ jsonPath: text('Path of a scalar field, such as .spec.color.').optional() }))
      .meta({ description: 'Fields that field selectors may name.', 'x-kubernetes-list-type': 'atomic' })
      .optional(),
  });

const conversion = () =>
  z
    .object({
      strategy: text('None (only apiVersion changes) or Webhook.').optional(),
      webhook: z
        .object({
          conversionReviewVersions: texts('Versions of ConversionReview that the webhook understands.').optional(),
          clientConfig: z
            .object({
              url: text('Where the webhook is: https://host/path.').optional(),
              caBundle: z
                .string()
                .meta({ format: 'byte', description: 'PEM of whom its certificate chains to.' })
                .optional(),
              service: anyObject().meta({ description: 'A Service of a cluster. Not supported here.' }).optional(),
            })
            .meta({ description: 'How to call the webhook.' })
            .optional(),
        })
        .meta({ description: 'Who converts, with the strategy Webhook.' })
        .optional(),
    })
    .meta({ description: 'How objects are turned from one version into another.' });

const condition = () =>
  z.object({
    type: text('What the condition says something about.'),
    status: text('True, False or Unknown.'),
    lastTransitionTime: time('When the status last changed.').optional(),
    reason: text('Why, in one word for programs.').optional(),
    message: text('Why, for people.').optional(),
  });

/** Kinds that are declared by storing what they look like (kubernetes-api reference §4). */
export const customResourceDefinition = defineResource(
  {
    group: definitions.group,
    version: definitions.version,
    kind: 'CustomResourceDefinition',
    plural: definitions.plural,
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    scope: 'Cluster',
    native: true,
    description: 'A kind of objects that this server keeps and serves though it was not built with it.',
    spec: () =>
      z
        .object({
          group: text('API group of the kind. The name of this object is PLURAL.GROUP.').optional(),
          names: names('Names of the kind.').optional(),
          scope: text('Namespaced or Cluster.').optional(),
          versions: z
            .array(version())
            .meta({ description: 'All versions, served or not.', 'x-kubernetes-list-type': 'atomic' })
            .optional(),
          conversion: conversion().optional(),
          preserveUnknownFields: flag('Of older APIs: must be false.').optional(),
        })
        .meta({ description: 'The kind.' }),
    status: () =>
      z
        .object({
          acceptedNames: names('The names that the kind got; they may be fewer than it asked for.').optional(),
          storedVersions: texts(
            'Versions in which objects may be stored. None of them may be removed from spec.',
          ).optional(),
          conditions: z
            .array(condition())
            .meta({
              description: 'NamesAccepted, Established, Terminating and others.',
              'x-kubernetes-list-type': 'map',
              'x-kubernetes-list-map-keys': ['type'],
            })
            .optional(),
        })
        .meta({ description: 'What became of it.' }),
  },
  {
    columns: [
      {
        name: 'Created At',
        type: 'string',
        description: 'When the object was created.',
        jsonPath: '.metadata.creationTimestamp',
      },
    ],
    allowUnconditionalUpdate: false,

    strip: object => readSchemas(object),
    prepareCreate(draft, context) {
      prepare(draft, context);
      draft.status = { storedVersions: [storageVersionOf(toDefinition(draft))] };
    },
    prepareUpdate(draft, old, context) {
      if (context.subresource === 'status') return;
      prepare(draft, context);
      const storage = storageVersionOf(toDefinition(draft));
      const stored = toDefinition(old).status?.storedVersions ?? [];
      if (storage !== '' && !stored.includes(storage))
        draft.status = { ...draft.status, storedVersions: [...stored, storage] };
    },
    async admit(draft, _old, { registry, now, subresource }) {
      if (subresource === 'status') return;
      const taken = await takenBesides(registry, toDefinition(draft));
      // The status is made of JSON.
      draft.status = acceptNames(toDefinition(draft), taken, now) as NonNullable<ApiObject['status']>;
    },
    validate: object => definitionCauses(toDefinition(object)),
    validateUpdate: (now, old) => definitionChangeCauses(toDefinition(now), toDefinition(old)),
    validateStatus: now => storedVersionCauses(toDefinition(now)),
    contends: object => toDefinition(object).spec?.group ?? '',
    terms: object => [`group=${toDefinition(object).spec?.group ?? ''}`],

    // A deletion begins by asking for the cleanup, and the finalizer is what holds it from then on.
    isHeld: ({ metadata }) => metadata.deletionTimestamp === undefined,
    prepareDelete(draft) {
      const { metadata } = draft;
      metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), cleanupFinalizer])];
      const pending = {
        type: 'Terminating',
        status: 'True',
        reason: 'InstanceDeletionPending',
        message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
      } as const;
      const now = Date.parse(metadata.deletionTimestamp ?? '');
      draft.status = { ...draft.status, conditions: setCondition(draft.status?.['conditions'], pending, now) };
    },
  },
);

/** Keeps of the versions' schemas what a schema may say. */
const readSchemas = (object: ApiObject): { object: ApiObject; unknown: string[] } => {
  const { versions } = toDefinition(object).spec ?? {};
  if (!versions) return { object, unknown: [] };
  const unknown: string[] = [];
  const read = versions.map((one, i) => {
    // A null among them is for validation to refuse.
    if (one?.schema?.openAPIV3Schema === undefined) return one;
    const found = readProps(one.schema.openAPIV3Schema, `spec.versions[${i}].schema.openAPIV3Schema`);
    unknown.push(...found.unknown);
    return { ...one, schema: { openAPIV3Schema: found.schema } };
  });
  // What was read is JSON.
  const spec = { ...object.spec, versions: read } as unknown as NonNullable<ApiObject['spec']>;
  return { object: { ...object, spec }, unknown };
};

/** Defaults, also for who did not come through a decoder. */
const prepare = (draft: ApiObject, { warn }: AdmitContext): void => {
  const { object } = readSchemas(draft);
  const { spec = {} } = toDefinition(object);
  const { kind = '', ...rest } = spec.names ?? {};
  const filled: DefinitionNames = {
    ...rest,
    kind,
    singular: rest.singular || kind.toLowerCase(),
    listKind: rest.listKind || (kind === '' ? '' : `${kind}List`),
  };
  const { strategy, ...conversion } = spec.conversion ?? {};
  const { preserveUnknownFields, ...kept } = spec;
  // All of it is JSON.
  draft.spec = {
    ...kept,
    names: filled,
    conversion: { strategy: strategy || 'None', ...conversion },
    ...(preserveUnknownFields && { preserveUnknownFields }),
  } as unknown as NonNullable<ApiObject['spec']>;
  for (const text of warningsOf(toDefinition(draft))) warn(text);
};

const warningsOf = ({ spec }: Definition): string[] =>
  (spec?.versions ?? []).flatMap(({ schema }, i) =>
    schema?.openAPIV3Schema
      ? formatWarnings(schema.openAPIV3Schema, ['spec', 'versions', i, 'schema', 'openAPIV3Schema'])
      : [],
  );
