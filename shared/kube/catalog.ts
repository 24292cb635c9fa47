import type { ResourceType } from './resource.ts';

/**
 * The kinds that are served, built in and (later) declared at run time. What follows from it (discovery, OpenAPI) is
 * cached by `version`.
 */
export interface Catalog {
  /** Rises with every change of the set. */
  readonly version: number;
  /** All types; preferred versions of a group first. */
  all(): readonly ResourceType[];
  /** By its place in a URL. */
  byResource(group: string, version: string, plural: string): ResourceType | undefined;
  /** By its kind; the preferred version when `version` is absent. */
  byKind(group: string, version: string | undefined, kind: string): ResourceType | undefined;
  /** By group and plural in the preferred version. Throws when there is none: for callers that know it exists. */
  get(group: string, plural: string): ResourceType;
}
