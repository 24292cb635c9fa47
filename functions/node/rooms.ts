import { createMetrics } from '../../shared/base/metrics.ts';
import type { Ports } from '../../shared/base/ports.ts';
import type { Fetch } from '../fetch.ts';
import type { Identity, Serving } from '../identity/identity.ts';
import type { Vault } from '../identity/vault.ts';
import { openNobody } from '../tenants/nobody.ts';
import { split } from '../tenants/split.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { type Door, type DoorOptions, type Guest, openDoor } from './door.ts';
import type { Flags } from './flags.ts';
import { type Installation, openInstallation } from './installation.ts';
import { openMetrics } from './metrics.ts';
import { outbound } from './outbound.ts';
import type { Storage } from './storage.ts';

export interface RoomsParts extends Home<Serving> {
  readonly ports: Ports;
  /** Others behind the same doors. */
  readonly tenants?: readonly TenantHome[];
}

/** What one tenant is opened with. */
interface Home<Own extends Serving> {
  /** Where the audit log is by default. */
  readonly dir: string;
  /** Closed when the rooms are. */
  readonly storage: Storage;
  readonly identity: Own;
  readonly vault: Vault;
}

/** Where TLS ends here, each has a certificate for its host names. */
export interface TenantHome extends Home<Serving & Partial<Pick<Identity, 'server'>>> {
  readonly tenant: Tenant;
}

/** All that one process serves and does, and the doors to it. */
export interface Rooms {
  /** Of the first door. */
  readonly port: number | undefined;
  /** Opens a door. Rejects with an Error that says what to do when the address cannot be had. */
  listen(at: Pick<DoorOptions, 'identity' | 'host' | 'port'>): Promise<void>;
  /** Goes on with other certificates: of TLS for the next connection, of devices for what they are told next. */
  replace(
    identity: Partial<Parameters<Door['replace']>[0]> & Parameters<Installation['replace']>[0],
    tenant?: string,
  ): Promise<void>;
  /** Lets requests end, stops what runs behind them, and puts everything where it is kept. */
  close(): Promise<void>;
}

/** Opens everything. When that fails, whatever was opened, and every storage, is closed. */
export const openRooms = async (flags: Partial<Flags>, { ports, tenants = [], ...own }: RoomsParts): Promise<Rooms> => {
  const closing = new AbortController();
  const doors: Door[] = [];
  const opened = new Map<string | undefined, Installation>();
  const waiting = [own.storage, ...tenants.map(({ storage }) => storage)];
  const close = async (): Promise<void> => {
    closing.abort();
    await Promise.all(doors.map(door => door.close()));
    await Promise.all([...opened.values(), ...waiting].map(one => one.close()));
  };
  const open = async (home: Home<Serving>, given: Partial<Flags>, name?: string): Promise<Installation> => {
    // It closes its storage itself, also when it cannot be opened.
    waiting.shift();
    const onTrust = (clientCa: string | undefined): void => {
      for (const door of doors) door.trust(clientCa, name);
    };
    // What the process takes is the business of whoever runs it.
    const metrics = name === undefined ? openMetrics() : createMetrics();
    const one = await openInstallation(given, { ...home, ports, metrics, closing: closing.signal, onTrust });
    opened.set(name, one);
    return one;
  };
  try {
    const main = await open(own, flags);
    const guests: (Guest & { readonly fetch: Fetch })[] = [];
    for (const { tenant, ...home } of tenants) {
      const { fetch, clientCa } = await open(home, toFlags(flags, tenant), tenant.name);
      const { name, hosts, path } = tenant;
      guests.push({ name, hosts, path, identity: home.identity, clientCa, fetch });
    }
    const fetch =
      guests.length === 0
        ? main.fetch
        : split({ tenants: guests, own: main.fetch, of: guest => guest.fetch, nobody: openNobody(ports, outbound) });
    return {
      get port() {
        return doors[0]?.port;
      },
      async listen(at) {
        const { clientCa } = main;
        doors.push(await openDoor({ ...at, clientCa, guests, fetch, log: ports.log }).catch(explain(at.host, at.port)));
      },
      replace: async (next, tenant) => {
        const { server } = next;
        if (server) for (const door of doors) door.replace({ server }, tenant);
        await opened.get(tenant)?.replace(next);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

/** Nothing that lets somebody in, and nothing of Adam's, goes from one to another. */
const toFlags = (
  { auditPolicy }: Partial<Flags>,
  { name: _name, hosts: _hosts, path: _path, identity: _identity, ...own }: Tenant,
): Partial<Flags> => ({ ...(auditPolicy !== undefined && { auditPolicy }), ...own });

const explain =
  (host: string, port: number) =>
  (cause: NodeJS.ErrnoException): never => {
    const where = `${host}:${port}`;
    if (cause.code === 'EADDRINUSE') throw new Error(`${where} is taken: give another port with --port`, { cause });
    if (cause.code === 'EACCES')
      throw new Error(`${where} may not be used by this user: give another --port`, { cause });
    if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND')
      throw new Error(`${host} is no address of this machine: give another --host`, { cause });
    throw cause;
  };
