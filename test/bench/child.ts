import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of this directory as a child process, and the JSON that its first line of output is. */
export const launch = async <T>(
  program: string,
  args: readonly string[],
): Promise<{ child: ChildProcess; said: T }> => {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const died = new Promise<never>((_, reject) =>
    child.once('exit', code => reject(new Error(`${program} ended with ${code} before it was ready`))),
  );
  const said = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('{')) return JSON.parse(line) as T;
    }
    return died;
  })();
  const ready = await Promise.race([said, died]);
  died.catch(() => undefined);
  child.stdout.resume();
  return { child, said: ready };
};

/** Resident memory in MB, as the kernel counts it. */
export const residentMb = (pid: number): number => {
  const [, kb] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1024;
};

export const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return;
  const gone = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
};
