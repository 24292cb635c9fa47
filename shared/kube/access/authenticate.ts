import { type Fault, isFault } from '../../base/fault.ts';
import type { Peer } from './peer.ts';
import type { User } from './user.ts';

/**
 * One way to find out who is calling. Answers undefined when the request carries no credential of its sort; throws
 * Unauthorized when it carries one that does not hold.
 */
export type Method = (request: Request, peer?: Peer) => Promise<User | undefined>;

export type Authenticate = (request: Request, peer?: Peer) => Promise<User | undefined>;

/**
 * Tries the methods in order; the first that knows the caller wins, and one that fails does not stop the others. Undefined
 * when the request carries no credential at all; Unauthorized when it carries some and none holds: a bad credential never
 * falls back to anonymous. Everyone who is known is a member of `system:authenticated`. `anonymous`: whether those without a
 * credential are let in as `system:anonymous`, or at which paths alone.
 */
export const createAuthenticator =
  (methods: readonly Method[], options: { readonly anonymous?: boolean | readonly string[] } = {}): Authenticate =>
  async (request, peer) => {
    let failure: Fault | undefined;
    for (const method of methods) {
      try {
        const user = await method(request, peer);
        if (user) return withGroup(user, 'system:authenticated');
      } catch (error) {
        if (!isFault(error, 'Unauthorized')) throw error;
        failure = error;
      }
    }
    if (failure) throw failure;
    return isOpen(options.anonymous ?? false, request) ? anonymous : undefined;
  };

const isOpen = (where: boolean | readonly string[], request: Request): boolean =>
  typeof where === 'boolean' ? where : where.includes(new URL(request.url).pathname);

const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

const withGroup = (user: User, group: string): User =>
  user.groups.includes(group) ? user : { ...user, groups: [...user.groups, group] };
