import type { Log, Ports } from '../../shared/base/ports.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof levels)[number];

/** The runtime's clock and randomness, and a log that goes where the platform keeps what is written to the console. */
export const workerPorts = (level: LogLevel): Ports => ({
  clock: { now: () => Date.now() },
  random: { bytes: length => crypto.getRandomValues(new Uint8Array(length)), uuid: () => crypto.randomUUID() },
  log: consoleLog(level),
});

const consoleLog = (least: LogLevel): Log => {
  const at =
    (level: LogLevel) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      if (levels.indexOf(level) < levels.indexOf(least)) return;
      console[level](JSON.stringify({ level, message, ...fields }, (_, value: unknown) => plain(value)));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};

const plain = (value: unknown): unknown => {
  if (typeof value === 'bigint') return value.toString();
  if (!(value instanceof Error)) return value;
  const { message, stack, cause } = value;
  return { message, stack, ...(cause === undefined ? {} : { cause }) };
};
