import { setMaxListeners } from 'node:events';
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log, Ports } from '../../shared/base/ports.ts';
import { parseYaml } from '../../shared/base/yaml.ts';
import { createAuditor } from '../../shared/kube/audit/auditor.ts';
import { toAuditPolicy } from '../../shared/kube/audit/policy.ts';
import { openSqliteStore } from '../../shared/store/drivers/sqlite.ts';
import { openFileTelemetry } from '../../shared/telemetry/drivers/files.ts';
import type { AccessSettings } from '../access.ts';
import { bind } from '../bind.ts';
import { type Identity, openIdentity } from '../identity/identity.ts';
import { toKubeconfig } from '../identity/kubeconfig.ts';
import { toPartition } from '../identity/partition.ts';
import { openTokenKeys } from '../identity/tokenkeys.ts';
import { openAuditLog } from './auditlog.ts';
import { openCredentials } from './credentials.ts';
import { type Door, openDoor } from './door.ts';
import { keepFile } from './files.ts';
import { type Flags, isEverywhere, parseFlags, usage } from './flags.ts';
import { openFolder } from './folder.ts';
import { keepHeapSmall } from './heap.ts';
import { outbound } from './outbound.ts';
import { systemPorts } from './ports.ts';
import { followRotation } from './rotation.ts';

export type StartOptions = Pick<Flags, 'data'> &
  Partial<Omit<Flags, 'data' | 'help'>> & {
    readonly log?: Log;
    /** Further addresses to listen on, at the same port. */
    readonly alsoHosts?: readonly string[];
    /** Puts other keys and certificates in place of own ones. */
    readonly adopt?: (own: Identity) => Identity;
  };

export interface Running {
  readonly url: string;
  /** Path of a kubeconfig for the administrator. */
  readonly kubeconfig: string;
  /** Folder with the files of a device's config partition. */
  readonly partition: string;
  /** Goes on with other certificates: of TLS for the next connection, of devices for what they are told next. */
  replace(identity: Pick<Identity, 'server' | 'signing' | 'ecdh' | 'formerEcdh' | 'intermediates'>): Promise<void>;
  /** Lets requests end, stops what runs behind them, and puts everything on disk. */
  close(): Promise<void>;
}

/**
 * Starts a controller on a data folder. Port 0 takes any that is free. Rejects with an Error that says what to do when the
 * folder cannot be used, another process has it, or the address is taken.
 */
