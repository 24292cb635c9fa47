import { method, type Overload } from '../function.ts';
import { duration, int, string, timestamp } from '../type.ts';
import { CelError, Duration, Timestamp } from '../value.ts';

/** `2006-01-02T15:04:05.999Z`; throws CelError. */
export const parseTimestamp = (text: string): Timestamp => {
  const match = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  const ms = match ? Date.parse(`${match[1]}T${match[2]}${match[4]?.toUpperCase()}`) : Number.NaN;
  if (!match || Number.isNaN(ms)) throw new CelError(`invalid timestamp ${JSON.stringify(text.slice(0, 100))}`);
  return new Timestamp(BigInt(ms) * 1_000_000n + BigInt((match[3] ?? '').padEnd(9, '0')));
};

/** `1h30m`, `-1.5s`, exact to the nanosecond; throws CelError. Source: Go `time.ParseDuration`. */
export const parseGoDuration = (text: string): Duration => {
  const match = /^([+-]?)((?:(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:ns|us|µs|μs|ms|s|m|h)){1,20})$/.exec(text);
  if (!match) {
    if (/^[+-]?0$/.test(text)) return new Duration(0n);
    throw new CelError(`time: invalid duration ${JSON.stringify(text.slice(0, 100))}`);
  }
  let ns = 0n;
  for (const [, amount = '', unit = ''] of (match[2] ?? '').matchAll(/([\d.]+)([^\d.]+)/g)) {
    const [whole = '', fraction = ''] = amount.split('.');
    const size = unitNs[unit] ?? 0n;
    ns += BigInt(whole || '0') * size + (BigInt(fraction || '0') * size) / 10n ** BigInt(fraction.length);
  }
  return new Duration(match[1] === '-' ? -ns : ns);
};

const unitNs: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Seconds, as CEL prints durations: `90s`, `1.5s`. */
export const printDuration = (ns: bigint): string => {
  const size = ns < 0n ? -ns : ns;
  const fraction = String(size % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${ns < 0n ? '-' : ''}${size / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}s`;
};

export const printTimestamp = (ns: bigint): string => {
  const fraction = String(modulo(ns, 1_000_000_000n)).padStart(9, '0').replace(/0+$/, '');
  const text = new Date(Number((ns - modulo(ns, 1_000_000n)) / 1_000_000n)).toISOString();
  return `${text.slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
};

const modulo = (value: bigint, by: bigint): bigint => ((value % by) + by) % by;

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
  readonly weekday: number;
  readonly yearDay: number;
}

const toParts = (time: Timestamp, zone = 'UTC'): Parts => {
  const ms = Number((time.ns - modulo(time.ns, 1_000_000n)) / 1_000_000n);
  const local = new Date(ms + offsetMs(ms, zone));
  const year = local.getUTCFullYear();
  return {
    year,
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    ms: local.getUTCMilliseconds(),
    weekday: local.getUTCDay(),
    yearDay: Math.floor((local.getTime() - new Date(0).setUTCFullYear(year, 0, 1)) / 86_400_000),
  };
};

/** `+02:00`, or the name of a zone. */
const offsetMs = (ms: number, zone: string): number => {
  if (zone === 'UTC' || zone === '') return 0;
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000;
  const parts = new Map(
    formatFor(zone)
      .formatToParts(new Date(ms))
      .map(({ type, value }) => [type, Number(value)]),
  );
  const at = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const local = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour') % 24, at('minute'), at('second'));
  return local - (ms - (((ms % 1000) + 1000) % 1000));
};

const formatFor = (timeZone: string): Intl.DateTimeFormat => {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new CelError(`unknown time zone ${timeZone.slice(0, 100)}`);
  }
};

const getters: Readonly<Record<string, (parts: Parts) => number>> = {
  getFullYear: parts => parts.year,
  getMonth: parts => parts.month,
  getDayOfYear: parts => parts.yearDay,
  getDayOfMonth: parts => parts.day - 1,
  getDate: parts => parts.day,
  getDayOfWeek: parts => parts.weekday,
  getHours: parts => parts.hour,
  getMinutes: parts => parts.minute,
  getSeconds: parts => parts.second,
  getMilliseconds: parts => parts.ms,
};

const spans: Readonly<Record<string, (ns: bigint) => bigint>> = {
  getHours: ns => ns / 3_600_000_000_000n,
  getMinutes: ns => ns / 60_000_000_000n,
  getSeconds: ns => ns / 1_000_000_000n,
  getMilliseconds: ns => (ns / 1_000_000n) % 1000n,
};

/** Parts of timestamps (in UTC or a zone) and durations. The signatures say what the casts say. */
export const time: readonly Overload[] = [
  ...Object.entries(getters).flatMap(([name, get]) => [
    method(name, [timestamp], int, ([t]) => BigInt(get(toParts(t as Timestamp)))),
    method(name, [timestamp, string], int, ([t, zone]) => BigInt(get(toParts(t as Timestamp, zone as string)))),
  ]),
  ...Object.entries(spans).map(([name, get]) => method(name, [duration], int, ([d]) => get((d as Duration).ns))),
];
