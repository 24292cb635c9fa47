import type { ApiObject } from '../../base/object.ts';
import type { Schema } from '../schema/schema.ts';

/**
 * A CustomResourceDefinition as it comes out of the decoder: every field has its type, any may be absent
 * (kubernetes-api reference §4).
 */
export type Definition = ApiObject<DefinitionSpec, DefinitionStatus>;

export interface DefinitionSpec {
  group?: string;
  scope?: string;
  names?: DefinitionNames;
  versions?: DefinitionVersion[];
  conversion?: Conversion;
  preserveUnknownFields?: boolean;
}

export interface DefinitionNames {
  plural?: string;
  singular?: string;
  shortNames?: string[];
  kind?: string;
  listKind?: string;
  categories?: string[];
}

export interface DefinitionVersion {
  name?: string;
  served?: boolean;
  storage?: boolean;
  deprecated?: boolean;
  deprecationWarning?: string;
  schema?: { openAPIV3Schema?: Schema };
  subresources?: {
    status?: object;
    scale?: { specReplicasPath?: string; statusReplicasPath?: string; labelSelectorPath?: string };
  };
  additionalPrinterColumns?: PrinterColumn[];
  selectableFields?: { jsonPath?: string }[];
}

export interface PrinterColumn {
  name?: string;
  type?: string;
  format?: string;
  description?: string;
  priority?: number;
  jsonPath?: string;
}

export interface Conversion {
  strategy?: string;
  webhook?: {
    conversionReviewVersions?: string[];
    clientConfig?: { url?: string; caBundle?: string; service?: object };
  };
}

export interface DefinitionStatus {
  acceptedNames?: DefinitionNames;
  storedVersions?: string[];
  conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[];
}

/** Where definitions are kept, and what they are called. */
export const definitions = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  storage: 'objects/apiextensions.k8s.io/customresourcedefinitions',
} as const;

/** Held by a definition that is being deleted until its instances are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

/** The object as a definition: its kind says that it is one. */
export const toDefinition = (object: ApiObject): Definition => object as Definition;

/** The version in which instances are stored. */
export const storageVersionOf = ({ spec }: Definition): string =>
  spec?.versions?.find(({ storage }) => storage)?.name ?? '';

export const hasCondition = ({ status }: Definition, type: string, value = 'True'): boolean =>
  status?.conditions?.some(condition => condition.type === type && condition.status === value) ?? false;
