import { dirname, join } from 'node:path';
import type { Tenant } from '../../../functions/tenants/tenant.ts';
import { isMap } from '../../../shared/base/own.ts';
import { parseYaml } from '../../../shared/base/yaml.ts';
import { toAwsMapping } from '../../../shared/kube/access/drivers/awsmapping.ts';
import { toAuthenticationConfig } from '../../../shared/kube/access/oidc/config.ts';

/** Where the list of tenants lies in the packages of functions, and in the repository when they are made. */
export const tenantsFile = '.build/lambda/tenants/tenants.json';

/** What is beside functions, by its path: their tenants, and the files that these name. */
export type Packed = ReadonlyMap<string, string>;

/** Packs tenants for functions. `read` answers the text of a file. Throws an Error for a file that functions would not understand. */
export const packTenants = (tenants: readonly Tenant[], read: (path: string) => string): Packed => {
  const files = new Map<string, string>();
  const packed = tenants.map(tenant => {
    const own = { ...tenant };
    for (const [field, check] of checks) {
      const path = tenant[field];
      if (path === undefined) continue;
      const place = join(dirname(tenantsFile), tenant.name, `${field}.yaml`);
      files.set(
        place,
        toText(`${tenant.name}.${field} ${path}`, () => read(path), check),
      );
      own[field] = place;
    }
    return own;
  });
  return files.set(tenantsFile, JSON.stringify(packed));
};

const checks = [
  ['authenticationConfig', (value: unknown) => toAuthenticationConfig(value, [])],
  [
    'awsIamConfig',
    (value: unknown) => {
      if (!isMap(value)) throw new Error('it must be a map');
      return toAwsMapping(value);
    },
  ],
] as const;

const toText = (what: string, read: () => string, check: (value: unknown) => unknown): string => {
  try {
    const text = read();
    check(parseYaml(text));
    return text;
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : error}`);
  }
};
