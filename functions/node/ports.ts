import { randomBytes, randomUUID } from 'node:crypto';
import type { Log, Ports } from '../../shared/base/ports.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The process's own clock, randomness and a log that goes to stderr, one JSON object a line. */
export const systemPorts = (level: LogLevel = 'info'): Ports => ({
  clock: { now: () => Date.now() },
  random: { bytes: length => randomBytes(length), uuid: () => randomUUID() },
  log: stderrLog(level),
});

const order: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

const stderrLog = (least: LogLevel): Log => {
  const at =
    (level: LogLevel) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      if (order.indexOf(level) < order.indexOf(least)) return;
      process.stderr.write(`${toLine({ time: new Date().toISOString(), level, message, ...fields })}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};

const toLine = (entry: Record<string, unknown>): string =>
  JSON.stringify(entry, (_, value: unknown) => (value instanceof Error ? describe(value) : plain(value)));

const plain = (value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);

const describe = (error: Error): unknown => ({
  message: error.message,
  stack: error.stack,
  ...(error.cause === undefined ? {} : { cause: error.cause }),
});
