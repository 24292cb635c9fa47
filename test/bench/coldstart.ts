/**
 * `npx tsx test/bench/coldstart.ts`: how long the functions take from nothing until they can be called, against a Node that
 * does nothing, in the same run. Prints a table of medians; processor time is the number to look at on a machine that is busy.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFunction, functions } from '../../infra/build.ts';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 9);
const outdir = mkdtempSync(join(tmpdir(), 'kubeve-coldstart-'));

/** Imports a module, if there is one, as the managed runtime does. */
const program = `
globalThis.awslambda = { streamifyResponse: handler => handler, HttpResponseStream: { from: out => out } };
const begun = performance.now();
if (process.argv[1]) await import(process.argv[1]);
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ importMs: performance.now() - begun, cpuMs: (user + system) / 1000 }));
`;

interface Sample {
  readonly importMs: number;
  readonly cpuMs: number;
}

const sample = (module?: string): Sample => {
  const args = ['--input-type=module', '-e', program, ...(module ? [module] : [])];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout) as Sample; // as printed above
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

try {
  for (const name of functions) await buildFunction(name, outdir);
  const samples = new Map<string, Sample[]>();
  for (let round = 0; round < rounds; round += 1)
    for (const name of ['nothing', ...functions]) {
      const found = sample(name === 'nothing' ? undefined : join(outdir, `${name}.mjs`));
      samples.set(name, [...(samples.get(name) ?? []), found]);
    }
  const empty = median((samples.get('nothing') ?? []).map(({ cpuMs }) => cpuMs));
  console.log('| function | import, ms | processor time beyond an empty Node, ms |\n| --- | --- | --- |');
  for (const [name, all] of samples) {
    const cpu = median(all.map(({ cpuMs }) => cpuMs)) - empty;
    console.log(`| ${name} | ${median(all.map(({ importMs }) => importMs)).toFixed(0)} | ${cpu.toFixed(0)} |`);
  }
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
