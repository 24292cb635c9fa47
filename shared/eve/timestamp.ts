import type { Timestamp } from './generated/protobuf.ts';

/** Milliseconds since 1970, rounded down; 0 for an absent timestamp. */
export const toMs = (time: Timestamp | undefined): number =>
  Number(time?.seconds ?? 0) * 1000 + Math.floor((time?.nanos ?? 0) / 1e6);

export const fromMs = (ms: number): Timestamp => {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  return { ...(seconds === 0 ? {} : { seconds }), ...(nanos === 0 ? {} : { nanos }) };
};

/**
 * UTC with as many digits as needed (none, 3, 6 or 9), as proto-JSON prints it. Times outside the years 1 to 9999, which
 * a device with a broken clock may send, become the nearest one that can be said.
 */
export const toRfc3339 = (time: Timestamp): string => {
  const seconds = Math.min(Math.max(Number(time.seconds ?? 0), first), last);
  const nanos = Math.min(Math.max(time.nanos ?? 0, 0), 999_999_999);
  const digits = String(nanos).padStart(9, '0');
  const fraction = nanos === 0 ? '' : `.${digits.replace(/(000){1,2}$/, '')}`;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fraction}Z`;
};

/** Undefined when the text is no RFC 3339 time. */
export const fromRfc3339 = (text: string): Timestamp | undefined => {
  const match = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  if (!match) return undefined;
  const [, date, clock, fraction = '', zone = ''] = match;
  const ms = Date.parse(`${date}T${clock}${zone.toUpperCase()}`);
  if (Number.isNaN(ms)) return undefined;
  const seconds = ms / 1000;
  const nanos = Number(fraction.padEnd(9, '0'));
  return { ...(seconds === 0 ? {} : { seconds }), ...(nanos === 0 ? {} : { nanos }) };
};

const first = Date.parse('0001-01-01T00:00:00Z') / 1000;
const last = Date.parse('9999-12-31T23:59:59Z') / 1000;
