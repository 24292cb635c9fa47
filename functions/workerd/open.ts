import type { Ports } from '../../shared/base/ports.ts';
import { createS3Blobs as openBucket } from '../../shared/blob/drivers/s3.ts';
import type { TokenKeys } from '../../shared/kube/access/accounts/keys.ts';
import { mustBeWhole } from '../../shared/store/backup/restore.ts';
import type { AccessSettings } from '../access.ts';
import { type Cloud, openCloud } from '../cloud.ts';
import { mustBelong } from '../identity/belong.ts';
import { openBundle } from '../identity/bundle.ts';
import { recallIdentity, type Serving } from '../identity/identity.ts';
import { openTokenKeys } from '../identity/tokenkeys.ts';
import { sealed, type Vault } from '../identity/vault.ts';
import { readSettings, type Settings, settingsOf } from '../lambda/settings.ts';
import { readAccess } from '../readaccess.ts';
import { readSecret } from '../secret.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { workerPorts } from './ports.ts';

/**
 * What a worker is told by its bindings, all of them texts: those of `functions/lambda/settings.ts`; `AWS_REGION`,
 * `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for credentials that end, `AWS_SESSION_TOKEN`; `AWS_ENDPOINT_URL_DYNAMODB`,
 * `AWS_ENDPOINT_URL_S3` and `AWS_ENDPOINT_URL_SECRETS_MANAGER` for servers that are not AWS's.
 *
 * The identity is read from Secrets Manager, as functions do: with certificates that take each other's place it has more than the
 * 5 KB that a binding may have. There are no files: `KUBEVE_AUTHENTICATION_CONFIG` and `KUBEVE_AWS_IAM_CONFIG` are the texts themselves.
 */
export type Bindings = Readonly<Record<string, string | undefined>>;

/** What one event is answered with. */
export interface Opened extends Cloud {
  readonly settings: Settings;
  readonly ports: Ports;
  readonly identity: Serving;
  readonly keys: TokenKeys;
  readonly vault: Vault;
  readonly progress: Progress;
}

/** What was done here since the identity was read. */
export interface Progress {
  /** What exists from the first start was made, or found. */
  isBegun: boolean;
}

/** Telemetry is put at once: nobody is there to wait for company with. */
const flushMs = 0;

interface Known {
  readonly of: string;
  readonly at: number;
  readonly vault: Vault;
  readonly identity: Serving;
  readonly keys: TokenKeys;
  readonly progress: Progress;
}

/**
 * What one event leaves to the next: values, and never a promise. The runtime ties what waits to the request in which it began;
 * whoever waits for another one's never hears. That is also why table, bucket and store are opened anew for each event.
 */
const known = new Map<string, Known>();

/**
 * Opens the cloud for one event, of the installation itself or of a tenant. An identity that is older than `maxAgeMs`, or
 * than settings say, is read again. Throws an Error that says what is wrong with the bindings or with what they name.
 */
export const openWorker = async (env: Bindings, tenant?: Tenant, maxAgeMs?: number): Promise<Opened> => {
  const settings = settingsOf(readSettings(env), tenant);
  const ports = workerPorts(settings.logLevel);
  const region = required(env, 'AWS_REGION');
  const credentials = {
    accessKeyId: required(env, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: required(env, 'AWS_SECRET_ACCESS_KEY'),
    ...(env.AWS_SESSION_TOKEN && { sessionToken: env.AWS_SESSION_TOKEN }),
  };
  const { AWS_ENDPOINT_URL_DYNAMODB: tableEndpoint, AWS_ENDPOINT_URL_S3: bucketEndpoint } = env;
  const endpoints = { ...(tableEndpoint && { tableEndpoint }), ...(bucketEndpoint && { bucketEndpoint }) };
  const cloud = openCloud({ ...settings, ...endpoints, region, credentials }, ports, { flushMs, openBucket });
  const of = [settings.identity, settings.table, settings.tenant, region].join(' ');
  const now = ports.clock.now();
  const last = known.get(settings.tenant);
  if (last?.of === of && now - last.at < (maxAgeMs ?? settings.identityMs)) {
    const { vault, identity, keys, progress } = last;
    return { ...cloud, settings, ports, vault, identity, keys, progress };
  }
  const endpoint = env.AWS_ENDPOINT_URL_SECRETS_MANAGER;
  const access = { credentials, ...(endpoint && { endpoint }) };
  const [secret] = await Promise.all([readSecret(settings.identity, region, access), mustBeWhole(cloud.store)]);
  const vault = sealed(openBundle(secret));
  const identity = recallIdentity(vault);
  const keys = openTokenKeys(vault);
  await mustBelong(cloud.store, identity);
  const progress = { isBegun: false };
  known.set(settings.tenant, { of, at: now, vault, identity, keys, progress });
  return { ...cloud, settings, ports, vault, identity, keys, progress };
};

/** What the machinery of objects is opened with. */
export const partsOf = ({ settings, vault, ports, store, identity, keys }: Opened) => ({
  ports,
  store,
  identity,
  keys,
  access: (): Promise<AccessSettings> => readAccess(settings, vault, async text => text),
});

const required = (env: Bindings, name: string): string => {
  const value = env[name];
  if (!value) throw new Error(`${name} is not set: add it to the bindings of the worker`);
  return value;
};