export const start = async (options: StartOptions): Promise<Running> => {
  const dir = openData(options.data);
  const { host = '127.0.0.1', port = 8443, san = [] } = options;
  const ports = { ...systemPorts(), ...(options.log ? { log: options.log } : {}) };
  /** What was opened, last first. */
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0)) await one();
  };
  const closing = new AbortController();
  try {
    const store = await openSqliteStore({ file: join(dir, 'store.db'), clock: ports.clock, log: ports.log });
    closers.unshift(() => store.marks.close().then(() => store.close()));
    const { adopt = same } = options;
    const vault = openFolder(join(dir, 'pki'));
    const identity = adopt(openIdentity(vault, namesOf(host, san), ports));
    const files = openCredentials(options, ports.log);
    const access = { ...readAccess(options), ...files.credentials };
    const audit = openAudit(dir, options, ports);
    if (audit) closers.unshift(() => audit.close());
    const telemetry = await openFileTelemetry({ dir: join(dir, 'telemetry'), log: ports.log });
    closers.unshift(() => telemetry.close());
    const { fetch, loops, replace, renew } = await bind({
      store,
      movable: store,
      telemetry,
      identity,
      keys: openTokenKeys(vault),
      outbound,
      closing: closing.signal,
      access,
      readyz: [files.check],
      ...readAdam(options),
      ...(options.deviceApiV1 && { deviceApiV1: true }),
      ...(audit && { auditor: audit.auditor }),
      ...ports,
    });
    const stop = new AbortController();
    // Every loop listens.
    setMaxListeners(0, stop.signal, closing.signal);
    const running = loops.run(stop.signal);
    closers.unshift(async () => {
      stop.abort();
      await within(loopsMs, running, () => ports.log.warn('some loops did not end in time'));
    });
    const doors: Door[] = [];
    closers.unshift(async () => {
      closing.abort();
      await Promise.all(doors.map(door => door.close()));
    });
    for (const each of [host, ...(options.alsoHosts ?? [])]) {
      const at = doors[0]?.port ?? port;
      const { clientCa } = access;
      const door = { identity, clientCa, host: each, port: at, fetch, log: ports.log };
      doors.push(await openDoor(door).catch(explain(each, at)));
    }
    files.follow(credentials => {
      renew(credentials);
      for (const door of doors) door.trust(credentials.clientCa);
    }, stop.signal);
    const goOn: Running['replace'] = async next => {
      for (const door of doors) door.replace(next);
      await replace(next);
    };
    closers.unshift(
      followRotation({
        dir: join(dir, 'pki'),
        vault,
        store,
        reload: () => goOn(adopt(openIdentity(vault, namesOf(host, san), ports))),
        ...ports,
      }),
    );
    return {
      ...tell(dir, identity, { host, san, port: doors[0]?.port ?? port }),
      replace: goOn,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

/** What runs behind the requests is told to end; whatever does not is left behind: a stop may come at any moment. */
const loopsMs = 1000;

const within = async (ms: number, work: Promise<void>, late: () => void): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>(resolve => {
    timer = setTimeout(() => {
      late();
      resolve();
    }, ms);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
};

const same = (identity: Identity): Identity => identity;

const readAdam = ({ adamApi, adamNamespace = 'default' }: Partial<Flags>) =>
  adamApi === undefined ? {} : { adam: { isOpen: adamApi === 'open', namespace: adamNamespace } };

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

/** What the flags themselves say about access. */
const readAccess = (flags: Partial<Flags>): AccessSettings => ({
  ...(flags.serviceAccountIssuer && { issuers: flags.serviceAccountIssuer }),
  ...(flags.apiAudience && { audiences: flags.apiAudience }),
  ...(flags.oidcSigningAlg && { algorithms: flags.oidcSigningAlg }),
});

/** The audit log, when there is a policy for it. */
const openAudit = (dir: string, { auditPolicy, auditLog }: Partial<Flags>, ports: Pick<Ports, 'clock' | 'log'>) => {
  if (auditPolicy === undefined) return undefined;
  const policy = toAuditPolicy(parseYaml(readText('audit policy', auditPolicy)));
  const sink = openAuditLog(auditLog ?? join(dir, 'audit.log'), ports.log);
  const auditor = createAuditor({ policy, write: sink.write, ...ports });
  return { auditor, close: () => auditor.drain().then(sink.close) };
};

const readText = (what: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`the ${what} ${path} cannot be read`, { cause });
  }
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
  keepFile(kubeconfig, toKubeconfig(identity, url));
  for (const [name, content] of Object.entries(toPartition(identity, `${bracket(afar)}:${at.port}`)))
    keepFile(join(partition, name), content);
  return { url, kubeconfig, partition };
};

const bracket = (host: string): string => (host.includes(':') ? `[${host}]` : host);

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
  const running = await start({ ...flags, log });
  process.stdout.write(greeting(running));
  await new Promise<void>(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
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

const greeting = ({ url, kubeconfig, partition }: Running): string => `kubeve serves ${url}

  export KUBECONFIG=${kubeconfig}
  kubectl api-resources --api-group=eve.lfedge.org
  kubectl apply -f examples/quickstart/

Simulate a device that follows the quickstart, or copy ${partition}/ to the config partition of a real one:

  npx tsx cli/kubeve.ts device --config ${partition} --serial QUICKSTART-1 --onboard examples/quickstart/config
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  serve(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`kubeve: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  });
}
