import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap } from './bootstrap.ts';
import { type Pace, SimulatedDevice } from './device/device.ts';
import { readOnboard, readPartition } from './partition.ts';

const usage = `usage: kubeve device [flags]
       kubeve device bootstrap NAME [flags]    (kubeve device bootstrap --help)

Runs simulated EVE devices: real protocol, no hardware. Stops with Ctrl-C.

  --serial SERIAL     serial number to register with            (SIMULATED-1)
  --config DIR        config partition: server, root-certificate.pem, onboard.cert.pem, onboard.key.pem  (.kubeve/eve)
  --onboard DIR       folder with onboard.cert.pem and onboard.key.pem, instead of those in the config partition
  --server HOST:PORT  instead of the one in the config partition
  --state DIR         where keys and counters are kept, so that the next run is the same device
  --count N           so many devices; from the second on serials end in -2, -3, …  (1)
  --eve-version TEXT  the version of EVE that runs
  --tpm               attest with a (software) TPM
  --tampered TEXT     with a TPM: measure something that does not belong there, so that its quotes are not good
  --every SECONDS     poll and report that often, instead of as the controller says
`;

/** `kubeve device`. */
export const simulate = async (args: readonly string[]): Promise<void> => {
  if (args[0] === 'bootstrap') return bootstrap(args.slice(1));
  const { values } = parseArgs({
    args: [...args],
    options: {
      serial: { type: 'string', default: 'SIMULATED-1' },
      config: { type: 'string', default: '.kubeve/eve' },
      onboard: { type: 'string' },
      server: { type: 'string' },
      state: { type: 'string' },
      count: { type: 'string', default: '1' },
      'eve-version': { type: 'string' },
      tpm: { type: 'boolean', default: false },
      tampered: { type: 'string' },
      every: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const count = positive(values.count, '--count');
  const partition = {
    ...readPartition(values.config),
    ...(values.onboard ? { onboard: readOnboard(values.onboard) } : {}),
  };
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const runs = Array.from({ length: count }, (_, index) => {
    const suffix = index === 0 ? '' : `-${index + 1}`;
    const serial = `${values.serial}${suffix}`;
    const device = new SimulatedDevice({
      ...partition,
      ...(values.server ? { server: values.server } : {}),
      ...(values.state ? { state: join(values.state, serial) } : {}),
      ...(values['eve-version'] ? { eveVersion: values['eve-version'] } : {}),
      ...(values.every ? { pace: toPace(positive(values.every, '--every')) } : {}),
      serial,
      tpm: values.tpm,
      ...(values.tampered ? { tampered: values.tampered } : {}),
      say: line => process.stdout.write(`${serial} ${line}\n`),
    });
    return device.run(stop.signal);
  });
  await Promise.all(runs);
};

const toPace = (seconds: number): Pace => ({
  configMs: seconds * 1000,
  metricsMs: seconds * 1000,
  logsMs: seconds * 1000,
  stepMs: Math.min(1000, seconds * 500),
  retryMs: 1000,
});

const positive = (text: string, flag: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${flag} must be a number above 0, not '${text}'`);
  return value;
};
