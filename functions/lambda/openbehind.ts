import { once } from '../../shared/base/once.ts';
import type { Ports } from '../../shared/base/ports.ts';
import { type Behind, openBehind as open } from '../behind.ts';
import { recallIdentity, type Serving } from '../identity/identity.ts';
import { openTokenKeys } from '../identity/tokenkeys.ts';
import { outbound } from '../node/outbound.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { accessOf, type Opened, openFunction, settingsIn } from './open.ts';

/** What works behind the requests of one tenant, with what it was opened on. */
export interface Works {
  readonly behind: Behind;
  readonly opened: Opened;
}

/** Opens it once, again when that failed. Without a tenant it is that of the installation itself. */
const openBehind = (name: string, ports: Ports, tenant?: Tenant): (() => Promise<Works>) => {
  const current = openFunction(process.env, ports, tenant);
  let last: { readonly of: Opened; readonly identity: Serving } | undefined;
  const identityOf = (opened: Opened): Serving => {
    if (last?.of !== opened) last = { of: opened, identity: recallIdentity(opened.vault) };
    return last.identity;
  };
  return once(async () => {
    const opened = await current();
    const { store, telemetry, vault } = opened;
    const behind = open({
      ports,
      store,
      telemetry,
      identity: identityOf(opened),
      renew: async maxAgeMs => identityOf(await current(maxAgeMs)),
      keys: openTokenKeys(vault),
      access: await accessOf(opened),
      outbound,
      name: `${name}-${ports.random.uuid()}`,
    });
    return { behind, opened };
  });
};

/** The same for the installation itself and all its tenants, by their names. */
export const openAllBehind = (name: string, ports: Ports): (() => ReadonlyMap<string, () => Promise<Works>>) => {
  let all: ReadonlyMap<string, () => Promise<Works>> | undefined;
  return () => {
    if (!all) {
      const { tenant: own, tenants } = settingsIn(process.env);
      all = new Map([
        [own, openBehind(name, ports)],
        ...tenants.map(tenant => [tenant.name, openBehind(name, ports, tenant)] as const),
      ]);
    }
    return all;
  };
};
