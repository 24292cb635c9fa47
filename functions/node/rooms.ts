import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from '../../shared/base/ports.ts';
import { parseYaml } from '../../shared/base/yaml.ts';
import { createAuditor } from '../../shared/kube/audit/auditor.ts';
import { toAuditPolicy } from '../../shared/kube/audit/policy.ts';
import type { AccessSettings, Credentials } from '../access.ts';
import { bind } from '../bind.ts';
import { mustBelong } from '../identity/belong.ts';
import type { Serving } from '../identity/identity.ts';
import { openTokenKeys } from '../identity/tokenkeys.ts';
import type { Vault } from '../identity/vault.ts';
import { openAuditLog } from './auditlog.ts';
import { openCredentials } from './credentials.ts';
import { type Door, type DoorOptions, openDoor } from './door.ts';
import type { Flags } from './flags.ts';
import { openMetrics } from './metrics.ts';
import { outbound } from './outbound.ts';
import type { Storage } from './storage.ts';

export interface RoomsParts {
  /** Where the audit log is by default. */
  readonly dir: string;
  readonly ports: Ports;
  /** Closed when the rooms are. */
  readonly storage: Storage;
  readonly identity: Serving;
  readonly vault: Vault;
}

/** All that one process serves and does, and the doors to it. */
export interface Rooms {
  /** Of the first door. */
  readonly port: number | undefined;
  /** Opens a door. Rejects with an Error that says what to do when the address cannot be had. */
  listen(at: Pick<DoorOptions, 'identity' | 'host' | 'port'>): Promise<void>;
  /** Goes on with other certificates: of TLS for the next connection, of devices for what they are told next. */
  replace(
    identity: Parameters<Door['replace']>[0] & Pick<Serving, 'signing' | 'ecdh' | 'intermediates'>,
  ): Promise<void>;
  /** Lets requests end, stops what runs behind them, and puts everything where it is kept. */
  close(): Promise<void>;
}

export const openRooms = async (
  flags: Partial<Flags>,
  { dir, ports, storage, identity, vault }: RoomsParts,
): Promise<Rooms> => {
  const { store, telemetry, movable, isShared } = storage;
  /** What was opened, last first. */
  const closers: (() => Promise<void>)[] = [storage.close];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0)) await one();
  };
  const closing = new AbortController();
  const doors: Door[] = [];
  try {
    const files = openCredentials(flags, ports.log);
    const known = (credentials: Credentials): Credentials => ({ ...toTokens(vault), ...credentials });
    const access = { ...readAccess(flags), ...known(files.credentials) };
    const audit = openAudit(dir, flags, ports);
    if (audit) closers.unshift(() => audit.close());
    if (isShared) await mustBelong(store, identity);
    const { fetch, loops, replace, renew, lead } = await bind({
      store,
      ...(movable && { movable }),
      telemetry,
      identity,
      keys: openTokenKeys(vault),
      outbound,
      closing: closing.signal,
      access,
      readyz: [files.check],
      ...readAdam(flags),
      ...(flags.deviceApiV1 && { deviceApiV1: true }),
      metrics: openMetrics(),
      ...(audit && { auditor: audit.auditor }),
      ...ports,
    });
    const stop = new AbortController();
    // Everything that is followed listens.
    setMaxListeners(0, closing.signal);
    const running = isShared ? lead(stop.signal) : loops.run(stop.signal);
    closers.unshift(async () => {
      stop.abort();
      await within(loopsMs, running, () => ports.log.warn('some loops did not end in time'));
    });
    closers.unshift(async () => {
      closing.abort();
      await Promise.all(doors.map(door => door.close()));
    });
    files.follow(credentials => {
      renew(known(credentials));
      for (const door of doors) door.trust(credentials.clientCa);
    }, stop.signal);
    return {
      get port() {
        return doors[0]?.port;
      },
      async listen(at) {
        doors.push(
          await openDoor({ ...at, clientCa: files.credentials.clientCa, fetch, log: ports.log }).catch(
            explain(at.host, at.port),
          ),
        );
      },
      replace: async next => {
        for (const door of doors) door.replace(next);
        await replace(next);
      },
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

const readAdam = ({ adamApi, adamNamespace = 'default' }: Partial<Flags>) =>
  adamApi === undefined ? {} : { adam: { isOpen: adamApi === 'open', namespace: adamNamespace } };

/** What the flags themselves say about access. */
const readAccess = (flags: Partial<Flags>): AccessSettings => ({
  ...(flags.serviceAccountIssuer && { issuers: flags.serviceAccountIssuer }),
  ...(flags.apiAudience && { audiences: flags.apiAudience }),
  ...(flags.oidcSigningAlg && { algorithms: flags.oidcSigningAlg }),
});

/** Static tokens that come with the identity. */
const toTokens = (vault: Vault): Credentials => {
  const tokenCsv = vault.read('tokens.csv');
  return tokenCsv === undefined ? {} : { tokenCsv };
};

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
