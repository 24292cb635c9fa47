import type { Catalog } from '../../catalog.ts';
import type { ResourceType } from '../../resource.ts';
import { metadataSchema } from '../../schema/metadata.ts';
import type { Schema } from '../../schema/schema.ts';
import { scaleKind, subresourcesOf, toGroupVersion } from '../discovery.ts';

/** A schema as documents show it: structural, and with references to other models. */
export interface Model extends Omit<Schema, 'properties' | 'items' | 'allOf' | 'additionalProperties'> {
  $ref?: string;
  allOf?: Model[];
  properties?: Record<string, Model>;
  items?: Model;
  additionalProperties?: Model | boolean;
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
  'x-kubernetes-selectable-fields'?: { fieldPath: string }[];
}

/** Names of models of one document, sorted by name. */
export type Models = Readonly<Record<string, Model>>;

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Models that every document shares. */
export const names = {
  objectMeta: `${meta}.ObjectMeta`,
  ownerReference: `${meta}.OwnerReference`,
  managedFieldsEntry: `${meta}.ManagedFieldsEntry`,
  listMeta: `${meta}.ListMeta`,
  status: `${meta}.Status`,
  statusDetails: `${meta}.StatusDetails`,
  statusCause: `${meta}.StatusCause`,
  deleteOptions: `${meta}.DeleteOptions`,
  preconditions: `${meta}.Preconditions`,
  patch: `${meta}.Patch`,
  time: `${meta}.Time`,
  scale: 'io.k8s.api.autoscaling.v1.Scale',
} as const;

/**
 * `org.lfedge.eve.v1beta1.Device`; types that Kubernetes defines are named for their Go packages,
 * `io.k8s.api.core.v1.ConfigMap`.
 */
export const toModelName = ({
  group,
  version,
  kind,
  native,
}: Pick<ResourceType, 'group' | 'version' | 'kind' | 'native'>) => {
  if (native && group === 'apiextensions.k8s.io')
    return `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.${version}.${kind}`;
  if (native) return `io.k8s.api.${group === '' ? 'core' : group.split('.', 1)[0]}.${version}.${kind}`;
  return [...group.split('.').reverse(), version, kind].join('.');
};

/** The list's model; reviews and other types that are never listed have none. */
export const toListModelName = (type: ResourceType): string => toModelName({ ...type, kind: type.listKind });

/**
 * Every model that operations on one type refer to, but for the shared ones. Follows from the type alone, and from built-in
 * types that its subresources answer with.
 */
export const toTypeModels = (catalog: Catalog, type: ResourceType): Models => {
  const models: Record<string, Model> = { [toModelName(type)]: toObjectModel(type) };
  if (type.verbs.includes('list')) models[toListModelName(type)] = toListModel(type);
  for (const { name, kind } of subresourcesOf(type)) {
    if (kind === scaleKind) models[names.scale] = scaleModel;
    else models[toKindName(catalog, type, kind)] ??= toActionModel(catalog, type, name, kind);
  }
  return models;
};

/** The models that every document has. `types` are those whose objects can be deleted by what it describes. */
export const toSharedModels = (types: readonly ResourceType[]): Models => ({
  ...sharedModels,
  [names.deleteOptions]: toDeleteOptions(types),
});

