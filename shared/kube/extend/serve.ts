import { compareVersions } from '../order.ts';
import type { Column, ResourceType } from '../resource.ts';
import { prune } from '../schema/prune.ts';
import type { Schema } from '../schema/schema.ts';
import { type ConvertPorts, createConverter } from './convert.ts';
import { type Definition, type DefinitionVersion, hasCondition, storageVersionOf } from './definition.ts';

/** How long the types of one definition live. */
export interface Lifetime {
  /** Calls `act` when the types are no longer served, at once if so already. Answers how to take that back. */
  whenRetired(act: () => void): () => void;
}

/** The types that a definition makes: one for each served version; none while it is not established. */
export const toResourceTypes = (
  definition: Definition,
  lifetime: Lifetime,
  convert: ConvertPorts | undefined,
): ResourceType[] => {
  if (!hasCondition(definition, 'Established')) return [];
  const byWebhook = definition.spec?.conversion?.strategy === 'Webhook';
  return (definition.spec?.versions ?? [])
    .filter(({ served, storage }) => served && (!byWebhook || convert || storage))
    .map(version => toResourceType(definition, version, lifetime, byWebhook ? convert : undefined));
};

const toResourceType = (
  definition: Definition,
  version: DefinitionVersion,
  lifetime: Lifetime,
  convert: ConvertPorts | undefined,
): ResourceType => {
  const { group = '', scope } = definition.spec ?? {};
  const {
    plural = '',
    singular = '',
    kind = '',
    listKind,
    shortNames = [],
    categories = [],
  } = definition.status?.acceptedNames ?? {};
  const schema: Schema = version.schema?.openAPIV3Schema ?? { type: 'object' };
  const { status, scale } = version.subresources ?? {};
  const apiVersion = `${group}/${version.name}`;
  const stored = `${group}/${storageVersionOf(definition)}`;
  return {
    group,
    version: version.name ?? '',
    kind,
    plural,
    singular: singular || kind.toLowerCase(),
    listKind: listKind || `${kind}List`,
    shortNames,
    categories,
    scope: scope === 'Cluster' ? 'Cluster' : 'Namespaced',
    verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
    description: schema.description ?? '',
    native: false,
    storage: `objects/${group}/${plural}`,
    // What a version does not know is not shown in it; what it defaults the codec adds.
    fromStored: object => prune({ ...object, apiVersion, kind }, schema).object,
    toStored: object => ({ ...object, apiVersion: stored }),
    ...(convert && { converter: createConverter(definition, { apiVersion, storedVersion: stored }, convert) }),
    schema,
    columns: toColumns(version),
    selectable: Object.fromEntries(
      (version.selectableFields ?? []).map(({ jsonPath = '' }) => [jsonPath.slice(1), jsonPath.slice(1)]),
    ),
    hasStatus: status !== undefined,
    ...(scale && {
      scale: {
        specReplicasPath: scale.specReplicasPath ?? '',
        statusReplicasPath: scale.statusReplicasPath ?? '',
        ...(scale.labelSelectorPath ? { labelSelectorPath: scale.labelSelectorPath } : {}),
      },
    }),
    actions: {},
    hasGeneration: true,
    allowUnconditionalUpdate: false,
    allowCreateOnUpdate: false,
    deleteAnswers: 'status',
    nameRule: 'subdomain',
    definition: definition.metadata.name,
    whenRetired: lifetime.whenRetired,
    ...(version.deprecated && { deprecationWarning: toWarning(definition, version, kind) }),
  };
};

const toWarning = (
  { spec }: Definition,
  { name = '', deprecationWarning }: DefinitionVersion,
  kind: string,
): string => {
  if (deprecationWarning !== undefined) return deprecationWarning;
  const newer = (spec?.versions ?? [])
    .filter(other => other.served && !other.deprecated && compareVersions(other.name ?? '', name) < 0)
    .sort((a, b) => compareVersions(a.name ?? '', b.name ?? ''))[0];
  const head = `${spec?.group}/${name} ${kind} is deprecated`;
  return newer ? `${head}; use ${spec?.group}/${newer.name} ${kind}` : head;
};

const age: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

const toColumns = ({ additionalPrinterColumns = [] }: DefinitionVersion): Column[] => {
  if (additionalPrinterColumns.length === 0) return [age];
  return additionalPrinterColumns.map(({ name = '', type, format, description, priority, jsonPath = '' }) => ({
    name,
    // Checked when the definition was stored.
    type: type as Column['type'],
    jsonPath,
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    ...(format ? { format } : {}),
    ...(priority === undefined ? {} : { priority }),
  }));
};
