import type { Ports } from '../../shared/base/ports.ts';
import type { Fetch } from '../fetch.ts';
import { split } from '../tenants/split.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { type LazyParts, lazily } from './lazily.ts';
import { type Environment, type Opened, openFunction, settingsIn } from './open.ts';

export interface ServedParts extends Pick<LazyParts<Opened>, 'make' | 'refuse'> {
  readonly env: Environment;
  readonly ports: Ports;
  /** Who answers for tenants that do not exist. */
  nobody(): Fetch;
  /** How old the identity may be that answers a request, in milliseconds, where that is less than usual. */
  maxAgeMs?(request: Request): number | undefined;
}

/** Serves the installation and its tenants, each opened when the first request for it comes. */
export const served = ({ env, ports, make, refuse, nobody, maxAgeMs }: ServedParts) => {
  const { log } = ports;
  const open = (tenant?: Tenant): Fetch => {
    const current = openFunction(env, ports, tenant);
    return lazily({ current: request => current(maxAgeMs?.(request)), make, refuse, log });
  };
  let all: Fetch | undefined;
  return async (): Promise<Fetch> => {
    all ??= behindOneDoor(tenantsOf(env), open, nobody);
    return all;
  };
};

/** What is wrong with the settings is said when the installation itself is opened. */
const tenantsOf = (env: Environment): readonly Tenant[] => {
  try {
    return settingsIn(env).tenants;
  } catch {
    return [];
  }
};

const behindOneDoor = (tenants: readonly Tenant[], open: (tenant?: Tenant) => Fetch, nobody: () => Fetch): Fetch => {
  const own = open();
  if (tenants.length === 0) return own;
  const opened = new Map(tenants.map(tenant => [tenant.name, open(tenant)]));
  return split({ tenants, own, of: ({ name }) => opened.get(name) ?? own, nobody: nobody() });
};