export const sortModels = (models: Models): Models =>
  Object.fromEntries(Object.entries(models).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The model of what a subresource answers. */
export const toKindName = (catalog: Catalog, type: ResourceType, kind: Gvk): string => {
  if (kind.group === scaleKind.group && kind.kind === scaleKind.kind) return names.scale;
  const own = kind.group === type.group && kind.version === type.version && kind.kind === type.kind;
  const known = own ? type : catalog.byKind(kind.group, kind.version, kind.kind);
  return toModelName(known ?? { ...kind, native: type.native });
};

interface Gvk {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const toObjectModel = (type: ResourceType): Model => ({
  ...withTypeMeta(describeHalves(type), ref(names.objectMeta, 'Standard metadata of an object.')),
  description: type.description,
  'x-kubernetes-group-version-kind': [gvkOf(type)],
  ...selectableOf(type),
});

/** Which fields a definition lets be selected by, beyond those that all objects have. */
const selectableOf = ({ definition, selectable }: ResourceType): Pick<Model, typeof selectableFields> => {
  const paths = definition === undefined ? [] : Object.keys(selectable);
  return paths.length === 0 ? {} : { [selectableFields]: paths.map(fieldPath => ({ fieldPath })) };
};

const selectableFields = 'x-kubernetes-selectable-fields';

/** Spec and status without words of their own say at least what they are; what a definition says is left as it is. */
const describeHalves = ({ schema, kind, definition }: ResourceType): Model => {
  const model = embed(schema);
  const { spec, status } = model.properties ?? {};
  if (definition !== undefined || (spec === undefined && status === undefined)) return model;
  const properties = {
    ...model.properties,
    ...(spec && { spec: { description: `What is wanted of the ${kind}.`, ...spec } }),
    ...(status && { status: { description: `What is known of the ${kind}. Written by the system.`, ...status } }),
  };
  return { ...model, properties };
};

const toListModel = (type: ResourceType): Model => ({
  ...withTypeMeta(
    {
      type: 'object',
      required: ['items'],
      properties: {
        items: { type: 'array', description: `The objects of kind ${type.kind}.`, items: ref(toModelName(type)) },
      },
    },
    ref(names.listMeta, 'Standard metadata of a list.'),
  ),
  description: `${type.listKind} is a list of ${type.kind}.`,
  'x-kubernetes-group-version-kind': [{ ...gvkOf(type), kind: type.listKind }],
  ...selectableOf(type),
});

const toActionModel = (catalog: Catalog, type: ResourceType, name: string, kind: Gvk): Model => {
  const known = catalog.byKind(kind.group, kind.version, kind.kind);
  if (known) return toObjectModel(known);
  const schema = type.actions[name]?.schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    ...withTypeMeta(embed(schema), ref(names.objectMeta, 'Standard metadata of an object.')),
    description: schema.description ?? `${kind.kind} is what the ${name} subresource of ${type.kind} takes and gives.`,
    'x-kubernetes-group-version-kind': [{ group: kind.group, version: kind.version, kind: kind.kind }],
  };
};

const gvkOf = ({ group, version, kind }: Gvk): Gvk => ({ group, version, kind });

const withTypeMeta = (model: Model, metadata: Model): Model => ({
  ...model,
  type: 'object',
  properties: { apiVersion, kind, metadata, ...withoutTypeMeta(model.properties ?? {}) },
});

const withoutTypeMeta = ({ apiVersion: _, kind: __, metadata: ___, ...rest }: Record<string, Model>) => rest;

/** Embedded resources get the fields that every object has. */
const embed = (schema: Schema): Model => {
  const { properties, items, additionalProperties, allOf: _, micro: __, quantity: ___, ...rest } = schema;
  const model: Model = { ...rest };
  if (schema.allOf) model.allOf = schema.allOf.map(embed);
  if (properties) model.properties = mapValues(properties, embed);
  if (items) model.items = embed(items);
  if (additionalProperties !== undefined)
    model.additionalProperties =
      typeof additionalProperties === 'boolean' ? additionalProperties : embed(additionalProperties);
  if (schema['x-kubernetes-int-or-string'] && !schema.anyOf && !schema.oneOf && !schema.type)
    model.oneOf = [{ type: 'integer' }, { type: 'string' }];
  if (!schema['x-kubernetes-embedded-resource']) return model;
  const required = [...new Set(['apiVersion', 'kind', ...(schema.required ?? [])])];
  return { ...withTypeMeta(model, ref(names.objectMeta, 'Standard metadata of an object.')), required };
};

const mapValues = <A, B>(map: Record<string, A>, to: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, to(value)]));

/** A reference; with a description of its own it stands within `allOf`, where it may have siblings. */
const ref = (name: string, description?: string): Model =>
  description === undefined
    ? { $ref: `#/components/schemas/${name}` }
    : { description, default: {}, allOf: [{ $ref: `#/components/schemas/${name}` }] };

const apiVersion: Model = {
  type: 'string',
  description: 'Version of the schema in which this object is written: GROUP/VERSION, or VERSION in the core group.',
};

const kind: Model = {
  type: 'string',
  description: 'What the object is, in CamelCase. The URL of a request says it too; the two must agree.',
};

const text = (description: string): Model => ({ type: 'string', description });
const integer = (format: 'int32' | 'int64', description: string): Model => ({ type: 'integer', format, description });

