import { byText, compareVersions, groupPriority } from './order.ts';
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
  /** Calls `act` after every change of the set. Answers how to take that back. */
  onChange(act: () => void): () => void;
  /** By group and plural in the preferred version. Throws when there is none: for callers that know it exists. */
  get(group: string, plural: string): ResourceType;
}

/** A catalog whose set can be exchanged while it is in use: for kinds that need the catalog, or come at run time. */
export interface OpenCatalog extends Catalog {
  replace(types: readonly ResourceType[]): void;
}

/** Throws a plain Error when two types claim one place. */
export const createCatalog = (types: readonly ResourceType[] = []): OpenCatalog => {
  const acts = new Set<() => void>();
  let version = 1;
  let index = toIndex(types);
  return {
    get version() {
      return version;
    },
    all: () => index.all,
    byResource: (group, version, plural) => index.resources.get(`${group}/${version}/${plural}`),
    byKind: (group, version, kind) => index.kinds.get(`${group}/${version ?? ''}/${kind}`),
    onChange(act) {
      acts.add(act);
      return () => acts.delete(act);
    },
    get(group, plural) {
      const type = index.resources.get(`${group}//${plural}`);
      if (!type) throw new Error(`no resource ${plural} in group "${group}"`);
      return type;
    },
    replace(types) {
      index = toIndex(types);
      version += 1;
      for (const act of [...acts]) act();
    },
  };
};

/** An empty version in a key stands for the preferred one. */
const toIndex = (types: readonly ResourceType[]) => {
  const all = [...types].sort(inOrder);
  const resources = new Map<string, ResourceType>();
  const kinds = new Map<string, ResourceType>();
  for (const type of all) {
    const place = `${type.group}/${type.version}/${type.plural}`;
    if (resources.has(place)) throw new Error(`two types at ${place}`);
    resources.set(place, type);
    setFirst(resources, `${type.group}//${type.plural}`, type);
    setFirst(kinds, `${type.group}/${type.version}/${type.kind}`, type);
    setFirst(kinds, `${type.group}//${type.kind}`, type);
  }
  return { all, resources, kinds };
};

const setFirst = (map: Map<string, ResourceType>, key: string, type: ResourceType): void => {
  if (!map.has(key)) map.set(key, type);
};

const inOrder = (a: ResourceType, b: ResourceType): number =>
  groupPriority(b.group) - groupPriority(a.group) ||
  byText(a.group, b.group) ||
  compareVersions(a.version, b.version) ||
  byText(a.plural, b.plural);
