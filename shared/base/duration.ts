/**
 * A duration as Go writes it (`300ms`, `1.5h`, `1h30m`, `-5m`, `0`), in milliseconds; undefined for what is none. Source:
 * Go `time.ParseDuration`.
 */
export const parseDuration = (text: string): number | undefined => {
  const match = /^([+-]?)((?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (!match) return /^[+-]?0$/.test(text) ? 0 : undefined;
  let total = 0;
  for (const [, amount, unit = ''] of (match[2] ?? '').matchAll(/([\d.]+)([^\d.]+)/g)) {
    total += Number(amount) * (milliseconds[unit] ?? 0);
  }
  if (total > maxMs) return undefined;
  return match[1] === '-' ? -total : total;
};

const milliseconds: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Go counts nanoseconds in 64 bits: some 292 years. */
const maxMs = 2 ** 63 / 1e6;
