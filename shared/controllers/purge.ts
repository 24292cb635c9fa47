import { type Condition, setCondition } from '../base/condition.ts';
import { isFault } from '../base/fault.ts';
import type { ApiObject, JsonMap } from '../base/object.ts';
import type { Clock } from '../base/ports.ts';
import { unlessGone } from '../base/unless.ts';
import { controllerUser } from '../kube/access/user.ts';
import { toBare } from '../kube/extend/bare.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { ResourceType } from '../kube/resource.ts';
import type { ControllerParts } from './controller.ts';
import type { Held } from './queue.ts';

/**
 * One pass over a terminating namespace (kubernetes-api reference §2.1): asks everything in it to go, kind by kind, says in
 * conditions what is left, and gives up the namespace when nothing is. Until then it is held by what is left.
 */
export const purge = async (
  { registry, clock }: ControllerParts & { readonly clock: Clock },
  type: ResourceType,
  namespace: ApiObject,
): Promise<Held | undefined> => {
  const { name } = namespace.metadata;
  const left: Left[] = [];
  for (const content of contentTypes(registry)) left.push(await empty(registry, content, name));
  const by = new Set(left.filter(isLeft).map(one => one.type.storage));
  const isEmpty = by.size === 0;
  if (isEmpty && namespace.metadata.finalizers === undefined && !hasOtherFinalizers(namespace)) {
    await finalize(registry, type, namespace);
    return undefined;
  }
  const now = clock.now();
  const conditions = toConditions(left).reduce<unknown>(
    (list, condition) => setCondition(list, condition, now),
    namespace.status?.['conditions'],
  );
  await writeConditions(registry, type, name, conditions);
  if (!isEmpty) return { by };
  await finalize(registry, type, namespace);
  return undefined;
};

const pageSize = 500;

interface Left {
  readonly type: ResourceType;
  readonly remaining: readonly ApiObject[];
  readonly error?: string;
}

const isLeft = ({ remaining, error }: Left): boolean => remaining.length > 0 || error !== undefined;

/**
 * Namespaced kinds that can be deleted, each store type once, as they are stored: nobody who converts can hold up a
 * namespace. Events go last: what happens on the way still tells some.
 */
const contentTypes = (registry: Registry): ResourceType[] => {
  const byStorage = new Map<string, ResourceType>();
  for (const type of registry.catalog.all())
    if (type.scope === 'Namespaced' && type.verbs.includes('list') && type.verbs.includes('delete'))
      if (!byStorage.has(type.storage)) byStorage.set(type.storage, type.converter ? toBare(type) : type);
  return [...byStorage.values()].sort((a, b) => Number(a.plural === 'events') - Number(b.plural === 'events'));
};

const empty = async (registry: Registry, type: ResourceType, namespace: string): Promise<Left> => {
  const found = await listAll(registry, type, namespace);
  const leaving = found.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const errors: (string | undefined)[] = [];
  for (let start = 0; start < leaving.length; start += atOnce)
    errors.push(...(await Promise.all(leaving.slice(start, start + atOnce).map(one => remove(registry, type, one)))));
  const error = errors.find(one => one !== undefined);
  const remaining = found.length === 0 ? [] : await listAll(registry, type, namespace);
  return { type, remaining, ...(error !== undefined && { error }) };
};

/** Deletions under way together: enough for the store to put them into one transaction. */
const atOnce = 64;

/** What stood in the way, if anything did. */
const remove = async (registry: Registry, type: ResourceType, { metadata }: ApiObject): Promise<string | undefined> => {
  try {
    await registry.delete(type, metadata, { user: controllerUser, propagationPolicy: 'Background' });
    return undefined;
  } catch (error) {
    if (isFault(error, 'NotFound')) return undefined;
    if (!isFault(error)) throw error;
    return error.message;
  }
};

const listAll = async (registry: Registry, type: ResourceType, namespace: string): Promise<readonly ApiObject[]> => {
  const items: ApiObject[] = [];
  let token: string | undefined;
  do {
    const page = await registry.list(type, {
      namespace,
      limit: pageSize,
      ...(token !== undefined && { continue: token }),
    });
    items.push(...page.items);
    token = page.continue;
  } while (token !== undefined);
  return items;
};

const toConditions = (left: readonly Left[]): Condition[] => {
  const full = left.filter(({ remaining }) => remaining.length > 0);
  const failed = left.filter(({ error }) => error !== undefined);
  const counts = full.map(
    ({ type, remaining }) => `${toGroupResource(type)} has ${remaining.length} resource instances`,
  );
  const holders = new Map<string, number>();
  for (const { remaining } of full)
    for (const { metadata } of remaining)
      for (const name of metadata.finalizers ?? []) holders.set(name, (holders.get(name) ?? 0) + 1);
  const held = [...holders].map(([name, count]) => `${name} in ${count} resource instances`);
  return [
    done('NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'),
    done(
      'NamespaceDeletionGroupVersionParsingFailure',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    failed.length === 0
      ? done(
          'NamespaceDeletionContentFailure',
          'ContentDeleted',
          'All content successfully deleted, may be waiting on finalization',
        )
      : open(
          'NamespaceDeletionContentFailure',
          'ContentDeletionFailed',
          `Failed to delete all resource types, ${failed.length} remaining: ${failed.map(({ error }) => error).join(', ')}`,
        ),
    counts.length === 0
      ? done('NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed')
      : open(
          'NamespaceContentRemaining',
          'SomeResourcesRemain',
          `Some resources are remaining: ${counts.sort().join(', ')}`,
        ),
    held.length === 0
      ? done('NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished')
      : open(
          'NamespaceFinalizersRemaining',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${held.sort().join(', ')}`,
        ),
  ];
};

const done = (type: string, reason: string, message: string): Condition => ({ type, status: 'False', reason, message });
const open = (type: string, reason: string, message: string): Condition => ({ type, status: 'True', reason, message });

const toGroupResource = ({ group, plural }: ResourceType): string => (group === '' ? plural : `${plural}.${group}`);

const writeConditions = (registry: Registry, type: ResourceType, name: string, conditions: unknown): Promise<unknown> =>
  unlessGone(
    registry.update(
      type,
      { name },
      current =>
        current.status?.['conditions'] === conditions
          ? current
          : // `setCondition` makes plain JSON.
            { ...current, status: { ...current.status, conditions: conditions as JsonMap[] } },
      { user: controllerUser, subresource: 'status' },
    ),
  );

const contentFinalizer = 'kubernetes';

const finalizersOf = ({ spec }: ApiObject): unknown[] => {
  const list = spec?.['finalizers'];
  return Array.isArray(list) ? list : [];
};

const hasOtherFinalizers = (namespace: ApiObject): boolean =>
  finalizersOf(namespace).some(name => name !== contentFinalizer);

/** Through the namespace's own subresource: taking the last finalizer away lets it vanish. */
const finalize = async (registry: Registry, type: ResourceType, { metadata }: ApiObject): Promise<void> => {
  await unlessGone(
    registry.update(
      type,
      { name: metadata.name },
      current => {
        const finalizers = finalizersOf(current).filter(name => name !== contentFinalizer);
        return current.metadata.uid === metadata.uid
          ? // Names of finalizers are text.
            { ...current, spec: { ...current.spec, finalizers: finalizers as string[] } }
          : current;
      },
      { user: controllerUser, subresource: 'finalize' },
    ),
  );
};
