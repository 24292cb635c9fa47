import { accessSync, constants, mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Log, Ports } from '../../shared/base/ports.ts';
import { tellOfClock } from '../identity/clock.ts';
import { type Identity, openIdentity, type Serving } from '../identity/identity.ts';
import { toKubeconfig } from '../identity/kubeconfig.ts';
import { toPartition } from '../identity/partition.ts';
import { succeed } from '../identity/succeed.ts';
import { clusterPath } from '../tenants/place.ts';
import { awaitEnding } from './ending.ts';
import { fail } from './fail.ts';
import { keepFile } from './files.ts';
import { type Flags, isEverywhere, parseFlags, usage } from './flags.ts';
import { openFolder } from './folder.ts';
import { keepHeapSmall } from './heap.ts';
import { isMain } from './ismain.ts';
import { keepKubeconfig } from './keepkubeconfig.ts';
import { systemPorts } from './ports.ts';
import { openRooms, type Rooms, type TenantHome } from './rooms.ts';
import { followRotation, watchKeys } from './rotation.ts';
import { openSecretIdentity } from './secretidentity.ts';
import { followSecret } from './secretrotation.ts';
import { openStorage, type Storage } from './storage.ts';
import { openTenants, readTenants, reopenTenant } from './tenants.ts';
import type { WatchedFiles } from './watch.ts';

export type StartOptions = Pick<Flags, 'data'> &
  Partial<Omit<Flags, 'data' | 'help'>> & {
    readonly log?: Log;
    /** Further addresses to listen on, at the same port. */
    readonly alsoHosts?: readonly string[];
    /** How often to look whether a secret has another identity, in milliseconds; default: once a minute. */
    readonly lookMs?: number;
    /** Puts other keys and certificates in place of own ones. */
    readonly adopt?: (own: Identity) => Identity;
  };

/** How clients and devices of one tenant come in. */
export interface Entrance {
  readonly url: string;
  /** Path of a kubeconfig for the administrator. */
  readonly kubeconfig: string;
  /** Folder with the files of a device's config partition; absent: devices cannot reach it, for it has no host name. */
  readonly partition?: string;
}

export interface Running extends Entrance {
  readonly partition: string;
  /** Of the others behind the same doors, by their names. */
  readonly tenants: Readonly<Record<string, Entrance>>;
  /**
   * Opens the identity anew and goes on with its certificates: of TLS for the next connection, of devices for what they are told
   * next.
   */
  reload(): Promise<void>;
  /** Lets requests end, stops what runs behind them, and puts everything on disk. */
  close(): Promise<void>;
}

/**
 * Starts a controller on a data folder. Port 0 takes any that is free. Rejects with an Error that says what to do when the
 * folder cannot be used, another process has it, or the address is taken.
 */
export const start = async (options: StartOptions): Promise<Running> => {
  const dir = openData(options.data);
  const { host = '127.0.0.1', port = 8443, san = [], adopt } = options;
  const ports = { ...systemPorts(), ...(options.log ? { log: options.log } : {}) };
  const named = readTenants(options.tenants, options.cloud?.tenant ?? 'main');
  // One that cannot be had leaves no identity behind that belongs to nothing.
  const storage = await openStorage(dir, ports, options.cloud);
  const vault = openFolder(join(dir, 'pki'));
  const open = () => {
    const own = openIdentity(vault, namesOf(host, san), ports);
    return adopt ? succeed(vault, adopt(own), ports.clock.now()) : own;
  };
  const identity = await orClose(storage, open);
  tellOfClock(identity, ports);
  const keys = watchKeys(join(dir, 'pki'));
  const tenants = await orClose(storage, () => openTenants(named, { dir, ports, cloud: options.cloud, hasTls: true }));
  const keysOf = new Map(tenants.map(home => [home, watchKeys(join(home.dir, 'pki'))]));
  const rooms = await openRooms(options, { dir, ports, storage, identity, vault, tenants });
  try {
    for (const each of [host, ...(options.alsoHosts ?? [])])
      await rooms.listen({ identity, host: each, port: rooms.port ?? port });
    const reload = async () => rooms.replace(open());
    const rotations = [
      followRotation({
        keys,
        vault,
        store: storage.store,
        reload,
        ...ports,
      }),
      ...Array.from(keysOf, ([home, own]) => followTenant(home, own, rooms, ports)),
    ];
    const at = { host, san, port: rooms.port ?? port };
    return {
      ...tell(dir, identity, at),
      tenants: Object.fromEntries(tenants.map(home => [home.tenant.name, tellTenant(home, identity, at, ports)])),
      reload,
      close: () => Promise.all(rotations.map(end => end())).then(rooms.close),
    };
  } catch (error) {
    await rooms.close();
    throw error;
  }
};

