import { Buffer } from 'node:buffer';
import { badRequest } from '../faults.ts';

/**
 * Where a list goes on: after `key`, at the state of `revision`, or at the latest one when that is absent (upstream's
 * version −1, the "inconsistent" token of an expired list).
 */
export interface Position {
  readonly key: string;
  readonly revision?: number;
}

/** Upstream's form: base64url of `{"v":"meta.k8s.io/v1","rv":77,"start":"ns/name\u0000"}`. Opaque to clients. */
export const toToken = ({ key, revision }: Position): string =>
  Buffer.from(
    JSON.stringify({ v: tokenVersion, rv: revision === undefined ? -1 : revision + 1, start: `${key}\0` }),
  ).toString('base64url');

/** Throws BadRequest for what is no token, or goes on outside of `prefix`. */
export const fromToken = (token: string, prefix: string): Position => {
  const { v, rv, start } = parse(token);
  if (v !== tokenVersion) throw invalidToken('server does not recognize this encoded version');
  if (typeof start !== 'string' || !start.endsWith('\0') || !start.startsWith(prefix)) {
    throw invalidToken('malformed start key');
  }
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv < -1 || rv === 0) {
    throw invalidToken('malformed resource version');
  }
  return { key: start.slice(0, -1), ...(rv > 0 && { revision: rv - 1 }) };
};

const tokenVersion = 'meta.k8s.io/v1';

const parse = (token: string): { v?: unknown; rv?: unknown; start?: unknown } => {
  if (token.length > 4096 || !/^[A-Za-z0-9_-]+={0,2}$/.test(token))
    throw invalidToken('continue key is not valid: not base64url');
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Falls through: what is not JSON is as bad as JSON that is no map.
  }
  throw invalidToken('continue key is not valid: not a token of this server');
};

const invalidToken = (why: string) => badRequest(`invalid continue token: ${why}`);
