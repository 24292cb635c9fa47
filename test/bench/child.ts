import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * A program of this directory as a child process, bundled as `npm start` bundles the server, and the JSON that its first line
 * of output is. `BENCH_FLAGS` are given to its Node: `--cpu-prof` shows where the time goes.
 */
export const launch = async <T>(
  program: string,
  args: readonly string[],
): Promise<{ child: ChildProcess; said: T }> => {
  const outdir = fileURLToPath(new URL('../../node_modules/.cache/kubeve/bench', import.meta.url));
  await build({
    entryPoints: [fileURLToPath(new URL(program, import.meta.url))],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    outdir,
  });
  const flags = (process.env.BENCH_FLAGS ?? '').split(' ').filter(flag => flag !== '');
  const child = spawn(process.execPath, [...flags, join(outdir, program.replace('.ts', '.js')), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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

/** Resolves when the process has nothing left to do: what was asked of it before shall not be charged to what comes next. */
export const settle = async (pid: number): Promise<void> => {
  for (let seconds = 0; seconds < 120; seconds += 2) {
    const before = cpuMs(pid);
    await new Promise(resolve => setTimeout(resolve, 2000));
    if (cpuMs(pid) - before < 200) return;
  }
  throw new Error('the server does not come to rest');
};

/** Processor time so far, in milliseconds: ticks of 10 ms for user and system. */
export const cpuMs = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

export const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return;
  const gone = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
};
