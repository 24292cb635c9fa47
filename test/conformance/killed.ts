import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

/**
 * Runs a TypeScript program, gives it its lines back one by one, and kills it without warning once `lines` of them have
 * come. Resolves when it is dead. Rejects when it ends by itself.
 */
export const runAndKill = (
  program: URL,
  args: readonly string[],
  lines: number,
  onLine: (line: string) => void,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const tsx = createRequire(import.meta.url).resolve('tsx');
    const child = spawn(process.execPath, ['--import', tsx, program.pathname, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
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
