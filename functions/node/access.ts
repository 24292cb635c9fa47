import type { Ports } from '../../shared/base/ports.ts';
import { type AccountParts, type Accounts, createAccounts } from '../../shared/kube/access/accounts/accounts.ts';
import { type Authenticate, createAuthenticator } from '../../shared/kube/access/authenticate.ts';
import { anyToken, bearer, type TokenMethod } from '../../shared/kube/access/bearer.ts';
import { clientCertificates } from '../../shared/kube/access/certificate.ts';
import { staticTokens } from '../../shared/kube/access/token.ts';
import type { Identity } from './identity/identity.ts';
import { openTokenKeys } from './identity/tokenkeys.ts';

/** How callers are known, as the operator wants it. */
export interface AccessSettings {
  /** Rows of a static token file. */
  readonly tokenCsv?: string;
  /** URLs that name this server in ServiceAccount tokens: new ones carry the first, tokens of all are accepted. */
  readonly issuers?: readonly string[];
  /** Audiences of this server; its issuers when there are none. */
  readonly audiences?: readonly string[];
}

export interface AccessParts extends Ports, AccessSettings {
  readonly dir: string;
  readonly identity: Pick<Identity, 'clientAuthority'>;
  readonly find: AccountParts['find'];
}

export interface Access {
  readonly authenticate: Authenticate;
  /** All sorts of tokens as one. */
  readonly tokens: TokenMethod;
  readonly accounts: Accounts;
}

/** Puts together the ways in which callers are known. */
export const openAccess = ({ dir, identity, tokenCsv, issuers, audiences, find, ...ports }: AccessParts): Access => {
  const named = toIssuers(issuers);
  const own = audiences?.length ? audiences : named;
  const accounts = createAccounts({ ...ports, keys: openTokenKeys(dir), issuers: named, audiences: own, find });
  const methods = [...(tokenCsv === undefined ? [] : [staticTokens(tokenCsv)]), accounts.verify];
  const ca = [identity.clientAuthority.certificatePem];
  return {
    authenticate: createAuthenticator([clientCertificates({ ca, clock: ports.clock }), bearer(methods)], {
      anonymous: publicPaths,
    }),
    tokens: anyToken(methods, own),
    accounts,
  };
};

/** What load balancers and clients that have no credential yet may see. */
const publicPaths = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

/** The name by which API servers call themselves when they are not told another: the same wherever it is reached. */
const defaultIssuer = 'https://kubernetes.default.svc.cluster.local';

const toIssuers = ([first = defaultIssuer, ...rest]: readonly string[] = []): [string, ...string[]] => [first, ...rest];
