import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Runs a TypeScript program, gives it its lines back one by one, and kills it without warning once `lines` of them have
 * come. Resolves when it is dead. Rejects when it ends by itself.
 */
export const runAndKill = async (
  program: URL,
  args: readonly string[],
  lines: number,
  onLine: (line: string) => void,
): Promise<void> => {
  const built = await bundled(program);
  return new Promise((resolve, reject) => {
    // Told through its input, and run where packages are found.
    const child = spawn(process.execPath, ['--input-type=module', '-', ...args], { cwd: root });
    child.stdin.on('error', () => undefined).end(built);
    let count = 0;
    let errors = '';
    child.stderr.on('data', data => {
      errors += data;
    });
    const reader = createInterface({ input: child.stdout });
    reader.on('line', line => {
      onLine(line);
      if (++count === lines) child.kill('SIGKILL');
    });
    reader.on('close', () => {
      if (child.exitCode === null && child.signalCode === null) child.once('exit', finish);
      else finish();
    });
    child.on('error', reject);
    const finish = (): void => {
      if (child.signalCode === 'SIGKILL') resolve();
      else reject(new Error(`ended by itself: ${errors}`));
    };
  });
};

/** Built once: a loader of TypeScript would take more of each process's time than what the process is there for. */
const bundled = (program: URL): Promise<string> => {
  const known = bundles.get(program.href) ?? bundle(fileURLToPath(program));
  bundles.set(program.href, known);
  return known;
};

const bundles = new Map<string, Promise<string>>();

const root = fileURLToPath(new URL('../..', import.meta.url));

const bundle = async (program: string): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [program],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
};
