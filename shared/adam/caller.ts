import { impersonate } from '../kube/access/impersonate.ts';
import type { Peer } from '../kube/access/peer.ts';
import type { User } from '../kube/access/user.ts';
import { unauthorized, unauthorizedFor } from '../kube/faults.ts';
import type { AdamRoom } from './room.ts';

/** Who calls, and what the caller may do. */
export interface Caller {
  readonly user: User;
  /** Throws Forbidden unless the user may do this to that resource. `name` is absent when none, or no known one, is named. */
  require(verb: string, resource: Wanted, name?: string): Promise<void>;
}

export interface Wanted {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace: string;
}

/**
 * The caller of a request. With `access` it is known by kubeve's credentials, and what it may do is what RBAC says about
 * the objects concerned. Without, everybody is the same user, who may do everything. Throws Unauthorized.
 */
export const callerOf = async ({ access }: AdamRoom, request: Request, peer: Peer | undefined): Promise<Caller> => {
  if (!access) return { user: anyone, require: async () => undefined };
  const known = await access.authenticate(request, peer);
  if (known === undefined) throw unauthorized();
  const user = await impersonate(request.headers, known, access.authorizer);
  return {
    user,
    async require(verb, resource, name) {
      const attributes = { user, verb, resource: { ...resource, ...(name !== undefined && { name }) } };
      const { allowed } = await access.authorizer.authorize(attributes);
      if (!allowed) throw unauthorizedFor(attributes);
    },
  };
};

const anyone: User = { name: 'system:adam', groups: ['system:masters'] };

const eve = { group: 'eve.lfedge.org', version: 'v1beta1' };

export const devicesIn = (namespace: string, subresource?: string): Wanted => ({
  ...eve,
  resource: 'devices',
  namespace,
  ...(subresource !== undefined && { subresource }),
});
export const configsIn = (namespace: string): Wanted => ({ ...eve, resource: 'deviceconfigs', namespace });
export const onboardsIn = (namespace: string): Wanted => ({ ...eve, resource: 'onboardcertificates', namespace });
