import { spawnSync } from 'node:child_process';
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
