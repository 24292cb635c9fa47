import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { parseJson } from '../../../base/json.ts';
import { isMap } from '../../../base/own.ts';
import type { Clock, Log } from '../../../base/ports.ts';
import { unauthorized } from '../../faults.ts';
import type { Get } from '../get.ts';
import type { Issuer } from './config.ts';

export interface KeyParts {
  readonly get: Get;
  readonly clock: Clock;
  readonly log: Log;
}

/** At most one look at an issuer in this time, however many tokens with unknown keys come. */
const pauseMs = 10_000;
/** Keys of this age are looked up anew, behind the requests: an issuer takes keys back by no longer showing them. */
const maxAgeMs = 10 * 60_000;

type Keys = ReturnType<typeof createLocalJWKSet>;

/**
 * The keys of an issuer, found by its discovery document and kept. A key that is not known makes them be looked up again,
 * now and then. Throws Unauthorized while the issuer cannot be asked, or does not know the key.
 */
export const createIssuerKeys = (issuer: Issuer, { get, clock, log }: KeyParts): JWTVerifyGetKey => {
  let keys: Keys | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const refresh = (): Promise<void> => {
    if (clock.now() - askedAt >= pauseMs) {
      askedAt = clock.now();
      asking = load(issuer, get)
        .then(loaded => {
          keys = loaded;
        })
        .catch((error: unknown) =>
          log.warn('the keys of an issuer cannot be had', { issuer: issuer.url, error: String(error) }),
        )
        .finally(() => {
          asking = undefined;
        });
    }
    return asking ?? Promise.resolve();
  };
  const find: JWTVerifyGetKey = async (header, token) => {
    if (keys === undefined) throw unauthorized('the keys of the issuer are not known');
    return keys(header, token);
  };

  return async (header, token) => {
    if (keys === undefined) await refresh();
    else if (clock.now() - askedAt > maxAgeMs) void refresh();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh();
      return find(header, token);
    }
  };
};

const limits = { timeoutMs: 10_000, maxBytes: 1024 * 1024 };

const load = async (issuer: Issuer, get: Get): Promise<Keys> => {
  const read = async (url: string): Promise<{ readonly [field: string]: unknown }> => {
    const { status, body } = await get(url, { ...limits, ...(issuer.caPem !== undefined && { caPem: issuer.caPem }) });
    if (status !== 200) throw new Error(`${url} answered ${status}`);
    const value = parseJson(body);
    if (!isMap(value)) throw new Error(`${url} answered no object`);
    return value;
  };
  const { issuer: named, jwks_uri: uri } = await read(issuer.discoveryUrl);
  if (named !== issuer.url) throw new Error(`the discovery document is of another issuer, ${String(named)}`);
  if (typeof uri !== 'string' || !uri.startsWith('https://')) throw new Error('jwks_uri is no https URL');
  // What is no key set, jose refuses.
  return createLocalJWKSet((await read(uri)) as unknown as JSONWebKeySet);
};
