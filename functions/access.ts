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
import { toAuthenticationConfig } from '../shared/kube/access/oidc/config.ts';
import { openIdTokens } from '../shared/kube/access/oidc/oidc.ts';
import { staticTokens } from '../shared/kube/access/token.ts';
import type { Serving } from './identity/identity.ts';

/** How callers are known, as the operator wants it. */
export interface AccessSettings {
  /** Rows of a static token file. */
  readonly tokenCsv?: string;
  /** URLs that name this server in ServiceAccount tokens: new ones carry the first, tokens of all are accepted. */
  readonly issuers?: readonly string[];
  /** Audiences of this server; its issuers when there are none. */
  readonly audiences?: readonly string[];
  /** An AuthenticationConfiguration, parsed. */
  readonly authentication?: unknown;
  /** What OpenID Connect issuers may sign with. */
  readonly algorithms?: readonly string[];
  /** How AWS identities are users, parsed. */
  readonly aws?: unknown;
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
}

/** Puts together the ways in which callers are known. */
export const openAccess = (parts: AccessParts): Access => {
  const { identity, find, clock, random, keys } = parts;
  const issuers = toIssuers(parts.issuers);
  const audiences = parts.audiences?.length ? parts.audiences : issuers;
  const accounts = createAccounts({ clock, random, keys, issuers, audiences, find });
  const config = parts.authentication === undefined ? undefined : toAuthenticationConfig(parts.authentication, issuers);
  const methods = [
    ...(parts.tokenCsv === undefined ? [] : [staticTokens(parts.tokenCsv)]),
    accounts.verify,
    ...(config ? [openIdTokens(config.issuers, parts)] : []),
    ...(parts.aws === undefined ? [] : [awsIamTokens({ ...parts, ...toAwsParts(parts) })]),
  ];
  const ca = [identity.clientAuthority.certificatePem];
  return {
    authenticate: createAuthenticator([clientCertificates({ ca, clock }), bearer(methods)], {
      anonymous: config?.anonymous ?? publicPaths,
    }),
    tokens: anyToken(methods, audiences),
    accounts,
  };
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
