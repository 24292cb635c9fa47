import type { ApiObject, JsonMap } from '../base/object.ts';
import { addQuantities, compareQuantities, type Quantity, subtractQuantities, toQuantity } from '../base/quantity.ts';
import { unlessGone } from '../base/unless.ts';
import { controllerUser } from '../kube/access/user.ts';
import type { Catalog } from '../kube/catalog.ts';
import { toBare } from '../kube/extend/bare.ts';
import { withUsed } from '../kube/quota/quota.ts';
import { countNames, none, readUsage, type Usage } from '../kube/quota/usage.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { ResourceType } from '../kube/resource.ts';

/** What was charged is stored by then, or given back. */
const graceMs = 1_000;
/** How soon what may have been counted twice is counted again, and how often everything is. */
const soonMs = 5_000;
const resyncMs = 300_000;
const pageSize = 500;

/**
 * Counts what a namespace holds and says so in its quotas. Objects that are made meanwhile charge the quotas themselves:
 * those charges are added to what was counted, so that a quota never says less than there is; what that counts twice is put
 * right soon after. Answers the milliseconds after which to count again.
 */
export const recount = async (
  registry: Registry,
  type: ResourceType,
  namespace: string,
): Promise<number | undefined> => {
  const before = (await registry.list(type, { namespace })).items;
  if (before.length === 0) return undefined;
  const inForce = before.some(({ status }) => status?.hard !== undefined);
  if (inForce) await new Promise(resolve => setTimeout(resolve, graceMs));
  const names = new Set(before.flatMap(({ spec }) => Object.keys(spec?.hard ?? {})));
  const counted = await count(registry, namespace, names);
  let isExact = true;
  for (const quota of before) {
    const say = (current: ApiObject): ApiObject => {
      const next = toCounted(current, quota, counted);
      isExact &&= next.isExact;
      return next.quota;
    };
    await unlessGone(registry.update(type, quota.metadata, say, { user: controllerUser, subresource: 'status' }));
  }
  return isExact ? resyncMs : soonMs;
};

const toCounted = (
  current: ApiObject,
  before: ApiObject,
  counted: Usage,
): { readonly quota: ApiObject; readonly isExact: boolean } => {
  const [was, is] = [readUsage(before.status?.used), readUsage(current.status?.used)];
  // A map of quantities, by the schema.
  const hard = (current.spec?.hard ?? {}) as JsonMap;
  let isExact = current.metadata.uid === before.metadata.uid;
  const used = new Map<string, Quantity>();
  for (const name of Object.keys(hard)) {
    const number = counted.get(name);
    if (number === undefined) continue;
    const charged = subtractQuantities(is.get(name) ?? none, was.get(name) ?? none);
    const isCharged = was.has(name) && compareQuantities(charged, none) > 0;
    isExact &&= !isCharged;
    used.set(name, isCharged ? addQuantities(number, charged) : number);
  }
  return { isExact, quota: withUsed({ ...current, status: { ...current.status, hard } }, used) };
};

/** Namespaced types that are counted under one of some names, each store type once. Names may come with a limit. */
export const countedTypes = (catalog: Catalog, limits: ReadonlySet<string>): ResourceType[] => {
  const names = new Set([...limits].map(limit => limit.split('=', 1)[0] ?? ''));
  return countable(catalog).filter(
    type => (type.usage !== undefined && [...names].some(isMeasured)) || countNames(type).some(name => names.has(name)),
  );
};

const isMeasured = (name: string): boolean => !name.startsWith('count/');

const countable = (catalog: Catalog): ResourceType[] => {
  const found = new Map<string, ResourceType>();
  for (const type of catalog.all())
    if (type.scope === 'Namespaced' && type.verbs.includes('list') && !found.has(type.storage))
      found.set(type.storage, type);
  return [...found.values()];
};

const count = async (registry: Registry, namespace: string, names: ReadonlySet<string>): Promise<Usage> => {
  const counted = new Map<string, Quantity>();
  const left = new Set(names);
  const types = countable(registry.catalog);
  for (const type of types) {
    const known = countNames(type).filter(name => names.has(name));
    if (known.length === 0) continue;
    const number = toQuantity(await countOne(registry, toBare(type), namespace));
    for (const name of known) {
      counted.set(name, number);
      left.delete(name);
    }
  }
  // Objects of kinds that are not served (`count/…`) are not counted; whatever else there may be here, there is none of it.
  for (const name of left) if (isMeasured(name)) counted.set(name, none);
  if (![...left].some(isMeasured)) return counted;
  const measured = types.filter(({ usage }) => usage !== undefined);
  for (const type of measured) await measure(registry, type, namespace, left, counted);
  return counted;
};

/** The store knows how many there are beyond a page. */
const countOne = async (registry: Registry, type: ResourceType, namespace: string): Promise<number> => {
  const first = await registry.list(type, { namespace, limit: 1 });
  if (first.continue === undefined) return first.items.length;
  if (first.remainingItemCount !== undefined) return first.items.length + first.remainingItemCount;
  let number = first.items.length;
  for (let next: string | undefined = first.continue; next !== undefined; ) {
    const page = await registry.list(type, { namespace, limit: pageSize, continue: next });
    number += page.items.length;
    next = page.continue;
  }
  return number;
};

/** Adds up what objects take beside counting as one. */
const measure = async (
  registry: Registry,
  type: ResourceType,
  namespace: string,
  names: ReadonlySet<string>,
  into: Map<string, Quantity>,
): Promise<void> => {
  let next: string | undefined;
  do {
    const page = await registry.list(type, {
      namespace,
      limit: pageSize,
      ...(next !== undefined && { continue: next }),
    });
    for (const object of page.items)
      for (const [name, quantity] of Object.entries(type.usage?.(object) ?? {}))
        if (names.has(name)) into.set(name, addQuantities(into.get(name) ?? none, toQuantity(quantity)));
    next = page.continue;
  } while (next !== undefined);
};
