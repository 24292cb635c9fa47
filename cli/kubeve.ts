#!/usr/bin/env -S node --import tsx
import { readFileSync } from 'node:fs';
import { fail } from '../functions/node/fail.ts';
import { commands } from './commands.ts';

const usage = `usage: kubeve COMMAND [flags]

  serve       run the controller on this machine
  onboard     print the manifest that lets a device in
  device      run simulated EVE devices
  model       turn EVE's hardware model files into DeviceModels
  kubeconfig  print the kubeconfig of a stack in AWS
  backup      write all that a controller holds to a file
  restore     put such a file into an empty data folder
  certs       show or rotate the certificates that devices know

kubeve COMMAND --help tells more; kubeve --version tells which this is.
`;

/** `kubeve 0.1.0` */
const toVersion = (): string => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return `kubeve ${version}\n`;
};

// `kubeve device | head`: whoever read has read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const [name = '', ...args] = process.argv.slice(2);
const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (load) {
  try {
    await (await load())(args);
  } catch (error) {
    fail(`kubeve ${name}`, `kubeve ${name} --help`, error);
  }
} else if (['', 'help', '--help', '-h'].includes(name)) process.stdout.write(usage);
else if (['version', '--version'].includes(name)) process.stdout.write(toVersion());
else {
  process.stderr.write(`kubeve has no command '${name}'\n\n${usage}`);
  process.exitCode = 2;
}
