import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from '../../shared/base/ports.ts';
import { parseYaml } from '../../shared/base/yaml.ts';
import type { CloudSettings } from '../cloud.ts';
import { type Identity, openIdentity } from '../identity/identity.ts';
import { type Tenant, toTenants } from '../tenants/tenant.ts';
import { openFolder } from './folder.ts';
import type { TenantHome } from './rooms.ts';
import { openSecretIdentity } from './secretidentity.ts';
import { openStorage } from './storage.ts';

export interface TenantsParts {
  /** The data folder: each tenant has one of its own in it. */
  readonly dir: string;
  readonly ports: Ports;
  readonly cloud?: CloudSettings | undefined;
  /** Whether TLS ends here. */
  readonly hasTls: boolean;
}

/** The tenants that a file names. Throws an Error that says what is wrong with it. */
export const readTenants = (path: string | undefined, own: string): readonly Tenant[] => {
  if (path === undefined) return [];
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`the file of tenants ${path} cannot be read`, { cause });
  }
  try {
    return toTenants(parseYaml(text), own);
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
};

/** Where the tenants live: `tenants/<name>` in the data folder, or their part of the table and a secret of their own. */
export const openTenants = async (tenants: readonly Tenant[], parts: TenantsParts): Promise<readonly TenantHome[]> => {
  const homes: TenantHome[] = [];
  try {
    for (const tenant of tenants) homes.push(await openTenant(tenant, parts));
    return homes;
  } catch (error) {
    for (const { storage } of homes) await storage.close();
    throw error;
  }
};

const openTenant = async (tenant: Tenant, { dir, ports, cloud, hasTls }: TenantsParts): Promise<TenantHome> => {
  const { name, hosts, identity: secret } = tenant;
  if (secret !== undefined && hasTls)
    throw new Error(`the identity of ${name} needs --plain-http: the key of its TLS certificate is not in the secret`);
  const own = join(dir, 'tenants', name);
  if (secret === undefined) mkdirSync(own, { recursive: true, mode: 0o700 });
  const storage = await openStorage(own, ports, cloud && { ...cloud, tenant: name });
  try {
    if (secret !== undefined)
      return { tenant, dir: own, storage, ...(await openSecretIdentity(secret, cloud?.region)) };
    const vault = openFolder(join(own, 'pki'));
    return { tenant, dir: own, storage, vault, identity: openIdentity(vault, hosts, ports) };
  } catch (error) {
    await storage.close();
    throw error;
  }
};

/** The identity as it is now, of a tenant that has a folder. */
export const reopenTenant = ({ tenant, vault }: TenantHome, ports: Ports): Identity =>
  openIdentity(vault, tenant.hosts, ports);
