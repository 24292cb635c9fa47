import { setCondition } from '../base/condition.ts';
import { isEqual } from '../base/equal.ts';
import type { ApiObject } from '../base/object.ts';
import type { Clock } from '../base/ports.ts';
import { unlessGone } from '../base/unless.ts';
import { controllerUser } from '../kube/access/user.ts';
import { acceptNames } from '../kube/extend/accept.ts';
import { toBare } from '../kube/extend/bare.ts';
import { cleanupFinalizer, definitions, hasCondition, toDefinition } from '../kube/extend/definition.ts';
import type { Extensions } from '../kube/extend/extensions.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { ResourceType } from '../kube/resource.ts';
import { takenBesides } from '../resources/extensions/taken.ts';
import { type Controller, type ControllerParts, createController, following } from './controller.ts';
import type { Held } from './queue.ts';

export interface DefinitionParts extends ControllerParts {
  readonly clock: Clock;
  readonly extensions: Extensions;
}

/**
 * CustomResourceDefinitions behind the requests (kubernetes-api reference §4): names that became free are given to those
 * who wait for them, instances of a definition that is being deleted go before it, and the catalog follows without anybody
 * asking, so that watches of what is gone end.
 */
export const createDefinitions = (parts: DefinitionParts): Controller => {
  const { registry, extensions } = parts;
  const type = registry.catalog.get(definitions.group, definitions.plural);
  /** Groups of definitions that did not get all their names, by name. */
  const waiting = new Map<string, string>();
  return createController(parts, {
    name: 'definitions',
    follows: [
      following(type, keep, ({ key, now, before }, add) => {
        add(key);
        if (now?.kept.isWaiting) waiting.set(key, now.kept.group);
        else waiting.delete(key);
        if (now && now.kept.names === before?.names) return;
        for (const [other, group] of waiting) if (group === (now?.kept ?? before)?.group) add(other);
      }),
    ],
    async work(name) {
      await extensions.catchUp();
      const found = await registry.find(type, { name });
      if (!found) return undefined;
      if (found.metadata.deletionTimestamp === undefined) return giveNames(parts, type, found);
      return found.metadata.finalizers?.includes(cleanupFinalizer) ? cleanUp(parts, type, found) : undefined;
    },
  });
};

const keep = (object: ApiObject) => {
  const definition = toDefinition(object);
  return {
    group: definition.spec?.group ?? '',
    names: JSON.stringify(definition.status?.acceptedNames ?? {}),
    isWaiting: !hasCondition(definition, 'NamesAccepted'),
  };
};

const giveNames = async (
  { registry, clock, extensions }: DefinitionParts,
  type: ResourceType,
  { metadata }: ApiObject,
): Promise<undefined> => {
  const change = async (current: ApiObject): Promise<ApiObject> => {
    const definition = toDefinition(current);
    const status = acceptNames(definition, await takenBesides(registry, definition), clock.now());
    // The status is made of JSON.
    return isEqual(status, current.status)
      ? current
      : { ...current, status: status as NonNullable<ApiObject['status']> };
  };
  await unlessGone(registry.update(type, metadata, change, { user: controllerUser, subresource: 'status' }));
  await extensions.catchUp();
};

const pageSize = 500;

/** One pass: asks all instances to go, and lets the definition go when none is left. */
const cleanUp = async (
  parts: DefinitionParts,
  type: ResourceType,
  definition: ApiObject,
): Promise<Held | undefined> => {
  const { registry } = parts;
  const { name } = definition.metadata;
  // A definition without types of its own, one that clashes or is overruled by a built-in type, has no instances.
  const instances = registry.catalog.all().find(one => one.definition === name);
  if (instances && !(await isEmptied(registry, toBare(instances)))) {
    await say(parts, type, name, 'True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress');
    return { by: new Set([instances.storage]) };
  }
  await say(parts, type, name, 'False', 'InstanceDeletionCompleted', 'removed all instances', true);
  return undefined;
};

const isEmptied = async (registry: Registry, type: ResourceType): Promise<boolean> => {
  let next: string | undefined;
  let isEmpty = true;
  do {
    const page = await registry.deleteCollection(
      type,
      { limit: pageSize, ...(next !== undefined && { continue: next }) },
      { user: controllerUser },
    );
    isEmpty &&= page.items.length === 0;
    next = page.continue;
  } while (next !== undefined);
  return isEmpty || (await registry.list(type, { limit: 1 })).items.length === 0;
};

const say = async (
  { registry, clock, extensions }: DefinitionParts,
  type: ResourceType,
  name: string,
  status: 'True' | 'False',
  reason: string,
  message: string,
  isDone = false,
): Promise<void> => {
  const change = (current: ApiObject): ApiObject => {
    const { metadata } = current;
    const conditions = setCondition(
      current.status?.['conditions'],
      { type: 'Terminating', status, reason, message },
      clock.now(),
    );
    const finalizers = (metadata.finalizers ?? []).filter(one => !isDone || one !== cleanupFinalizer);
    return { ...current, metadata: { ...metadata, finalizers }, status: { ...current.status, conditions } };
  };
  await unlessGone(registry.update(type, { name }, change, { user: controllerUser, subresource: 'status' }));
  await extensions.catchUp();
};
