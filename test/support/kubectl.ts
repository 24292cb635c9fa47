import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findKubectl } from '../../cli/demo/kubectl.ts';
import { clientsDir } from './clients.ts';

/** A kubectl of this machine. */
export interface Program {
  readonly version: string;
  readonly path: string;
}

/** Every version at hand: `kubectl.1.NN` beside the kubectl of the PATH, else that one alone; and the newest, when it was built. */
export const findPrograms = (): Program[] => {
  const found = findKubectl(process.env.PATH ?? '');
  if (found === undefined) return [];
  const beside = findVersions(dirname(realpathSync(found)));
  return [...(beside.length > 0 ? beside : [{ version: 'of the PATH', path: found }]), ...findVersions(clientsDir())];
};

const findVersions = (dir: string): Program[] =>
  (existsSync(dir) ? readdirSync(dir) : [])
    .filter(name => /^kubectl\.1\.\d+$/.test(name))
    .sort()
    .map(name => ({ version: name.slice('kubectl.'.length), path: join(dir, name) }));

export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Kubectl {
  /** What it printed; rejects when it fails. */
  (...args: string[]): Promise<string>;
  /** For commands that are expected to fail, read stdin, or need an environment. */
  run(args: readonly string[], options?: { input?: string; env?: Record<string, string> }): Promise<Result>;
  /** Starts one that does not end by itself. */
  start(args: readonly string[]): ChildProcess;
  close(): void;
}

/** One kubectl with a home of its own: nothing cached, nothing left behind. `always` is in the environment of each call. */
export const openKubectl = (
  program: string,
  kubeconfig: string,
  always: Readonly<Record<string, string>> = {},
): Kubectl => {
  const home = mkdtempSync(join(tmpdir(), 'kubeve-kubectl-'));
  const launch = (args: readonly string[], env: Record<string, string> = {}) =>
    spawn(program, args, {
      env: { PATH: process.env.PATH ?? '', HOME: home, KUBECONFIG: kubeconfig, ...always, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  const run: Kubectl['run'] = (args, { input = '', env } = {}) =>
    new Promise((resolve, reject) => {
      const child = launch(args, env);
      let out = '';
      let err = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        out += part;
      });
      child.stderr.setEncoding('utf8').on('data', (part: string) => {
        err += part;
      });
      child.on('error', reject);
      child.on('close', code => resolve({ code: code ?? -1, out, err }));
      child.stdin.end(input);
    });
  const call = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await run(args);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${err}`);
    return out;
  };
  return Object.assign(call, { run, start: launch, close: () => rmSync(home, { recursive: true, force: true }) });
};