/** The same over plain HTTP, for who ends TLS before it. The identity lies in the data folder, or in a secret. */
export const startPlain = async (options: StartOptions): Promise<Pick<Running, 'url' | 'close'>> => {
  const { host = '127.0.0.1', port = 8443, identitySecret } = options;
  const ports = { ...systemPorts(), ...(options.log ? { log: options.log } : {}) };
  // A container that keeps everything elsewhere needs no folder.
  const dir = options.cloud && identitySecret !== undefined ? resolve(options.data) : openData(options.data);
  const named = readTenants(options.tenants, options.cloud?.tenant ?? 'main');
  const storage = await openStorage(dir, ports, options.cloud);
  const keys = watchKeys(join(dir, 'pki'));
  const { vault, identity } = await orClose(storage, () => {
    if (identitySecret !== undefined) return openSecretIdentity(identitySecret, options.cloud?.region);
    const folder = openFolder(join(dir, 'pki'));
    return { vault: folder, identity: openIdentity(folder, namesOf(host, []), ports) };
  });
  tellOfClock(identity, ports);
  const tenants = await orClose(storage, () => openTenants(named, { dir, ports, cloud: options.cloud, hasTls: false }));
  const rooms = await openRooms(options, { dir, ports, storage, identity, vault, tenants });
  try {
    await rooms.listen({ host, port });
    const nearby = isEverywhere(host) ? '127.0.0.1' : host;
    const followOne = (secret: string, first: Serving, name?: string) =>
      followSecret({
        secret,
        region: options.cloud?.region,
        identity: first,
        apply: next => rooms.replace(next, name),
        log: ports.log,
        ...(options.lookMs !== undefined && { intervalMs: options.lookMs }),
      });
    const reload = () => rooms.replace(openIdentity(vault, namesOf(host, []), ports));
    const rotations = [
      identitySecret === undefined
        ? followRotation({ keys, vault, store: storage.store, reload, ...ports })
        : followOne(identitySecret, identity),
      ...tenants.map(home => {
        const { identity: secret, name } = home.tenant;
        return secret === undefined
          ? followTenant(home, watchKeys(join(home.dir, 'pki')), rooms, ports)
          : followOne(secret, home.identity, name);
      }),
    ];
    return {
      url: `http://${bracket(nearby)}:${rooms.port ?? port}`,
      close: () => Promise.all(rotations.map(end => end())).then(rooms.close),
    };
  } catch (error) {
    await rooms.close();
    throw error;
  }
};

/** Goes on with other certificates of a tenant that has a folder. */
const followTenant = (home: TenantHome, keys: WatchedFiles, rooms: Rooms, ports: Ports): (() => Promise<void>) =>
  followRotation({
    keys,
    vault: home.vault,
    store: home.storage.store,
    reload: () => rooms.replace(reopenTenant(home, ports), home.tenant.name),
    ...ports,
  });

const orClose = async <T>(storage: Storage, act: () => T | Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    await storage.close();
    throw error;
  }
};

const openData = (data: string): string => {
  const dir = resolve(data);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    accessSync(dir, constants.W_OK);
  } catch (cause) {
    throw new Error(`${dir} cannot be written: give another folder with --data`, { cause });
  }
  return dir;
};

