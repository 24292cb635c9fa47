import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Kube, type KubeOptions, waitSeconds } from './kube.ts';

/** The first `kubectl` of a PATH; undefined when there is none. */
export const findKubectl = (path: string): string | undefined =>
  path
    .split(delimiter)
    .filter(dir => dir !== '')
    .map(dir => join(dir, 'kubectl'))
    .find(isProgram);

/** The demo's requests by the real kubectl. */
export const withKubectl = (program: string, { kubeconfig, namespace, print }: KubeOptions): Kube => {
  const run = async (args: readonly string[]): Promise<string> => {
    print(`$ kubectl ${args.map(quote).join(' ')}`);
    return (await capture(program, ['--kubeconfig', kubeconfig, ...args])).trimEnd();
  };
  const inside = ['-n', namespace];
  return {
    name: program,
    apply: dir => run(['apply', '-f', dir]),
    wait: (what, until) => run([...inside, 'wait', what, `--for=${until}`, `--timeout=${waitSeconds}s`]),
    table: types => run([...inside, 'get', types]),
    value: (what, path) => run([...inside, 'get', what, '-o', `jsonpath={${path}}`]),
    patch: (what, patch) => run([...inside, 'patch', what, '--type=merge', '-p', JSON.stringify(patch)]),
    remove: what => run([...inside, 'delete', what]),
    raw: path => run(['get', '--raw', path]),
  };
};

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const quote = (word: string): string => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

const capture = (program: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      out += part;
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      err += part;
    });
    child.on('error', reject);
    child.on('close', code =>
      code === 0 ? resolve(out + err) : reject(new Error(`kubectl ended with ${code}: ${err}`)),
    );
  });
