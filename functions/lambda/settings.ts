import { knownAlgorithms } from '../../shared/kube/access/oidc/algorithms.ts';
import { requireTenantName } from '../tenants/name.ts';
import { type Tenant, toTenants } from '../tenants/tenant.ts';

/**
 * What the functions are told by their environment. `AWS_REGION` and credentials are the runtime's; the SDK's own variables
 * (`AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL_SECRETS_MANAGER` …) point it elsewhere.
 */
export interface Settings {
  /** `KUBEVE_TABLE`: the DynamoDB table. */
  readonly table: string;
  /** `KUBEVE_BUCKET`: the S3 bucket. */
  readonly bucket: string;
  /** `KUBEVE_TENANT`: prefix of all keys in both; default `main`. */
  readonly tenant: string;
  /**
   * `KUBEVE_IDENTITY`: name or ARN of the Secrets Manager secret that holds the identity, a JSON object of texts by file name
   * (`functions/identity/bundle.ts`): `root.pem`, `tls-root.pem` where TLS chains to another root than devices trust,
   * `signing`, `ecdh` and `client-authority` (`.pem` and `.key.pem`), `service-account.key.pem`, `service-account-*.pem`, and
   * `tokens.csv` with static bearer tokens. Keys that no function needs (`root`, `admin`, `onboard`) stay out of it.
   */
  readonly identity: string;
  /** `KUBEVE_IDENTITY_SECONDS`, here in milliseconds: within this time it is noticed when that secret was changed; default 300 s. */
  readonly identityMs: number;
  /** `KUBEVE_SERVICE_ACCOUNT_ISSUER`: URLs, separated by commas: tokens carry the first, those of all are accepted. */
  readonly issuers?: readonly string[];
  /** `KUBEVE_API_AUDIENCE`: names, separated by commas, whom tokens for this server are meant for. */
  readonly audiences?: readonly string[];
  /** `KUBEVE_AUTHENTICATION_CONFIG`: path of an AuthenticationConfiguration (YAML) that lies with the function. */
  readonly authenticationConfig?: string;
  /** `KUBEVE_OIDC_SIGNING_ALG`: names, separated by commas. */
  readonly algorithms?: readonly string[];
  /** `KUBEVE_AWS_IAM_CONFIG`: path of a file (YAML) that says which AWS identities are which users. */
  readonly awsIamConfig?: string;
  /** `KUBEVE_DEVICE_API_V1=true`: serves devices that speak version 1 of their API, over client certificates. */
  readonly deviceApiV1: boolean;
  /** `KUBEVE_AUDIT_POLICY`: path of an audit policy (YAML) that lies with the function. Absent: nothing is recorded. */
  readonly auditPolicy?: string;
  /**
   * `KUBEVE_ADAM_API=true`: serves Adam's API below /admin, to whom kubeve's credentials allow it. `KUBEVE_ADAM_NAMESPACE`: where
   * its devices are; default `default`.
   */
  readonly adam?: { readonly isOpen: false; readonly namespace: string };
  /** `KUBEVE_TENANTS`: tenants beside this one, as JSON (`functions/tenants/tenant.ts`), each with a secret of its own. */
  readonly tenants: readonly Tenant[];
  /** `KUBEVE_LOG_LEVEL`: debug, info (the default), warn or error. */
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/** Reads the environment. Throws an Error that names the variable and says what it must be. */
export const readSettings = (env: Readonly<Record<string, string | undefined>>): Settings => {
  const issuers = listOf(env.KUBEVE_SERVICE_ACCOUNT_ISSUER);
  const audiences = listOf(env.KUBEVE_API_AUDIENCE);
  const algorithms = listOf(env.KUBEVE_OIDC_SIGNING_ALG);
  const unknown = algorithms.find(name => !knownAlgorithms.includes(name));
  if (unknown !== undefined)
    throw new Error(`KUBEVE_OIDC_SIGNING_ALG must be of ${knownAlgorithms.join(', ')}, not '${unknown}'`);
  const tenant = env.KUBEVE_TENANT || 'main';
  requireTenantName('KUBEVE_TENANT', tenant);
  return {
    table: required(env, 'KUBEVE_TABLE'),
    bucket: required(env, 'KUBEVE_BUCKET'),
    tenant,
    identity: required(env, 'KUBEVE_IDENTITY'),
    identityMs: secondsIn(env.KUBEVE_IDENTITY_SECONDS || '300') * 1000,
    tenants: tenantsIn(env.KUBEVE_TENANTS || '[]', tenant),
    deviceApiV1: truth(env, 'KUBEVE_DEVICE_API_V1'),
    logLevel: toLevel(env.KUBEVE_LOG_LEVEL || 'info'),
    ...(issuers.length > 0 && { issuers }),
    ...(audiences.length > 0 && { audiences }),
    ...(algorithms.length > 0 && { algorithms }),
    ...(env.KUBEVE_AUTHENTICATION_CONFIG && { authenticationConfig: env.KUBEVE_AUTHENTICATION_CONFIG }),
    ...(env.KUBEVE_AUDIT_POLICY && { auditPolicy: env.KUBEVE_AUDIT_POLICY }),
    ...(truth(env, 'KUBEVE_ADAM_API') && {
      adam: { isOpen: false, namespace: env.KUBEVE_ADAM_NAMESPACE || 'default' },
    }),
    ...(env.KUBEVE_AWS_IAM_CONFIG && { awsIamConfig: env.KUBEVE_AWS_IAM_CONFIG }),
  };
};

/** Those of a tenant: where everything is kept is the same, and nothing that lets somebody in. */
export const settingsOf = (settings: Settings, tenant: Tenant | undefined): Settings => {
  if (!tenant) return settings;
  const { table, bucket, identityMs, auditPolicy, logLevel } = settings;
  const { name, identity = '', deviceApiV1 = false, serviceAccountIssuer, apiAudience, oidcSigningAlg } = tenant;
  const { authenticationConfig, awsIamConfig } = tenant;
  return {
    table,
    bucket,
    identityMs,
    logLevel,
    tenant: name,
    tenants: [],
    identity,
    deviceApiV1,
    ...(auditPolicy && { auditPolicy }),
    ...(serviceAccountIssuer && { issuers: serviceAccountIssuer }),
    ...(apiAudience && { audiences: apiAudience }),
    ...(oidcSigningAlg && { algorithms: oidcSigningAlg }),
    ...(authenticationConfig && { authenticationConfig }),
    ...(awsIamConfig && { awsIamConfig }),
  };
};

const secondsIn = (text: string): number => {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new Error(`KUBEVE_IDENTITY_SECONDS must be from 1 to 99999, not '${text}'`);
  return Number(text);
};

const tenantsIn = (text: string, own: string): readonly Tenant[] => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('KUBEVE_TENANTS must be JSON');
  }
  const tenants = toTenants(value, own);
  for (const { name, identity, tokenFile, clientCaFile } of tenants) {
    if (!identity) throw new Error(`KUBEVE_TENANTS: ${name} needs an identity, the name of its secret`);
    if (tokenFile || clientCaFile)
      throw new Error(`KUBEVE_TENANTS: ${name} has no files here: put its tokens into tokens.csv of its secret`);
  }
  return tenants;
};

const required = (env: Readonly<Record<string, string | undefined>>, name: string): string => {
  const value = env[name];
  if (!value) throw new Error(`${name} is not set: deploy again, or set it in the function's environment`);
  return value;
};

const listOf = (text = ''): string[] =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');

const truth = (env: Readonly<Record<string, string | undefined>>, name: string): boolean => {
  const value = env[name] || 'false';
  if (value !== 'true' && value !== 'false') throw new Error(`${name} must be true or false, not '${value}'`);
  return value === 'true';
};

const levels = ['debug', 'info', 'warn', 'error'] as const;

const toLevel = (text: string): Settings['logLevel'] => {
  const level = levels.find(one => one === text);
  if (!level) throw new Error(`KUBEVE_LOG_LEVEL must be one of ${levels.join(', ')}, not '${text}'`);
  return level;
};
