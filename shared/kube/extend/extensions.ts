import { parseJson, printJson } from '../../base/json.ts';
import type { ApiObject } from '../../base/object.ts';
import type { Log } from '../../base/ports.ts';
import type { Store } from '../../store/store.ts';
import { createMirror } from '../access/mirror.ts';
import type { OpenCatalog } from '../catalog.ts';
import type { ResourceType } from '../resource.ts';
import type { ConvertPorts } from './convert.ts';
import { type Definition, definitions, toDefinition } from './definition.ts';
import { type Lifetime, toResourceTypes } from './serve.ts';

export interface ExtensionParts {
  readonly store: Store;
  readonly catalog: OpenCatalog;
  /** What is served whatever the definitions say. */
  readonly builtIn: readonly ResourceType[];
  readonly log: Log;
  /** To reach webhooks that convert. Absent: kinds that want one are served in their storage version only. */
  readonly convert?: ConvertPorts;
}

export interface Extensions {
  /**
   * Brings the catalog up to date with the stored definitions: afterwards it shows every change of a definition that was
   * acknowledged before. Costs next to nothing when there was none.
   */
  catchUp(): Promise<void>;
}

/**
 * Makes a catalog follow the stored definitions. Where a definition claims the place of a built-in type, the built-in one
 * stays. Types that nothing changed about stay the same instances; watches of types that went or changed end.
 */
export const createExtensions = ({ store, catalog, builtIn, log, convert }: ExtensionParts): Extensions => {
  const places = new Set(builtIn.map(toPlace));
  const served = new Map<string, Served>();
  let isStale = false;
  const drop = (name: string): void => {
    const old = served.get(name);
    if (old === undefined) return;
    served.delete(name);
    isStale ||= old.types.length > 0;
    leaving.push(old);
  };
  const leaving: Served[] = [];
  const apply = (name: string, value: Uint8Array | undefined): void => {
    if (value === undefined) {
      drop(name);
      return;
    }
    // Only the registry writes these bytes, and it writes objects.
    const definition = toDefinition(parseJson(value) as unknown as ApiObject);
    const print = fingerprint(definition);
    if (served.get(name)?.print === print) return;
    drop(name);
    const next = serve(definition, print, places, log, convert);
    served.set(name, next);
    isStale ||= next.types.length > 0;
  };
  const mirror = createMirror(store, definitions.storage, apply, () => {
    for (const name of [...served.keys()]) drop(name);
  });
  const publish = (): void => {
    if (isStale) catalog.replace([...builtIn, ...[...served.values()].flatMap(({ types }) => types)]);
    isStale = false;
    for (const one of leaving.splice(0)) one.retire();
  };
  return {
    async catchUp() {
      await mirror.catchUp();
      if (isStale || leaving.length > 0) publish();
    },
  };
};

interface Served {
  readonly print: string;
  readonly types: readonly ResourceType[];
  retire(): void;
}

const toPlace = ({ group, plural }: Pick<ResourceType, 'group' | 'plural'>): string => `${group}/${plural}`;

/** All that the types depend on. */
const fingerprint = ({ spec, status }: Definition): string =>
  printJson({
    // What was parsed as JSON is JSON.
    spec: spec as never,
    names: (status?.acceptedNames ?? {}) as never,
    established: status?.conditions?.find(({ type }) => type === 'Established')?.status ?? '',
  });

const serve = (
  definition: Definition,
  print: string,
  places: ReadonlySet<string>,
  log: Log,
  convert?: ConvertPorts,
): Served => {
  const { lifetime, retire } = createLifetime();
  const { group = '', names } = definition.spec ?? {};
  if (places.has(toPlace({ group, plural: names?.plural ?? '' }))) return { print, types: [], retire };
  try {
    return { print, types: toResourceTypes(definition, lifetime, convert), retire };
  } catch (error) {
    // Checked when it was stored: this is a bug, and no reason not to serve the others.
    log.error('a definition cannot be served', { name: definition.metadata.name, error });
    return { print, types: [], retire };
  }
};

const createLifetime = (): { lifetime: Lifetime; retire(): void } => {
  const acts = new Set<() => void>();
  let isOver = false;
  return {
    lifetime: {
      whenRetired(act) {
        if (isOver) act();
        else acts.add(act);
        return () => acts.delete(act);
      },
    },
    retire() {
      isOver = true;
      for (const act of [...acts]) act();
      acts.clear();
    },
  };
};
