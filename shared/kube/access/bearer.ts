import { Buffer } from 'node:buffer';
import { unauthorized } from '../faults.ts';
import type { Method } from './authenticate.ts';
import type { User } from './user.ts';

/**
 * One sort of token. Answers undefined for a token that is not of its sort; throws Unauthorized for one that is but does
 * not hold (expired, revoked, wrong audience).
 */
export type TokenMethod = (token: string) => Promise<User | undefined>;

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
    const user = await known(token);
    if (!user) throw unauthorized('bearer token is not known');
    return user;
  };
};

/** Several sorts of tokens as one. */
export const anyToken =
  (methods: readonly TokenMethod[]): TokenMethod =>
  async token => {
    if (token === '' || token.length > maxTokenLength) throw unauthorized('bearer token is empty or too long');
    for (const method of methods) {
      const user = await method(token);
      if (user) return user;
    }
    return undefined;
  };

const tokenOf = (request: Request): string | undefined => {
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
