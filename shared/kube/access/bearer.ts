import { Buffer } from 'node:buffer';
import { type Fault, isFault } from '../../base/fault.ts';
import { unauthorized } from '../faults.ts';
import type { Method } from './authenticate.ts';
import type { User } from './user.ts';

/**
 * One sort of token. `audiences` are those that the token should be meant for; absent: the server's own. Answers undefined
 * for a token that is not of its sort; throws Unauthorized for one that is but does not hold (expired, revoked, meant for
 * others).
 */
export type TokenMethod = (token: string, audiences?: readonly string[]) => Promise<TokenUser | undefined>;

export interface TokenUser extends User {
  /** For whom the token is meant, of those asked for; absent when tokens of the sort do not say. */
  readonly audiences?: readonly string[];
}

/** Longest token looked at, in characters; real ones stay far below. */
const maxTokenLength = 16 * 1024;

/**
 * Reads `Authorization: Bearer …`, or the token that browsers smuggle through a WebSocket subprotocol, and asks the sorts
 * of tokens in order. A token that nobody knows is Unauthorized.
 */
export const bearer = (methods: readonly TokenMethod[]): Method => {
  const known = anyToken(methods);
  return async request => {
    const token = tokenOf(request);
    if (token === undefined) return undefined;
    const found = await known(token);
    if (!found) throw unauthorized('bearer token is not known');
    const { audiences: _, ...user } = found;
    return user;
  };
};

/**
 * Several sorts of tokens as one. A sort whose token does not hold does not stop the others. `own` are the server's
 * audiences: tokens that do not say whom they are for are for them.
 */
export const anyToken =
  (methods: readonly TokenMethod[], own: readonly string[] = []): TokenMethod =>
  async (token, audiences) => {
    if (token === '' || token.length > maxTokenLength) throw unauthorized('bearer token is empty or too long');
    let failure: Fault | undefined;
    for (const method of methods) {
      try {
        const user = await method(token, audiences);
        if (user) return user.audiences ? user : forServer(user, audiences, own);
      } catch (error) {
        if (!isFault(error, 'Unauthorized')) throw error;
        failure = error;
      }
    }
    if (failure) throw failure;
    return undefined;
  };

const forServer = (user: TokenUser, audiences: readonly string[] | undefined, own: readonly string[]): TokenUser => {
  const common = audiences?.filter(audience => own.includes(audience)) ?? own;
  if (audiences !== undefined && common.length === 0) throw unauthorized('token is meant for others');
  return common.length > 0 ? { ...user, audiences: common } : user;
};

/** The token that a request brings as a credential; undefined when it brings none. */
export const tokenOf = (request: Request): string | undefined => {
  const [scheme = '', token] = (request.headers.get('authorization') ?? '').trim().split(' ');
  // `Bearer` with nothing behind it is no credential; so it is upstream.
  if (scheme.toLowerCase() === 'bearer' && token) return token;
  return fromSubprotocol(request.headers.get('sec-websocket-protocol'));
};

const subprotocol = 'base64url.bearer.authorization.k8s.io.';

const fromSubprotocol = (header: string | null): string | undefined => {
  const found = header
    ?.split(',')
    .map(part => part.trim())
    .find(part => part.startsWith(subprotocol));
  return found && Buffer.from(found.slice(subprotocol.length), 'base64url').toString('utf8');
};
