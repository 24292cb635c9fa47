import type { ApiObject } from '../../base/object.ts';
import { parsedOnce } from '../../base/parsed.ts';
import { createMirror } from '../../kube/access/mirror.ts';
import type { ResourceType } from '../../kube/resource.ts';
import { compareKeys } from '../../store/order.ts';
import type { Store } from '../../store/store.ts';

/** What objects of a type offer to unknown devices, in order of namespace and name. */
export type Offers<T> = () => Promise<readonly T[]>;

/**
 * Offers hold every write that was acknowledged before they are asked for. Whoever asks pays for one look at whether something
 * changed: strangers may ask as often as they like, and there may be many objects that offer nothing.
 */
export const createOffers = <T>(
  store: Store,
  type: ResourceType,
  toOffer: (object: ApiObject) => T | undefined,
): Offers<T> => {
  const offers = new Map<string, T>();
  let inOrder: readonly T[] | undefined = [];
  const { catchUp } = createMirror(
    store,
    type.storage,
    (key, value) => {
      const offer = value && toOffer(parsedOnce(value) as unknown as ApiObject); // the registry writes nothing else there
      const isNews = offer === undefined ? offers.delete(key) : offers.set(key, offer);
      if (isNews) inOrder = undefined;
    },
    () => {
      offers.clear();
      inOrder = undefined;
    },
  );
  return async () => {
    await catchUp();
    inOrder ??= [...offers].sort(([a], [b]) => compareKeys(a, b)).map(([, offer]) => offer);
    return inOrder;
  };
};
