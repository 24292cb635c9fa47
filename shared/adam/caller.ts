import type { User } from '../kube/access/user.ts';
import { unauthorizedFor } from '../kube/faults.ts';
import type { Visit } from '../kube/visit.ts';

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

/** What RBAC says about the objects concerned is what a caller may do. */
export const toCaller = ({ user, authorizer }: Pick<Visit, 'user' | 'authorizer'>): Caller => ({
  user,
  async require(verb, resource, name) {
    const attributes = { user, verb, resource: { ...resource, ...(name !== undefined && { name }) } };
    const { allowed } = await authorizer.authorize(attributes);
    if (!allowed) throw unauthorizedFor(attributes);
  },
});

const eve = { group: 'eve.lfedge.org', version: 'v1beta1' };

export const devicesIn = (namespace: string, subresource?: string): Wanted => ({
  ...eve,
  resource: 'devices',
  namespace,
  ...(subresource !== undefined && { subresource }),
});
export const configsIn = (namespace: string): Wanted => ({ ...eve, resource: 'deviceconfigs', namespace });
export const onboardsIn = (namespace: string): Wanted => ({ ...eve, resource: 'onboardcertificates', namespace });
