import * as z from 'zod';
import type { ApiObject } from '../base/object.ts';
import type { Contribution } from '../compose/contribution.ts';
import type { Action, Column, ResourceType, ScalePaths, Strategy, Verb } from '../kube/resource.ts';
import { toSchema } from './schema.ts';

/** What a kind is. */
export interface What {
  /** '' (or absent) for the core group. */
  group?: string;
  version: string;
  kind: string;
  plural: string;
  scope: 'Namespaced' | 'Cluster';
  /** One or two sentences for `kubectl explain`. */
  description: string;
  /** Default: the kind in lower case. */
  singular?: string;
  shortNames?: string[];
  categories?: string[];
  /** Makes the schema of `spec`; as `status` and `fields`, called when the kind is first used. */
  spec?: () => z.ZodType;
  /** Its presence switches the status subresource on, unless `hasStatus` says otherwise. */
  status?: () => z.ZodType;
  /** Root fields beside spec and status (`data`, `rules`, …). */
  fields?: () => z.ZodRawShape;
  /** Root fields that must be present (`spec` of most kinds). */
  required?: string[];
  native?: boolean;
}

/** How a kind behaves: the exceptions to what follows from what it is. All optional. */
export interface How extends Strategy, Contribution {
  columns?: Column[];
  /** Paths that may be used in field selectors. A list: label and path are the same. */
  selectable?: string[] | Record<string, string>;
  verbs?: Verb[];
  actions?: Record<string, Action>;
  scale?: ScalePaths;
  storage?: string;
  hasStatus?: boolean;
  hasGeneration?: boolean;
  allowUnconditionalUpdate?: boolean;
  allowCreateOnUpdate?: boolean;
  deleteAnswers?: 'status' | 'object';
  nameRule?: 'subdomain' | 'label' | 'path';
  countedAs?: string;
  fromStored?(stored: ApiObject): ApiObject;
  toStored?(object: ApiObject): ApiObject;
}

/** A declared kind: the API machinery reads it as a resource type, the composer as a contribution. */
export type Resource = ResourceType & Contribution;

/** All verbs in the order in which discovery lists them. */
export const allVerbs: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

export const defineResource = (what: What, how: How = {}): Resource => {
  const group = what.group ?? '';
  const { columns = [ageColumn], selectable = [], verbs = [...allVerbs], actions = {}, ...rest } = how;
  let schema: ResourceType['schema'] | undefined;
  return {
    group,
    version: what.version,
    kind: what.kind,
    plural: what.plural,
    singular: what.singular ?? what.kind.toLowerCase(),
    listKind: `${what.kind}List`,
    shortNames: what.shortNames ?? [],
    categories: what.categories ?? [],
    scope: what.scope,
    description: what.description,
    native: what.native ?? false,
    storage: `objects/${group || 'core'}/${what.plural}`,
    // Half of what a process that starts often would spend on its start, for kinds that it may never be asked for.
    get schema() {
      schema ??= rootSchema(what);
      return schema;
    },
    hasStatus: what.status !== undefined,
    hasGeneration: what.spec !== undefined,
    allowUnconditionalUpdate: what.native ?? false,
    allowCreateOnUpdate: false,
    deleteAnswers: 'status',
    nameRule: 'subdomain',
    ...rest,
    columns,
    selectable: Array.isArray(selectable) ? Object.fromEntries(selectable.map(path => [path, path])) : selectable,
    verbs,
    actions,
  };
};

export const ageColumn: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

const rootSchema = (what: What) => {
  const shape: Record<string, z.core.SomeType> = { ...what.fields?.() };
  if (what.spec) shape['spec'] = what.spec();
  if (what.status) shape['status'] = what.status();
  const optional = Object.fromEntries(
    Object.entries(shape).map(([name, type]) => [name, what.required?.includes(name) ? type : z.optional(type)]),
  );
  return { ...toSchema(z.object(optional)), description: what.description };
};
