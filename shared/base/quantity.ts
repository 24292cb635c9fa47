/**
 * Kubernetes quantities (`8Gi`, `1500m`, `1.5e3`), exact. A quantity is a whole number of nano units and the family of
 * suffixes in which it was written, which is how it prints.
 */
export interface Quantity {
  /** In units of 10⁻⁹. */
  readonly nano: bigint;
  readonly format: 'binary' | 'decimal' | 'exponent';
}

/**
 * Reads a quantity as Kubernetes does: what is finer than a nano unit is rounded away from zero, and what is beyond
 * ±(2^63−1) becomes that. Undefined for what is no quantity.
 */
export const parseQuantity = (text: string | number | bigint): Quantity | undefined => {
  const match = pattern.exec(String(text));
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', suffix = '', exponent] = match;
  if (whole === '' && fraction === '') return undefined;
  const scale =
    exponent === undefined ? scales[suffix] : { power: Number(exponent.slice(1)), format: 'exponent' as const };
  if (!scale) return undefined;
  const digits = BigInt(whole + fraction);
  const size =
    'factor' in scale
      ? divide(digits * scale.factor * nanoUnits, 10n ** BigInt(fraction.length))
      : shift(digits, scale.power + 9 - fraction.length);
  const bounded = size > largest ? largest : size;
  return { nano: sign === '-' ? -bounded : bounded, format: scale.format };
};

/** As `parseQuantity`; throws a RangeError for what is no quantity: for text that was validated before. */
export const toQuantity = (text: string | number | bigint): Quantity => {
  const quantity = parseQuantity(text);
  if (!quantity) throw new RangeError(`${JSON.stringify(String(text))} is not a quantity`);
  return quantity;
};

export const isQuantity = (text: string | number | bigint): boolean => parseQuantity(text) !== undefined;

/** Negative, zero or positive, as for `sort`. */
export const compareQuantities = (a: Quantity, b: Quantity): number => (a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0);

/** The sum, in the format of the first that is not zero. */
export const addQuantities = (a: Quantity, b: Quantity): Quantity => ({
  nano: clamp(a.nano + b.nano),
  format: a.nano === 0n ? b.format : a.format,
});

export const subtractQuantities = (a: Quantity, b: Quantity): Quantity =>
  addQuantities(a, { nano: -b.nano, format: b.format });

/** Whole units (bytes, for sizes), rounded up. */
export const toBytes = (quantity: Quantity): bigint => divide(quantity.nano, nanoUnits);

/** Thousandths, rounded up. */
export const toMilli = (quantity: Quantity): bigint => divide(quantity.nano, 1_000_000n);

export const fromBytes = (bytes: number | bigint): Quantity => ({
  nano: clamp(BigInt(bytes) * nanoUnits),
  format: 'binary',
});

export const fromMilli = (milli: number | bigint): Quantity => ({
  nano: clamp(BigInt(milli) * 1_000_000n),
  format: 'decimal',
});

/**
 * The canonical text: the largest suffix that leaves no fraction. A binary quantity below 1024, or with a fraction, prints
 * as a decimal one.
 */
export const printQuantity = ({ nano, format }: Quantity): string => {
  if (nano === 0n) return '0';
  const isBinary = format === 'binary' && nano % nanoUnits === 0n && magnitude(nano) >= 1024n * nanoUnits;
  if (isBinary) return printBinary(nano / nanoUnits);
  let power = -9;
  let value = nano;
  while (value % 1000n === 0n && (power < 18 || format === 'exponent')) {
    value /= 1000n;
    power += 3;
  }
  if (format === 'exponent') return power === 0 ? `${value}` : `${value}e${power}`;
  return `${value}${decimalSuffixes.get(power) ?? ''}`;
};

const printBinary = (units: bigint): string => {
  let value = units;
  let step = 0;
  while (value % 1024n === 0n && step < binarySuffixes.length - 1) {
    value /= 1024n;
    step++;
  }
  return `${value}${binarySuffixes[step] ?? ''}`;
};

/** Digits are bounded: no quantity of use has more, and bigints of any length cost time. */
const pattern = /^([+-]?)(\d{0,64})(?:\.(\d{0,64}))?(?:([numkMGTPE]|[KMGTPE]i)|([eE][+-]?\d{1,3}))?$/;

const nanoUnits = 1_000_000_000n;
const largest = (2n ** 63n - 1n) * nanoUnits;

const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const decimalSuffixes: ReadonlyMap<number, string> = new Map([
  [-9, 'n'],
  [-6, 'u'],
  [-3, 'm'],
  [0, ''],
  [3, 'k'],
  [6, 'M'],
  [9, 'G'],
  [12, 'T'],
  [15, 'P'],
  [18, 'E'],
]);

type Scale =
  | { readonly format: 'binary'; readonly factor: bigint }
  | { readonly format: 'decimal' | 'exponent'; readonly power: number };

const scales: Readonly<Record<string, Scale>> = Object.fromEntries<Scale>([
  ...[...decimalSuffixes].map(([power, suffix]): [string, Scale] => [suffix, { format: 'decimal', power }]),
  ...binarySuffixes
    .slice(1)
    .map((suffix, i): [string, Scale] => [suffix, { format: 'binary', factor: 1024n ** BigInt(i + 1) }]),
]);

/** Rounds away from zero. */
const divide = (value: bigint, by: bigint): bigint => {
  const quotient = value / by;
  if (value % by === 0n) return quotient;
  return value > 0n ? quotient + 1n : quotient - 1n;
};

const shift = (digits: bigint, power: number): bigint =>
  power >= 0 ? digits * 10n ** BigInt(power) : divide(digits, 10n ** BigInt(-power));

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

const clamp = (nano: bigint): bigint => (nano > largest ? largest : nano < -largest ? -largest : nano);
