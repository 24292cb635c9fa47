import { delay } from '../base/delay.ts';
import type { ApiObject } from '../base/object.ts';
import { toBare } from '../kube/extend/bare.ts';
import { quotas } from '../kube/quota/quota.ts';
import type { ResourceType } from '../kube/resource.ts';
import {
  type Add,
  type Controller,
  type ControllerParts,
  createController,
  following,
  type Source,
} from './controller.ts';
import { countedTypes, recount } from './recount.ts';

/**
 * Counts what the namespaces with a ResourceQuota hold (kubernetes-api reference §2): when a quota is new or changed, when
 * objects that it counts go, and every few minutes in case a charge was lost. Creations charge themselves and wait for
 * nobody. Kinds that no quota counts are not looked at.
 */
export const createQuotas = (parts: ControllerParts): Controller => {
  const { catalog } = parts.registry;
  const type = catalog.get(quotas.group, quotas.plural);
  /** Names that are limited, by the key of the quota. */
  const limited = new Map<string, readonly string[]>();
  const holders = (): Set<string> => new Set([...limited.keys()].map(namespaceOf));
  const counted = (): ResourceType[] => countedTypes(catalog, new Set([...limited.values()].flat()));
  let onLimits = (): void => {};
  return createController(parts, {
    name: 'quotas',
    follows: [
      following(type, hardOf, ({ key, now, before }, add) => {
        if (now) limited.set(key, now.kept);
        else limited.delete(key);
        if (now?.kept.join() === before?.join() && isCounted(now?.object)) return;
        add(namespaceOf(key));
        onLimits();
      }),
    ],
    sources: [
      losses(parts, {
        counted,
        holders,
        onChange(act) {
          onLimits = act;
          return catalog.onChange(act);
        },
      }),
    ],
    work: namespace => recount(parts.registry, type, namespace),
  });
};

const namespaceOf = (key: string): string => key.slice(0, key.indexOf('/'));

const hardOf = ({ spec }: ApiObject): readonly string[] =>
  Object.entries(spec?.hard ?? {}).map(([name, quantity]) => `${name}=${quantity}`);

/** The limits that are asked for are those in force. */
const isCounted = (quota: ApiObject | undefined): boolean =>
  JSON.stringify(Object.entries(quota?.spec?.hard ?? {}).sort()) ===
  JSON.stringify(Object.entries(quota?.status?.hard ?? {}).sort());

interface Counting {
  /** Types that some quota counts. */
  counted(): readonly ResourceType[];
  /** Namespaces that have quotas. */
  holders(): ReadonlySet<string>;
  /** Calls `act` whenever either may have changed. Answers how to take that back. */
  onChange(act: () => void): () => void;
}

/** Many objects go together: they are counted once. */
const patienceMs = 500;

/** Brings up the namespaces that lose objects which quotas count. */
const losses = ({ registry, log }: ControllerParts, { counted, holders, onChange }: Counting): Source => {
  const watchOne = async (type: ResourceType, add: Add, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        for await (const event of registry.watch(type, { sendInitialEvents: false }, signal)) {
          const { namespace = '' } = event.object.metadata;
          if (event.type === 'DELETED' && holders().has(namespace)) add(namespace, patienceMs);
        }
      } catch (error) {
        log.warn('A watch broke and begins anew', { type: type.storage, error: String(error) });
      }
      // What went meanwhile was not heard of.
      for (const namespace of holders()) add(namespace, patienceMs);
      await delay(1_000, signal);
    }
  };
  return {
    async run(add, signal) {
      const running = new Map<string, { readonly stop: AbortController; readonly done: Promise<void> }>();
      const follow = (): void => {
        const wanted = new Map(counted().map(type => [type.storage, type]));
        for (const [storage, type] of wanted) {
          if (running.has(storage)) continue;
          const stop = new AbortController();
          running.set(storage, { stop, done: watchOne(toBare(type), add, stop.signal) });
        }
        for (const [storage, { stop }] of running) {
          if (wanted.has(storage)) continue;
          stop.abort();
          running.delete(storage);
        }
      };
      const end = onChange(follow);
      follow();
      await new Promise<void>(resolve => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve(), { once: true });
      });
      end();
      for (const { stop } of running.values()) stop.abort();
      await Promise.all([...running.values()].map(({ done }) => done));
    },
    async settle(add, types) {
      const isConcerned = types === undefined || counted().some(({ storage }) => types.has(storage));
      if (isConcerned) for (const namespace of holders()) add(namespace);
    },
  };
};
