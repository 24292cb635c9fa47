import { readFileSync } from 'node:fs';
import type { Ports } from '../../shared/base/ports.ts';
import { mustBeWhole } from '../../shared/store/backup/restore.ts';
import type { AccessSettings } from '../access.ts';
import { openBucket } from '../bucket.ts';
import { type Cloud, openCloud } from '../cloud.ts';
import { openBundle } from '../identity/bundle.ts';
import { sealed, type Vault } from '../identity/vault.ts';
import { systemPorts } from '../node/ports.ts';
import { readAccess } from '../readaccess.ts';
import { readSecret } from '../secret.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { type Fresh, fresh } from './fresh.ts';
import { readSettings, type Settings, settingsOf } from './settings.ts';

/** What every function begins with. */
export interface Opened extends Cloud {
  readonly settings: Settings;
  readonly ports: Ports;
  readonly vault: Vault;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings of a function. `KUBEVE_TENANTS_FILE` names a file that lies with it and holds what `KUBEVE_TENANTS` does: an
 * environment has room for a few only. Throws an Error that says what is wrong.
 */
export const settingsIn = (env: Environment): Settings => {
  const { KUBEVE_TENANTS_FILE: file } = env;
  return readSettings(file ? { ...env, KUBEVE_TENANTS: readFileSync(file, 'utf8') } : env);
};

/** Each invocation is alone in its process and may be the last one: nothing waits for company. */
const flushMs = 0;

/**
 * Opens the cloud as the environment says, once, for a tenant or for the installation itself; its identity is read again from time
 * to time. Rejects with an Error that says what is wrong with the environment.
 */
export const openFunction = (env: Environment, ports: Ports, tenant?: Tenant): Fresh<Opened> => {
  let cloud: Cloud | undefined;
  let settled: { readonly settings: Settings; readonly region: string } | undefined;
  const settle = () => {
    if (settled) return settled;
    const settings = settingsOf(settingsIn(env), tenant);
    const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? '';
    if (region === '') throw new Error('AWS_REGION is not set: it is the region of table, bucket and secret');
    settled = { settings, region };
    return settled;
  };
  return fresh({
    ...ports,
    usualAgeMs: () => settle().settings.identityMs,
    async read() {
      const { settings, region } = settle();
      return readSecret(settings.identity, region);
    },
    async open(secret) {
      const { settings, region } = settle();
      const vault = sealed(openBundle(secret));
      cloud ??= openCloud({ ...settings, region }, ports, { flushMs, openBucket });
      await mustBeWhole(cloud.store);
      return { ...cloud, settings, ports, vault };
    },
  });
};

/** The ports of a function: what it logs is read where the platform keeps it. */
export const portsOf = ({ KUBEVE_LOG_LEVEL: level }: Environment): Ports =>
  systemPorts(level === 'debug' || level === 'warn' || level === 'error' ? level : 'info');

/** How callers are known. Files are read where they lie with the function. */
export const accessOf = ({ settings, vault }: Pick<Opened, 'settings' | 'vault'>): Promise<AccessSettings> =>
  readAccess(settings, vault, async path => (await import('node:fs/promises')).readFile(path, 'utf8'));