const deleteOptions: Model = {
  type: 'object',
  description: 'How an object is to be deleted.',
  properties: {
    apiVersion,
    kind,
    dryRun: {
      type: 'array',
      items: { type: 'string' },
      description: '"All": go through every stage but change nothing.',
    },
    gracePeriodSeconds: integer(
      'int64',
      'Seconds that the object has to end by itself. Accepted, without effect here.',
    ),
    orphanDependents: { type: 'boolean', description: 'Deprecated: use propagationPolicy Orphan.' },
    preconditions: ref(names.preconditions, 'What must be true of the object for the deletion to happen.'),
    propagationPolicy: text(
      'What becomes of dependents: Orphan leaves them, Background deletes them afterwards, Foreground before.',
    ),
  },
};

const toDeleteOptions = (types: readonly ResourceType[]): Model => {
  const versions = new Set(types.map(({ group, version }) => toGroupVersion(group, version)));
  const kinds = [...versions].map(groupVersion => {
    const [first = '', second] = groupVersion.split('/');
    return second === undefined ? { group: '', version: first } : { group: first, version: second };
  });
  return {
    ...deleteOptions,
    'x-kubernetes-group-version-kind': kinds.map(one => ({ ...one, kind: 'DeleteOptions' })),
  };
};

const scaleModel: Model = {
  ...withTypeMeta(
    {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          description: 'How many are wanted.',
          properties: { replicas: integer('int32', 'Number of instances wanted.') },
        },
        status: {
          type: 'object',
          description: 'How many there are. Read only.',
          required: ['replicas'],
          properties: {
            replicas: integer('int32', 'Number of instances that there are.'),
            selector: text('Label selector of the instances.'),
          },
        },
      },
    },
    ref(names.objectMeta, 'Standard metadata of an object.'),
  ),
  description: 'Scale is the wanted and the actual number of instances of an object.',
  'x-kubernetes-group-version-kind': [{ ...scaleKind }],
};

const { ownerReferences = {}, managedFields = {}, ...plainMetadata } = metadataSchema.properties ?? {};

const sharedModels: Models = {
  [names.objectMeta]: {
    ...embed(metadataSchema),
    properties: {
      ...mapValues(plainMetadata, embed),
      ownerReferences: { ...embed(ownerReferences), items: ref(names.ownerReference) },
      managedFields: { ...embed(managedFields), items: ref(names.managedFieldsEntry) },
    },
  },
  [names.ownerReference]: embed(ownerReferences.items ?? {}),
  [names.managedFieldsEntry]: embed(managedFields.items ?? {}),
  [names.listMeta]: {
    type: 'object',
    description: 'What every list has.',
    properties: {
      continue: text('Set when there is more: pass it as the continue parameter to get the next page.'),
      remainingItemCount: integer('int64', 'How many objects come after this page, where it is known.'),
      resourceVersion: text('Version of the list as a whole: a watch from it misses nothing.'),
      selfLink: text('No longer filled in.'),
    },
  },
  [names.preconditions]: {
    type: 'object',
    description: 'What must be true of an object before it is changed.',
    properties: {
      uid: text('UID that the object must have.'),
      resourceVersion: text('Version that the object must have.'),
    },
  },
  [names.patch]: { type: 'object', description: 'A change to an object, in the format that its media type names.' },
  [names.time]: { type: 'string', format: 'date-time', description: 'A time, RFC 3339 in UTC, to the second.' },
  [names.statusCause]: {
    type: 'object',
    description: 'One thing that is wrong.',
    properties: {
      field: text('Path of the field that is wrong, such as spec.ports[0].name.'),
      message: text('What is wrong, for people.'),
      reason: text('What is wrong, for machines.'),
    },
  },
  [names.statusDetails]: {
    type: 'object',
    description: 'What a Status is about.',
    properties: {
      causes: {
        type: 'array',
        description: 'Everything that is wrong.',
        items: ref(names.statusCause),
        'x-kubernetes-list-type': 'atomic',
      },
      group: text('API group of the resource concerned.'),
      kind: text('Resource or kind concerned.'),
      name: text('Name of the object concerned.'),
      retryAfterSeconds: integer('int32', 'Seconds to wait before the request is tried again.'),
      uid: text('UID of the object concerned.'),
    },
  },
  [names.status]: {
    type: 'object',
    description: 'The outcome of a request that does not answer with an object.',
    properties: {
      apiVersion,
      kind,
      code: integer('int32', 'HTTP status code.'),
      details: ref(names.statusDetails, 'More about the object and the errors.'),
      message: text('What happened, for people.'),
      metadata: ref(names.listMeta, 'Standard metadata of a list.'),
      reason: text('Why it failed, as one word for machines.'),
      status: text('Success or Failure.'),
    },
    'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'Status' }],
  },
};
