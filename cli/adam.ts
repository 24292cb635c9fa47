#!/usr/bin/env -S node --import tsx
import { join } from 'node:path';
import type { Identity } from '../functions/identity/identity.ts';
import { awaitEnding } from '../functions/node/ending.ts';
import { fail } from '../functions/node/fail.ts';
import { keepFile } from '../functions/node/files.ts';
import { isEverywhere } from '../functions/node/flags.ts';
import { isMain } from '../functions/node/ismain.ts';
import { systemPorts } from '../functions/node/ports.ts';
import { type Running, start } from '../functions/node/serve.ts';
import { watchFiles } from '../functions/node/watch.ts';
import type { Log } from '../shared/base/ports.ts';
import { type AdamFlags, parseAdamFlags, usage } from './adam/flags.ts';
import { adoptPairs } from './adam/pairs.ts';

/** `adam server`: starts with Adam's flags, and takes over certificates whose files are replaced, until it is closed. */
export const startAdam = async (args: readonly string[], log: Log = systemPorts().log): Promise<Running> => {
  const flags = parseAdamFlags(args);
  const watched = watchFiles(
    Object.values(flags.files).flatMap(({ cert, key }) => [cert, key]),
    intervalMs,
  );
  const adopt = adoptPairs(flags.files);
  const [host = '0.0.0.0', ...alsoHosts] = flags.ips;
  const seen: { used?: Identity } = {};
  const running = await start({
    data: flags.data,
    host,
    alsoHosts,
    port: flags.port,
    san: [...new Set(flags.names)],
    deviceApiV1: true,
    adamApi: flags.isOpen ? 'open' : 'guarded',
    log,
    adopt: own => {
      seen.used = adopt(own);
      return seen.used;
    },
  });
  if (seen.used) tell(flags, seen.used, Number(new URL(running.url).port));
  const replace = async (): Promise<void> => {
    await running.reload();
    log.info('certificates replaced');
  };
  // A certificate without its key yet is no reason to stop: the key will change too.
  const stopWatching = watched.follow(() => {
    replace().catch((error: unknown) =>
      log.warn('certificates not replaced', { error: error instanceof Error ? error.message : String(error) }),
    );
  });
  return {
    ...running,
    close: () => {
      stopWatching();
      return running.close();
    },
  };
};

/** The files that Adam writes for a device's config partition. */
const tell = ({ confDir, commonName, ips }: AdamFlags, { server, root }: Identity, port: number): void => {
  const name = /(?:^|\n)CN=([^\n]+)/.exec(server.certificate.subject ?? '')?.[1] ?? commonName;
  const addresses = ips.filter(ip => !isEverywhere(ip));
  keepFile(join(confDir, 'server'), `${name}:${port}\n`);
  keepFile(join(confDir, 'hosts'), addresses.map(ip => `${ip} ${name}\n`).join(''));
  keepFile(join(confDir, 'root-certificate.pem'), root.certificatePem);
};

const intervalMs = 500;

const main = async ([command, ...args]: readonly string[]): Promise<void> => {
  if (command !== 'server' || args.includes('--help')) {
    const isAsked = command === 'server' || command === undefined || /^(help|-h|--help)$/.test(command);
    (isAsked ? process.stdout : process.stderr).write(isAsked ? usage : `adam has no command '${command}'\n\n${usage}`);
    process.exitCode = isAsked ? 0 : 2;
    return;
  }
  const running = await startAdam(args);
  const ending = awaitEnding();
  process.stdout.write(`kubeve serves ${running.url} in the place of Adam\n`);
  await ending;
  await running.close();
};

if (isMain(import.meta.url)) {
  main(process.argv.slice(2)).catch((error: unknown) => fail('adam', 'adam server --help', error));
}
