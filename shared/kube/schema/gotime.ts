/** A moment as Go's decoder reads it. */
export interface GoTime {
  /** Whole seconds since 1970. */
  readonly seconds: number;
  /** Six digits, what comes after them cut off. */
  readonly micros: string;
}

/**
 * Reads RFC 3339 the way Go's `time.Parse` does for `metav1.Time`, or for `metav1.MicroTime`, which wants six digits behind the
 * second. Answers the words of Go's error for a text that is no time.
 */
export const parseGoTime = (text: string, isMicro = false): GoTime | string => {
  const layout = isMicro ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00';
  const head = `parsing time ${JSON.stringify(text)}`;
  const read: Record<string, string> = {};
  let rest = text;
  for (const part of parts) {
    const found = (part.is === fraction && !isMicro ? anyFraction : part.pattern).exec(rest)?.[0];
    if (found === undefined) return `${head} as "${layout}": cannot parse ${JSON.stringify(rest)} as "${part.is}"`;
    if (part.range && !isWithin(Number(found), part.range)) return `${head}: ${part.name} out of range`;
    read[part.is] = found;
    rest = rest.slice(found.length);
  }
  if (rest !== '') return `${head}: extra text: ${JSON.stringify(rest)}`;
  const {
    2006: year = '',
    '01': month = '',
    '02': day = '',
    15: hour = '',
    '04': minute = '',
    '05': second = '',
  } = read;
  const offset = toOffset(read[zone] ?? '');
  if (typeof offset === 'string') return `${head}: time zone offset ${offset} out of range`;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (day === '00' || date.getUTCMonth() !== Number(month) - 1) return `${head}: day out of range`;
  const seconds = date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset;
  return { seconds, micros: (read[fraction] ?? '').slice(1, 7).padEnd(6, '0') };
};

/** As Go writes it: in UTC, in whole seconds or with six digits. Undefined for years that have no four digits. */
export const printGoTime = ({ seconds, micros }: GoTime, isMicro = false): string | undefined => {
  const text = new Date(seconds * 1000).toISOString();
  if (text.length !== isoLength) return undefined;
  return isMicro ? `${text.slice(0, 19)}.${micros}Z` : `${text.slice(0, 19)}Z`;
};

const isoLength = '2026-01-01T00:00:00.000Z'.length;

interface Part {
  /** As Go's layouts spell it. */
  readonly is: string;
  readonly pattern: RegExp;
  readonly name?: string;
  readonly range?: readonly [least: number, most: number];
}

const fraction = '.000000';
const zone = 'Z07:00';
const anyFraction = /^([.,]\d+)?/;

const parts: readonly Part[] = [
  { is: '2006', pattern: /^\d{4}/ },
  { is: '-', pattern: /^-/ },
  { is: '01', pattern: /^\d\d/, name: 'month', range: [1, 12] },
  { is: '-', pattern: /^-/ },
  { is: '02', pattern: /^\d\d/ },
  { is: 'T', pattern: /^T/ },
  // One digit will do.
  { is: '15', pattern: /^\d\d?/, name: 'hour', range: [0, 23] },
  { is: ':', pattern: /^:/ },
  { is: '04', pattern: /^\d\d/, name: 'minute', range: [0, 59] },
  { is: ':', pattern: /^:/ },
  { is: '05', pattern: /^\d\d/, name: 'second', range: [0, 59] },
  { is: fraction, pattern: /^[.,]\d{6}/ },
  { is: zone, pattern: /^(Z|[+-]\d\d:\d\d)/ },
];

const isWithin = (value: number, [least, most]: readonly [number, number]): boolean => value >= least && value <= most;

/** Seconds east of Greenwich; the part that is out of range. */
const toOffset = (text: string): number | 'hour' | 'minute' => {
  if (text === 'Z') return 0;
  const [hours = 0, minutes = 0] = text.slice(1).split(':').map(Number);
  if (hours > 24) return 'hour';
  if (minutes > 60) return 'minute';
  return (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
};
