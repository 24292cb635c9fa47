import { fromUtf8, toBase64 } from '../base/bytes.ts';
import type { ApiObject } from '../base/object.ts';
import { unlessGone, unlessThere } from '../base/unless.ts';
import type { User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { Outcome } from './device.ts';

interface SessionParts {
  readonly registry: Registry;
  readonly user: User;
}

/** Type of the Secret that holds the token of a device's EdgeView. */
const sessionType = 'kubeve.io/edgeview-token';

/**
 * The Secret `<device>-edgeview` with the token that a client of EdgeView shows the dispatcher; it goes when the session does.
 * A Secret of that name that is somebody else's is left alone.
 */
export const publishSession = async (parts: SessionParts, { from, config }: Outcome): Promise<void> => {
  const { registry, user } = parts;
  const { device } = from;
  const ref = { namespace: device.metadata.namespace ?? '', name: `${device.metadata.name}-edgeview` };
  const type = registry.catalog.get('', 'secrets');
  const isMade = device.spec?.edgeView !== undefined && device.spec.edgeView.tokenSecret === undefined;
  const token = isMade ? config.edgeview?.token : undefined;
  const found = await registry.find(type, ref);
  if (found && found['type'] !== sessionType) return;
  if (token === undefined) {
    if (found) await unlessGone(registry.delete(type, ref, { user }));
    return;
  }
  const data = { token: toBase64(fromUtf8(token)) };
  if (!found) await unlessThere(registry.create(type, toSecret(device, ref, data), { user }));
  else if (JSON.stringify(found['data']) !== JSON.stringify(data))
    await unlessGone(registry.update(type, ref, current => ({ ...current, data }), { user }));
};

const toSecret = (
  { apiVersion, kind, metadata }: Outcome['from']['device'],
  ref: { namespace: string; name: string },
  data: Record<string, string>,
): ApiObject => {
  const owner = { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { ...ref, ownerReferences: [owner] }, type: sessionType, data };
};
