import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commands } from '../../cli/commands.ts';

const root = new URL('../..', import.meta.url).pathname;

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'cli/kubeve.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

it('names every command, and loads each', async () => {
  const { status, stdout, stderr } = run('--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const [name, load] of Object.entries(commands)) {
    expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
    expect(await load()).toBeInstanceOf(Function);
  }
});

it('tells its version', () => {
  expect(run('--version')).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^kubeve \d+\.\d+\.\d+\n$/),
    stderr: '',
  });
});

it.each([
  [['frob'], "kubeve has no command 'frob'\n"],
  [['__proto__'], "kubeve has no command '__proto__'\n"],
  [['backup', '--frob'], "kubeve backup: Unknown option '--frob'; kubeve backup --help lists what there is\n"],
  [['device', 'lab1'], "kubeve device: Unexpected argument 'lab1'; kubeve device --help lists what there is\n"],
  [['device', '--serial'], /^kubeve device: Option '--serial <value>' argument missing; kubeve device --help/],
])('says of %j what is wrong, in a line, and ends with 2', (args, said) => {
  const { status, stdout, stderr } = run(...args);
  expect(stderr.slice(0, stderr.indexOf('\n') + 1)).toEqual(
    typeof said === 'string' ? said : expect.stringMatching(said),
  );
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});

it('ends with 1 when the command line was right and the work failed', () => {
  const { status, stderr } = run('device', '--config', '/nowhere');
  expect(stderr).toBe('kubeve device: /nowhere/server is missing: start kubeve first, or say --config DIR\n');
  expect(status).toBe(1);
});

it('ends quietly when nobody reads what it says', () => {
  const line = `("${process.execPath}" --import tsx cli/kubeve.ts --help; echo "ended with $?" >&2) | true`;
  expect(spawnSync('sh', ['-c', line], { cwd: root, encoding: 'utf8' }).stderr).toBe('ended with 0\n');
});

it.each([
  ['cli/kubeve.ts', /^usage: kubeve /],
  ['cli/adam.ts', /^usage: adam server /],
  ['functions/node/serve.ts', /^kubeve serve: /],
])('starts %s by a path with a symbolic link', (program, said) => {
  const dir = mkdtempSync(join(tmpdir(), 'kubeve-link-'));
  try {
    symlinkSync(root, join(dir, 'kubeve'));
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--import', 'tsx', join(dir, 'kubeve', program), '--help'],
      { cwd: root, encoding: 'utf8' },
    );
    expect(stdout).toMatch(said);
    expect(status).toBe(0);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
