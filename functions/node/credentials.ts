import { readFileSync } from 'node:fs';
import type { Log } from '../../shared/base/ports.ts';
import { parseYaml } from '../../shared/base/yaml.ts';
import type { Check } from '../../shared/kube/describe/health.ts';
import type { Credentials } from '../access.ts';
import type { Flags } from './flags.ts';
import { printOf } from './watch.ts';

type Paths = Pick<Flags, 'tokenFile' | 'clientCaFile' | 'authenticationConfig' | 'awsIamConfig'>;

export interface CredentialFiles {
  /** What the files said when they were opened. */
  readonly credentials: Credentials;
  /** Notes among the checks of readiness that a file was changed and cannot be used as it is now. */
  readonly check: Check;
  /**
   * Looks every `intervalMs` whether a file was changed, until `signal` aborts, and hands over what all of them say then. While
   * one is broken (`renew` throws, or it cannot be read) what was handed over before stays, and the log says why.
   */
  follow(renew: (credentials: Credentials) => void, signal: AbortSignal): void;
}

/** The files that say how callers are known. Throws an Error that names the file that cannot be read. */
export const openCredentials = (paths: Partial<Paths>, log: Log, intervalMs = 2_000): CredentialFiles => {
  const files = [
    open('tokenCsv', 'token file', paths.tokenFile, text => text),
    open('clientCa', 'file of client authorities', paths.clientCaFile, text => text),
    open('authentication', 'authentication configuration', paths.authenticationConfig, parseYaml),
    open('aws', 'AWS configuration', paths.awsIamConfig, parseYaml),
  ].filter(file => file !== undefined);
  for (const file of files) file.value = file.read();
  let broken = false;
  /** Changed, and not in force yet because of another that is broken. */
  const pending = new Set<OpenFile>();
  const credentials = (): Credentials => Object.fromEntries(files.map(({ field, value }) => [field, value]));
  const look = (renew: (credentials: Credentials) => void): void => {
    // A file is read when it has come to rest, so that none is read half written.
    const fresh = files.filter(file => file.isChanged());
    if (fresh.length === 0) return;
    const former = files.map(({ value }) => value);
    for (const file of fresh) pending.add(file);
    const changed = [...pending];
    try {
      for (const file of changed) file.value = file.read();
      renew(credentials());
      broken = false;
      pending.clear();
      log.info('credentials were read anew', { files: changed.map(({ path }) => path) });
    } catch (error) {
      files.forEach((file, i) => {
        file.value = former[i];
      });
      broken = true;
      const why = error instanceof Error ? error.message : String(error);
      log.error('credentials cannot be used as they are now: what was read before stays', {
        files: changed.map(({ path }) => path),
        why,
      });
    }
  };
  return {
    credentials: credentials(),
    check: {
      name: 'credentials',
      run: () => {},
      note: () => (broken ? 'a file that was changed cannot be used, what was read before stays' : undefined),
    },
    follow(renew, signal) {
      if (files.length === 0) return;
      const timer = setInterval(() => look(renew), intervalMs);
      timer.unref();
      signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    },
  };
};

interface OpenFile {
  readonly field: keyof Credentials;
  readonly path: string;
  value: unknown;
  /** Throws an Error that names the file. */
  read(): unknown;
  /** Whether it is another than when it was read, and was the same when it was looked at last. */
  isChanged(): boolean;
}

const open = (
  field: keyof Credentials,
  what: string,
  path: string | undefined,
  parse: (text: string) => unknown,
): OpenFile | undefined => {
  if (path === undefined) return undefined;
  let taken = '';
  let seen = '';
  return {
    field,
    path,
    value: undefined,
    read() {
      taken = printOf(path);
      seen = taken;
      let text: string;
      try {
        text = readFileSync(path, 'utf8');
      } catch (cause) {
        throw new Error(`the ${what} ${path} cannot be read`, { cause });
      }
      return parse(text);
    },
    isChanged() {
      const now = printOf(path);
      const isAtRest = now === seen;
      seen = now;
      return isAtRest && now !== taken;
    },
  };
};
