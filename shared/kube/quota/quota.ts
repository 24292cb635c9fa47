import { parseJson } from '../../base/json.ts';
import { type ApiObject, fromKey } from '../../base/object.ts';
import {
  addQuantities,
  compareQuantities,
  printQuantity,
  type Quantity,
  subtractQuantities,
} from '../../base/quantity.ts';
import { unlessGone } from '../../base/unless.ts';
import type { Store } from '../../store/store.ts';
import { createMirror } from '../access/mirror.ts';
import { controllerUser } from '../access/user.ts';
import { forbidden } from '../faults.ts';
import type { Registry } from '../registry/registry.ts';
import type { AdmitContext, ResourceType } from '../resource.ts';
import { growth, readUsage, type Usage, usageOf } from './usage.ts';

/** Where quotas are kept, and what they are called. */
export const quotas = { group: '', plural: 'resourcequotas', storage: 'objects/core/resourcequotas' } as const;

export interface Quota {
  /**
   * Takes what a write adds off the quotas of its namespace (`status.used` of each rises), and answers how to give it back
   * should the write not happen. Throws Forbidden, in upstream's words, when a quota would be exceeded or was not counted
   * yet. Costs one `head` while there are no quotas, and nothing for a write that adds nothing.
   */
  charge(
    type: ResourceType,
    now: ApiObject,
    old: ApiObject | undefined,
    context: Pick<AdmitContext, 'dryRun' | 'registry'>,
  ): Promise<GiveBack | undefined>;
}

export type GiveBack = () => Promise<void>;

/**
 * Keeps namespaces within their ResourceQuotas. What is used stands in the quotas' status and is charged as objects are
 * made, so no write counts anything; a controller counts anew when objects go.
 */
export const createQuota = (store: Store): Quota => {
  const known = new Map<string, Map<string, ApiObject>>();
  const { catchUp } = createMirror(
    store,
    quotas.storage,
    (key, value) => {
      const { namespace = '', name } = fromKey(key);
      const there = known.get(namespace) ?? new Map<string, ApiObject>();
      if (value === undefined) there.delete(name);
      // Only the registry writes these bytes, after validating them.
      else there.set(name, parseJson(value) as unknown as ApiObject);
      if (there.size === 0) known.delete(namespace);
      else known.set(namespace, there);
    },
    () => known.clear(),
  );
  return {
    async charge(type, now, old, { dryRun, registry }) {
      const { namespace = '' } = now.metadata;
      const asked = namespace === '' ? none : growth(usageOf(type, now), old && usageOf(type, old));
      if (asked.size === 0) return undefined;
      await catchUp();
      const concerned = known.get(namespace);
      if (concerned === undefined) return undefined;
      const charges = [...concerned.values()].flatMap(quota => toCharge(quota, asked));
      // All are asked before the first is charged: what is refused takes nothing.
      for (const { quota, usage } of charges) spend(type, now, quota, usage);
      const done: Charge[] = [];
      const giveBack = async (): Promise<void> => {
        for (const charge of done.splice(0)) await release(registry, charge);
      };
      if (dryRun) return undefined;
      try {
        for (const charge of charges) {
          await change(registry, charge, quota => spend(type, now, quota, charge.usage));
          done.push(charge);
        }
      } catch (error) {
        await giveBack();
        throw error;
      }
      return done.length === 0 ? undefined : giveBack;
    },
  };
};

const none: Usage = new Map();

/** What one quota is to be charged. */
interface Charge {
  readonly quota: ApiObject;
  readonly usage: Usage;
}

const toCharge = (quota: ApiObject, asked: Usage): Charge[] => {
  // Scopes choose among kinds that are not served here.
  if (quota.spec?.scopes !== undefined || quota.spec?.scopeSelector !== undefined) return [];
  const hard = readUsage(quota.status?.hard);
  const usage = new Map([...asked].filter(([name]) => hard.has(name)));
  return usage.size === 0 ? [] : [{ quota, usage }];
};

/** The quota with a usage charged to it. Throws Forbidden. */
const spend = (type: ResourceType, object: ApiObject, quota: ApiObject, usage: Usage): ApiObject => {
  const { name } = quota.metadata;
  const [hard, used] = [readUsage(quota.status?.hard), readUsage(quota.status?.used)];
  const refuse = (why: string) => forbidden(type, object.metadata.name, why);
  const unknown = [...usage.keys()].filter(key => hard.has(key) && !used.has(key)).sort();
  if (unknown.length > 0) throw refuse(`status unknown for quota: ${name}, resources: ${unknown.join(',')}`);
  const after = new Map(used);
  const exceeded: string[] = [];
  for (const [key, quantity] of usage) {
    const [limit, had] = [hard.get(key), used.get(key)];
    if (limit === undefined || had === undefined) continue;
    const sum = addQuantities(had, quantity);
    if (compareQuantities(sum, limit) > 0) exceeded.push(key);
    after.set(key, sum);
  }
  if (exceeded.length === 0) return withUsed(quota, after);
  const show = (of: Usage) => print(new Map([...of].filter(([key]) => exceeded.includes(key))));
  throw refuse(`exceeded quota: ${name}, requested: ${show(usage)}, used: ${show(used)}, limited: ${show(hard)}`);
};

const release = async (registry: Registry, charge: Charge): Promise<void> => {
  await change(registry, charge, quota => {
    const used = new Map(readUsage(quota.status?.used));
    for (const [key, quantity] of charge.usage) {
      const had = used.get(key);
      if (had) used.set(key, subtractQuantities(had, quantity));
    }
    return withUsed(quota, used);
  });
};

/** Writes a quota's status as it is now; a quota that went asks for nothing any more. */
const change = async (registry: Registry, { quota }: Charge, to: (quota: ApiObject) => ApiObject): Promise<void> => {
  const type = registry.catalog.get(quotas.group, quotas.plural);
  await unlessGone(registry.update(type, quota.metadata, to, { user: controllerUser, subresource: 'status' }));
};

/** A quota that says how much of it is used. */
export const withUsed = (quota: ApiObject, used: Usage): ApiObject => ({
  ...quota,
  status: {
    ...quota.status,
    used: Object.fromEntries([...used].map(([name, quantity]): [string, string] => [name, printQuantity(quantity)])),
  },
});

const print = (usage: Usage): string =>
  [...usage]
    .sort(([a]: [string, Quantity], [b]: [string, Quantity]) => (a < b ? -1 : 1))
    .map(([name, quantity]) => `${name}=${printQuantity(quantity)}`)
    .join(',');
