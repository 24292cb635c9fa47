import { isEqual } from '../base/equal.ts';
import type { ApiObject, JsonMap } from '../base/object.ts';
import { unlessGone } from '../base/unless.ts';
import type { User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import { fit } from './reflect/fit.ts';

interface Parts {
  readonly registry: Registry;
  readonly user: User;
  /** Asked before something is written, of the object as it is then: if so, it stays. */
  isOvertaken?(): Promise<boolean>;
}

export interface Written {
  /** The status as it was. */
  readonly before: JsonMap;
  readonly after: ApiObject;
}

/** Changes the status of an object through its subresource; undefined when nothing changed or it is gone. */
export const writeStatus = async (
  parts: Parts,
  plural: string,
  { metadata }: ApiObject,
  change: (status: JsonMap, object: ApiObject) => JsonMap,
  group = 'eve.lfedge.org',
): Promise<Written | undefined> => {
  const { registry, user } = parts;
  let changed: Written | undefined;
  await unlessGone(
    registry.update(
      registry.catalog.get(group, plural),
      { namespace: metadata.namespace, name: metadata.name },
      async current => {
        changed = undefined;
        if (current.metadata.uid !== metadata.uid) return current;
        const before = current.status ?? {};
        const status = fit(change(before, current), before);
        if (isEqual(status, before) || (await parts.isOvertaken?.())) return current;
        changed = { before, after: { ...current, status } };
        return changed.after;
      },
      { user, subresource: 'status' },
    ),
  );
  return changed;
};
