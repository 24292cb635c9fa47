#!/usr/bin/env -S node --import tsx
import { serve } from '../functions/node/serve.ts';
import { backup } from './backup.ts';
import { certs } from './certs.ts';
import { kubeconfig } from './kubeconfig.ts';
import { model } from './model.ts';
import { onboard } from './onboard.ts';
import { restore } from './restore.ts';
import { simulate } from './simulate.ts';

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void> | void>> = {
  serve,
  onboard,
  device: simulate,
  kubeconfig,
  model,
  backup,
  restore,
  certs,
};

const usage = `usage: kubeve COMMAND [flags]

  serve       run the controller on this machine
  onboard     print the manifest that lets a device in
  device      run simulated EVE devices
  model       turn EVE's hardware model files into DeviceModels
  kubeconfig  print the kubeconfig of a stack in AWS
  backup      write all that a controller holds to a file
  restore     put such a file into an empty data folder
  certs       show or rotate the certificates that devices know

kubeve COMMAND --help tells more.
`;

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (!command) {
  const wanted = ['', 'help', '--help', '-h'].includes(name);
  (wanted ? process.stdout : process.stderr).write(wanted ? usage : `kubeve has no command '${name}'\n\n${usage}`);
  process.exitCode = wanted ? 0 : 2;
} else {
  try {
    await command(args);
  } catch (error) {
    process.stderr.write(`kubeve ${name}: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
