import type { ApiObject, ObjectRef } from '../shared/base/object.ts';
import { isMap } from '../shared/base/own.ts';
import type { Ports } from '../shared/base/ports.ts';
import { type Accounts, createAccounts } from '../shared/kube/access/accounts/accounts.ts';
import type { TokenKeys } from '../shared/kube/access/accounts/keys.ts';
import { type Authenticate, createAuthenticator } from '../shared/kube/access/authenticate.ts';
import { anyToken, bearer, type TokenMethod } from '../shared/kube/access/bearer.ts';
import { clientCertificates } from '../shared/kube/access/certificate.ts';
import { type AwsParts, awsIamTokens } from '../shared/kube/access/drivers/awsiam.ts';
import { type AwsMapping, joinMappings, toAwsMapping } from '../shared/kube/access/drivers/awsmapping.ts';
import type { Get } from '../shared/kube/access/get.ts';
import { type AuthenticationConfig, toAuthenticationConfig } from '../shared/kube/access/oidc/config.ts';
import { openIdTokens } from '../shared/kube/access/oidc/oidc.ts';
import { staticTokens } from '../shared/kube/access/token.ts';
import type { Serving } from './identity/identity.ts';

/** What may be exchanged while the server runs. */
export interface Credentials {
  /** Rows of a static token file. */
  readonly tokenCsv?: string;
  /** PEM of further authorities for client certificates. */
  readonly clientCa?: string;
  /** An AuthenticationConfiguration, parsed. */
  readonly authentication?: unknown;
  /** How AWS identities are users, parsed. */
  readonly aws?: unknown;
}

/** How callers are known, as the operator wants it. */
export interface AccessSettings extends Credentials {
  /** URLs that name this server in ServiceAccount tokens: new ones carry the first, tokens of all are accepted. */
  readonly issuers?: readonly string[];
  /** Audiences of this server; its issuers when there are none. */
  readonly audiences?: readonly string[];
  /** What OpenID Connect issuers may sign with. */
  readonly algorithms?: readonly string[];
}

export interface AccessParts extends Ports, AccessSettings {
  /** Of ServiceAccount tokens. */
  readonly keys: TokenKeys;
  readonly identity: Pick<Serving, 'clientAuthority'>;
  readonly find: (
    plural: 'serviceaccounts' | 'secrets' | 'configmaps',
    ref: ObjectRef,
  ) => Promise<ApiObject | undefined>;
  readonly get: Get;
}

export interface Access {
  readonly authenticate: Authenticate;
  /** All sorts of tokens as one. */
  readonly tokens: TokenMethod;
  readonly accounts: Accounts;
  /**
   * Knows callers by other credentials from the next request on; what stays the same keeps what it has learnt. Throws, and
   * changes nothing, when they are broken.
   */
  renew(credentials: Credentials): void;
}

/** Puts together the ways in which callers are known. */
export const openAccess = (parts: AccessParts): Access => {
  const { identity, find, clock, random, keys } = parts;
  const issuers = toIssuers(parts.issuers);
  const audiences = parts.audiences?.length ? parts.audiences : issuers;
  const accounts = createAccounts({ clock, random, keys, issuers, audiences, find });
  const toStatic = remembering(staticTokens);
  const toConfig = remembering((value: unknown) => toAuthenticationConfig(value, issuers));
  const toOpenId = remembering((config: AuthenticationConfig) => openIdTokens(config.issuers, parts));
  const toAws = remembering((aws: unknown) => awsIamTokens({ ...parts, ...toAwsParts({ ...parts, aws }) }));
  const make = ({ tokenCsv, clientCa, authentication, aws }: Credentials) => {
    const config = authentication === undefined ? undefined : toConfig(authentication);
    const methods = [
      ...(tokenCsv === undefined ? [] : [toStatic(tokenCsv)]),
      accounts.verify,
      ...(config ? [toOpenId(config)] : []),
      ...(aws === undefined ? [] : [toAws(aws)]),
    ];
    const ca = [identity.clientAuthority.certificatePem, ...toCertificates(clientCa)];
    return {
      authenticate: createAuthenticator([clientCertificates({ ca, clock }), bearer(methods)], {
        anonymous: config?.anonymous ?? publicPaths,
      }),
      tokens: anyToken(methods, audiences),
    };
  };
  let known = make(parts);
  return {
    authenticate: (request, peer) => known.authenticate(request, peer),
    tokens: (token, asked) => known.tokens(token, asked),
    accounts,
    renew: credentials => {
      known = make(credentials);
    },
  };
};

/** Makes anew only what is made of something else than the last time. */
const remembering = <A, B>(make: (from: A) => B): ((from: A) => B) => {
  let last: { readonly from: A; readonly made: B } | undefined;
  return from => {
    if (last?.from !== from) last = { from, made: make(from) };
    return last.made;
  };
};

const toCertificates = (pem: string | undefined): readonly string[] => {
  if (pem === undefined) return [];
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (!found) throw new Error('there is no certificate in PEM among the client authorities');
  return found;
};

/** `clusterID`, `regions`, the maps, and whether the ConfigMap `kube-system/aws-auth` is read for more of them. */
const toAwsParts = ({ aws: value, find, log }: AccessParts): Pick<AwsParts, 'clusterId' | 'regions' | 'mapping'> => {
  if (!isMap(value) || typeof value.clusterID !== 'string' || value.clusterID === '')
    throw new Error('the AWS configuration must have a clusterID');
  const { clusterID: clusterId, regions = [], configMap = false } = value;
  if (!Array.isArray(regions)) throw new Error('regions of the AWS configuration must be a list');
  const own = toAwsMapping(value);
  const mapping = async (): Promise<AwsMapping> => {
    const found = configMap === true && (await find('configmaps', { namespace: 'kube-system', name: 'aws-auth' }));
    if (!found || !isMap(found.data)) return own;
    try {
      return joinMappings([own, toAwsMapping(found.data)]);
    } catch (error) {
      log.warn('the ConfigMap kube-system/aws-auth is no mapping', { error: String(error) });
      return own;
    }
  };
  return { clusterId, regions: regions.map(String), mapping };
};

/** What load balancers and clients that have no credential yet may see. */
const publicPaths = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

/** The name by which API servers call themselves when they are not told another: the same wherever it is reached. */
const defaultIssuer = 'https://kubernetes.default.svc.cluster.local';

const toIssuers = ([first = defaultIssuer, ...rest]: readonly string[] = []): [string, ...string[]] => [first, ...rest];
