import { setMaxListeners } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metrics } from '../../shared/base/metrics.ts';
import type { Ports } from '../../shared/base/ports.ts';
import { parseYaml } from '../../shared/base/yaml.ts';
import { createAuditor } from '../../shared/kube/audit/auditor.ts';
import { toAuditPolicy } from '../../shared/kube/audit/policy.ts';
import type { AccessSettings, Credentials } from '../access.ts';
import { type Bound, bind } from '../bind.ts';
import type { Fetch } from '../fetch.ts';
import { mustBelong } from '../identity/belong.ts';
import type { Serving } from '../identity/identity.ts';
import { openTokenKeys } from '../identity/tokenkeys.ts';
import type { Vault } from '../identity/vault.ts';
import { openAuditLog } from './auditlog.ts';
import { openCredentials } from './credentials.ts';
import type { Flags } from './flags.ts';
import { outbound } from './outbound.ts';
import type { Storage } from './storage.ts';

export interface InstallationParts {
  /** Where the audit log is by default. */
  readonly dir: string;
  readonly ports: Ports;
  /** Closed when the installation is. */
  readonly storage: Storage;
  readonly identity: Serving;
  readonly vault: Vault;
  /** Where to count. */
  readonly metrics: Metrics;
  /** Aborts when the process is about to end. */
  readonly closing: AbortSignal;
  /** Told of authorities for client certificates that take the place of those before. */
  onTrust(clientCa: string | undefined): void;
}

/** Everything that one tenant is, and runs, in this process. */
export interface Installation {
  readonly fetch: Fetch;
  /** PEM of further authorities for client certificates. */
  readonly clientCa: string | undefined;
  readonly replace: Bound['replace'];
  /** Stops what runs behind the requests, and puts everything where it is kept. */
  close(): Promise<void>;
}

/** Opens it and lets it run. Rejects with an Error that says what is wrong with the flags or with what they name. */
export const openInstallation = async (
  flags: Partial<Flags>,
  { dir, ports, storage, identity, vault, metrics, closing, onTrust }: InstallationParts,
): Promise<Installation> => {
  const { store, recalled, telemetry, movable, isShared } = storage;
  /** What was opened, last first. */
  const closers: (() => Promise<void>)[] = [storage.close];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0)) await one();
  };
  try {
    const files = openCredentials(flags, ports.log);
    const known = (credentials: Credentials): Credentials => ({ ...toTokens(vault), ...credentials });
    const access = { ...readAccess(flags), ...known(files.credentials) };
    const audit = openAudit(dir, flags, ports);
    if (audit) closers.unshift(() => audit.close());
    if (isShared) await mustBelong(store, identity);
    const { fetch, loops, replace, renew, lead } = await bind({
      store,
      ...(recalled && { recalled }),
      ...(movable && { movable }),
      telemetry,
      identity,
      keys: openTokenKeys(vault),
      outbound,
      closing,
      access,
      readyz: [files.check],
      ...readAdam(flags),
      ...(flags.deviceApiV1 && { deviceApiV1: true }),
      metrics,
      ...(audit && { auditor: audit.auditor }),
      ...ports,
    });
    const stop = new AbortController();
    // Everything that is followed listens.
    setMaxListeners(0, closing);
    const running = isShared ? lead(stop.signal) : loops.run(stop.signal);
    closers.unshift(async () => {
      stop.abort();
      await within(loopsMs, running, () => ports.log.warn('some loops did not end in time'));
    });
    files.follow(credentials => {
      renew(known(credentials));
      onTrust(credentials.clientCa);
    }, stop.signal);
    return { fetch, clientCa: files.credentials.clientCa, replace, close };
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
  mkdirSync(dir, { recursive: true, mode: 0o700 });
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
