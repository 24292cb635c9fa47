import { Fault } from '../base/fault.ts';
import type { ObjectRef } from '../base/object.ts';
import type { Attributes, Authorizer, User } from '../kube/access/user.ts';
import { notFound, unauthorizedFor } from '../kube/faults.ts';
import type { Target } from './target.ts';

interface Guard {
  readonly authorizer: Authorizer;
  findDevice(uuid: string): Promise<ObjectRef | undefined>;
}

/**
 * Lets a user read what a device sent who may `get` (or `watch`) the subresource of the Device, such as `devices/log`.
 * Throws NotFound when no Device has the UUID, but only to who may read all Devices: anybody else hears the same Forbidden
 * as for a Device that is not theirs.
 */
export const authorizeTarget = async (guard: Guard, user: User, target: Target, verb: string): Promise<void> => {
  await authorizePart(guard, user, target.uuid, verb, target.event);
};

/** The same for any subresource of the Device; answers which one it is. */
export const authorizePart = async (
  guard: Guard,
  user: User,
  uuid: string,
  verb: string,
  part: string,
): Promise<ObjectRef> => {
  const device = await guard.findDevice(uuid);
  const { allowed } = await guard.authorizer.authorize(toAttributes(user, verb, part, device ?? {}));
  // The answer names the UUID, which the caller knows, and not what has it.
  if (!allowed) throw unauthorizedFor(toAttributes(user, verb, part, { name: uuid }));
  if (device === undefined) throw notFound(devices, uuid);
  return device;
};

/** For a path that is nothing here: NotFound to who may ask for it, Forbidden to anybody else. */
export const authorizePath = async ({ authorizer }: Guard, user: User, path: string): Promise<never> => {
  const attributes = { user, verb: 'get', path };
  const { allowed, reason } = await authorizer.authorize(attributes);
  if (!allowed) throw unauthorizedFor(attributes, reason);
  throw new Fault('NotFound', 'the server could not find the requested resource');
};

const devices = { group: 'eve.lfedge.org', plural: 'devices' };

const toAttributes = (
  user: User,
  verb: string,
  subresource: string,
  { namespace, name }: { readonly namespace?: string | undefined; readonly name?: string },
): Attributes => ({
  user,
  verb,
  resource: {
    group: devices.group,
    version: 'v1beta1',
    resource: devices.plural,
    subresource,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  },
});
