import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where `test/e2e/build.sh` puts what it builds. */
export const clientsDir = (): string => process.env.KUBEVE_CLIENTS ?? join(homedir(), '.cache/kubeve-e2e/bin');

/** A client that `test/e2e/build.sh` built; undefined, and said so, when it is not there. */
export const findClient = (name: string): string | undefined => {
  const dir = clientsDir();
  const path = join(dir, name);
  if (existsSync(path)) return path;
  process.stderr.write(`left out: the tests of ${name}, which is not in ${dir} (see test/e2e/build.sh)\n`);
  return undefined;
};

export interface Setting {
  readonly kubeconfig: string;
  /** Nothing cached, nothing left behind. */
  readonly home: string;
  /** What this client wants to have beyond these. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The whole environment of a client: nothing of ours but where programs are. */
export const toEnv = ({ kubeconfig, home, env }: Setting) => ({
  PATH: process.env.PATH ?? '',
  HOME: home,
  KUBECONFIG: kubeconfig,
  ...env,
});

/** Runs a client to its end and gives what it printed. Rejects with its complaint when it fails. */
export const runClient = (path: string, args: readonly string[], setting: Setting): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(path, [...args], { cwd: setting.home, env: toEnv(setting), maxBuffer: 1 << 24 }, (error, out, err) => {
      if (error) reject(new Error(`${path} ${args.join(' ')}: ${err || error.message}`));
      else resolve(out);
    });
  });

/** Starts a client that does not end by itself. What it says is kept for when something goes wrong. */
export const startClient = (
  path: string,
  args: readonly string[],
  setting: Setting,
): { readonly process: ChildProcess; said(): string; end(signal?: NodeJS.Signals): Promise<void> } => {
  const child = spawn(path, args, {
    env: toEnv(setting),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      text = (text + part).slice(-20_000);
    });
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
  return {
    process: child,
    said: () => text,
    end: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
    },
  };
};