const namesOf = (host: string, san: readonly string[]): string[] => {
  const own = isEverywhere(host) ? [] : [host];
  return [...new Set(['localhost', '127.0.0.1', '::1', hostname().toLowerCase(), ...own, ...san])];
};

/** Writes the files that clients and devices are set up with. */
const tell = (dir: string, identity: Identity, at: { host: string; san: readonly string[]; port: number }) => {
  const nearby = isEverywhere(at.host) ? '127.0.0.1' : at.host;
  const afar = at.san[0] ?? (isEverywhere(at.host) ? hostname().toLowerCase() : at.host);
  const url = `https://${bracket(nearby)}:${at.port}`;
  const kubeconfig = join(dir, 'kubeconfig');
  const partition = join(dir, 'eve');
  keepKubeconfig(kubeconfig, toKubeconfig(identity, url));
  for (const [name, content] of Object.entries(toPartition(identity, `${bracket(afar)}:${at.port}`)))
    keepFile(join(partition, name), content);
  return { url, kubeconfig, partition };
};

/** The same for a tenant: at its path, where the door shows its own certificate, or at its host name, where it shows the tenant's. */
const tellTenant = (
  { tenant, dir, vault }: TenantHome,
  own: Identity,
  at: { host: string; san: readonly string[]; port: number },
  ports: Ports,
): Entrance => {
  const identity = openIdentity(vault, tenant.hosts, ports);
  const nearby = isEverywhere(at.host) ? '127.0.0.1' : at.host;
  const [first] = tenant.hosts;
  const [server, root] = tenant.path
    ? [`https://${bracket(nearby)}:${at.port}${clusterPath(tenant.name)}`, own.root]
    : [`https://${first}:${at.port}`, identity.root];
  const kubeconfig = join(dir, 'kubeconfig');
  keepKubeconfig(kubeconfig, toKubeconfig({ ...identity, root }, server));
  if (first === undefined) return { url: server, kubeconfig };
  const partition = join(dir, 'eve');
  const afar = tenant.deviceHosts?.[0] ?? first;
  for (const [name, content] of Object.entries(toPartition(identity, `${afar}:${at.port}`)))
    keepFile(join(partition, name), content);
  return { url: server, kubeconfig, partition };
};

const bracket = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** `kubeve serve` and `npm start`: runs until SIGTERM or SIGINT. */
export const serve = async (args: readonly string[]): Promise<void> => {
  const flags = parseFlags(args, process.env);
  if (flags.help) {
    process.stdout.write(usage);
    return;
  }
  keepHeapSmall();
  const { log } = systemPorts();
  dieLoudly(log);
  const { running, says } = flags.plainHttp
    ? await startPlain({ ...flags, log }).then(plain => ({ running: plain, says: `kubeve serves ${plain.url}\n` }))
    : await start({ ...flags, log }).then(whole => ({ running: whole, says: greeting(whole) }));
  const ending = awaitEnding();
  process.stdout.write(says);
  await ending;
  await running.close();
  process.exit();
};

/** A bug that nobody caught leaves an unknown state: say it and die. What was acknowledged is on disk. */
const dieLoudly = (log: Log): void => {
  const die = (error: unknown): never => {
    log.error('stopped by a bug', { error });
    process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
};

const greeting = ({ url, kubeconfig, partition, tenants }: Running): string => `kubeve serves ${url}
${Object.entries(tenants)
  .map(([name, one]) => `\n  tenant ${name}: ${one.url}, KUBECONFIG=${one.kubeconfig}`)
  .join('')}
  export KUBECONFIG=${kubeconfig}
  kubectl api-resources --api-group=eve.lfedge.org
  kubectl apply -f examples/quickstart/

Simulate a device that follows the quickstart, or copy ${partition}/ to the config partition of a real one:

  npx tsx cli/kubeve.ts device --config ${partition} --serial QUICKSTART-1 --onboard examples/quickstart/config
`;

if (isMain(import.meta.url)) {
  serve(process.argv.slice(2)).catch((error: unknown) => fail('kubeve', 'npm start -- --help', error));
}
