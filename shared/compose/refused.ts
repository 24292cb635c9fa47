import { toTime } from '../base/condition.ts';
import { isEqual } from '../base/equal.ts';
import type { ApiObject } from '../base/object.ts';
import { unlessGone } from '../base/unless.ts';
import type { User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { Gathered } from './gather.ts';
import type { Recorder } from './recorder.ts';
import { shorten } from './reflect/errors.ts';

export interface RefusedParts {
  readonly registry: Registry;
  readonly user: User;
  readonly recorder: Recorder;
}

/** Shows in a Device how many of its reports were refused, and tells of it. */
export const publishRefused = async (parts: RefusedParts, { device, refused }: Gathered): Promise<void> => {
  if (!refused) return;
  const shown = { count: refused.count, lastAt: toTime(refused.at), last: shorten(refused.last) };
  if (isEqual(device.status?.refusedReports, shown)) return;
  const { registry, user, recorder } = parts;
  const { namespace, name, uid } = device.metadata;
  await unlessGone(
    registry.update(
      registry.catalog.get('eve.lfedge.org', 'devices'),
      { namespace, name },
      current =>
        current.metadata.uid === uid ? { ...current, status: { ...current.status, refusedReports: shown } } : current,
      { user, subresource: 'status' },
    ),
  );
  // Validated by the registry against the schema that Device is inferred from.
  await recorder.record(device as unknown as ApiObject, {
    type: 'Warning',
    reason: 'RefusedReport',
    message: `A report was refused: ${refused.last}`,
  });
};
