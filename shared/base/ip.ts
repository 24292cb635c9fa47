/** An address as a number: 32 bits for family 4, 128 for family 6. */
export interface Ip {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** A block of addresses. `address` is what was written before the slash, `first` and `last` bound the block. */
export interface Cidr {
  readonly family: 4 | 6;
  readonly bits: number;
  readonly address: bigint;
  readonly first: bigint;
  readonly last: bigint;
}

/** `10.0.0.1`, `fe80::1`, `::ffff:10.0.0.1`; undefined for anything else (also for zones and leading zeros). */
export const parseIp = (text: string): Ip | undefined => (text.includes(':') ? parseV6(text) : parseV4(text));

/** `10.0.0.0/24`, `fd00::/8`; undefined for anything else. The host bits need not be zero. */
export const parseCidr = (text: string): Cidr | undefined => {
  const slash = text.indexOf('/');
  const ip = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (!ip || !/^(0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const width = ip.family === 4 ? 32 : 128;
  const bits = Number(length);
  if (bits > width) return undefined;
  const size = 1n << BigInt(width - bits);
  const first = (ip.value / size) * size;
  return { family: ip.family, bits, address: ip.value, first, last: first + size - 1n };
};

export const isInside = (ip: Ip, block: Cidr): boolean =>
  ip.family === block.family && ip.value >= block.first && ip.value <= block.last;

export const isOverlapping = (a: Cidr, b: Cidr): boolean =>
  a.family === b.family && a.first <= b.last && b.first <= a.last;

/** Dotted form of an IPv4 number. */
export const printV4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map(shift => ((value >> shift) & 255n).toString()).join('.');

const parseV4 = (text: string): Ip | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256n + BigInt(part);
  }
  return { family: 4, value };
};

const parseV6 = (text: string): Ip | undefined => {
  const halves = text.split('::');
  if (halves.length > 2 || text.length > 45) return undefined;
  const head = toGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? toGroups(halves[1] ?? '', true) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<number>(missing).fill(0), ...tail];
  return { family: 6, value: groups.reduce((sum, group) => sum * 65536n + BigInt(group), 0n) };
};

/** The 16-bit groups of one side of `::`; the last may be a dotted quad when `last` says so. */
const toGroups = (text: string, last: boolean): number[] | undefined => {
  if (text === '') return [];
  const out: number[] = [];
  const parts = text.split(':');
  for (const [at, part] of parts.entries()) {
    const dotted = last && at === parts.length - 1 && part.includes('.') ? parseV4(part) : undefined;
    if (dotted) out.push(Number(dotted.value >> 16n), Number(dotted.value & 65535n));
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) out.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return out;
};
