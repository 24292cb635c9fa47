/**
 * The string formats that Kubernetes checks (kubernetes-api reference §4); any other format says nothing. `isFormat` is
 * true for formats that are not known.
 */
export const isFormat = (format: string, text: string): boolean => formats.get(format)?.(text) ?? true;

/** True when the format is checked at all. */
export const isKnownFormat = (format: string): boolean => formats.has(format);

type Check = (text: string) => boolean;

/** Every expression is anchored, free of nested repetition, and run on text of bounded length. */
const matches =
  (pattern: RegExp, max = 4096): Check =>
  text =>
    text.length <= max && pattern.test(text);

const isUri: Check = text => {
  if (text.length > 8192 || /[\s\p{Cc}]/u.test(text)) return false;
  return text.startsWith('/') || URL.canParse(text);
};

const isHostname: Check = text =>
  text.length <= 255 &&
  text.split('.').every(label => /^[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u.test(label)) &&
  text.length > 0;

const isIpv4: Check = text => {
  const parts = text.split('.');
  return parts.length === 4 && parts.every(part => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
};

/** Eight groups of hex digits, one run of which may be left out as `::`; the last two may be an IPv4 address. */
const isIpv6: Check = text => {
  if (text.length > 45 || !/^[0-9a-fA-F:.]+$/.test(text)) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap(half => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  const tail = last?.includes('.') && !text.endsWith(':') ? groups.pop() : undefined;
  if (tail !== undefined && !isIpv4(tail)) return false;
  const count = groups.length + (tail === undefined ? 0 : 2);
  return groups.every(group => /^[0-9a-fA-F]{1,4}$/.test(group)) && (halves.length === 2 ? count < 8 : count === 8);
};

const isCidr: Check = text => {
  const [address = '', bits = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(bits)) return false;
  return isIpv4(address) ? Number(bits) <= 32 : isIpv6(address) && Number(bits) <= 128;
};

const isCalendarDay = (year: number, month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();

const isDate: Check = text => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return match !== null && isCalendarDay(Number(match[1]), Number(match[2]), Number(match[3]));
};

/** RFC 3339. */
const isDateTime: Check = text => {
  const match = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:[Zz]|[+-](\d{2}):(\d{2}))$/.exec(text);
  if (!match) return false;
  const [, date = '', hours, minutes, seconds, zoneHours = '0', zoneMinutes = '0'] = match;
  return (
    isDate(date) &&
    Number(hours) < 24 &&
    Number(minutes) < 60 &&
    Number(seconds) < 60 &&
    Number(zoneHours) < 24 &&
    Number(zoneMinutes) < 60
  );
};

/** Go's durations (`1h30m`, `1.5s`), and the long form `3 days`. */
const isDuration: Check = text =>
  text.length <= 128 &&
  (text === '0' ||
    /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text) ||
    /^\d+(?:\.\d+)? ?(?:nanoseconds?|nanos?|ns|microseconds?|micros?|us|µs|milliseconds?|millis?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w)$/.test(
      text,
    ));

const digitsOf = (text: string): number[] => [...text.replaceAll(/[- ]/g, '')].map(Number);

const isIsbn10: Check = text => {
  const body = text.replaceAll(/[- ]/g, '');
  if (!/^\d{9}[\dX]$/.test(body)) return false;
  return [...body].reduce((sum, c, i) => sum + (i + 1) * (c === 'X' ? 10 : Number(c)), 0) % 11 === 0;
};

const isIsbn13: Check = text =>
  /^\d{13}$/.test(text.replaceAll(/[- ]/g, '')) &&
  digitsOf(text).reduce((sum, digit, i) => sum + digit * (i % 2 === 0 ? 1 : 3), 0) % 10 === 0;

/** Digits of a known length range whose Luhn sum fits. */
const isCreditCard: Check = text => {
  if (!/^\d{13,19}$/.test(text.replaceAll(/[- ]/g, ''))) return false;
  const sum = digitsOf(text)
    .reverse()
    .reduce((total, digit, i) => total + (i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2), 0);
  return sum % 10 === 0;
};

const uuidOf = (version: string): Check =>
  matches(new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}-?[0-9a-f]{12}$`, 'i'));

const formats: ReadonlyMap<string, Check> = new Map<string, Check>(
  Object.entries({
    bsonobjectid: matches(/^[0-9a-f]{24}$/i),
    uri: isUri,
    email: matches(/^[^\s@<>(),;:"[\]\\]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?$/i, 320),
    hostname: isHostname,
    ipv4: isIpv4,
    ipv6: isIpv6,
    cidr: isCidr,
    mac: matches(/^(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4})$/i),
    uuid: uuidOf('[0-9a-f]{4}-?[0-9a-f]{4}'),
    uuid3: uuidOf('3[0-9a-f]{3}-?[0-9a-f]{4}'),
    uuid4: uuidOf('4[0-9a-f]{3}-?[89ab][0-9a-f]{3}'),
    uuid5: uuidOf('5[0-9a-f]{3}-?[89ab][0-9a-f]{3}'),
    isbn: text => isIsbn10(text) || isIsbn13(text),
    isbn10: isIsbn10,
    isbn13: isIsbn13,
    creditcard: isCreditCard,
    ssn: matches(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
    hexcolor: matches(/^#?(?:[0-9a-f]{3}|[0-9a-f]{6})$/i),
    rgbcolor: matches(
      /^rgb\(\s*(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\s*(?:,\s*(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\s*){2}\)$/,
      64,
    ),
    byte: text => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
    password: () => true,
    date: isDate,
    duration: isDuration,
    datetime: isDateTime,
    'date-time': isDateTime,
    'k8s-short-name': matches(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/),
    'k8s-long-name': text =>
      text.length <= 253 && text.split('.').every(part => /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(part)),
  }),
);
