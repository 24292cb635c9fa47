import { type Cidr, type Ip, parseCidr, parseIp, printV4 } from '../../../base/ip.ts';
import { fn, method, type Overload, once } from '../function.ts';
import { bool, int, opaque, string } from '../type.ts';
import { CelError, Opaque } from '../value.ts';

/** An address; only what Go's netip reads and Kubernetes takes: no zones, no IPv4 in IPv6. */
class IpValue extends Opaque {
  readonly typeName = 'net.IP';
  readonly ip: Ip;
  constructor(ip: Ip) {
    super();
    this.ip = ip;
  }
  equals(other: Opaque): boolean {
    return other instanceof IpValue && other.ip.family === this.ip.family && other.ip.value === this.ip.value;
  }
}

class CidrValue extends Opaque {
  readonly typeName = 'net.CIDR';
  readonly cidr: Cidr;
  constructor(cidr: Cidr) {
    super();
    this.cidr = cidr;
  }
  equals(other: Opaque): boolean {
    if (!(other instanceof CidrValue)) return false;
    const [a, b] = [this.cidr, other.cidr];
    return a.family === b.family && a.bits === b.bits && a.address === b.address;
  }
}

const ipType = opaque('net.IP');
const cidrType = opaque('net.CIDR');

const isMapped = (text: string): boolean => text.includes(':') && text.includes('.');

const readIp = (text: string): Ip | undefined => {
  const ip = isMapped(text) ? undefined : parseIp(text);
  return ip?.family === 6 && ip.value >> 32n === 0xffffn ? undefined : ip;
};

const toIp = (text: string): IpValue => {
  const ip = readIp(text);
  if (!ip)
    throw new CelError(`IP Address ${JSON.stringify(text.slice(0, 100))} parse error during conversion from string`);
  return new IpValue(ip);
};

const readCidr = (text: string): Cidr | undefined => (isMapped(text) ? undefined : parseCidr(text));

const toCidr = (text: string): CidrValue => {
  const cidr = readCidr(text);
  if (!cidr) {
    throw new CelError(
      `network address ${JSON.stringify(text.slice(0, 100))} parse error during conversion from string`,
    );
  }
  return new CidrValue(cidr);
};

/** RFC 5952: lower case, the longest run of zeros shortened. */
const printIp = ({ family, value }: Ip): string => {
  if (family === 4) return printV4(value);
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (groups[start + length] === '0') length += 1;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
};

const within = (ip: Ip, block: string): boolean => {
  const cidr = parseCidr(block);
  return cidr !== undefined && ip.family === cidr.family && ip.value >= cidr.first && ip.value <= cidr.last;
};

const among = (ip: Ip, ...blocks: string[]): boolean => blocks.some(block => within(ip, block));

const holds = (block: Cidr, ip: Ip): boolean =>
  ip.family === block.family && ip.value >= block.first && ip.value <= block.last;

const covers = (outer: Cidr, inner: Cidr): boolean =>
  outer.family === inner.family &&
  outer.bits <= inner.bits &&
  holds(outer, { family: inner.family, value: inner.address });

// Signatures are checked before functions run: the casts below say what they say.
const ipOf = (value: unknown): Ip => (value as IpValue).ip;
const cidrOf = (value: unknown): Cidr => (value as CidrValue).cidr;

const ofIp: readonly Overload[] = [
  fn('ip', [string], ipType, ([a]) => toIp(a as string), { cost: once() }),
  fn('isIP', [string], bool, ([a]) => readIp(a as string) !== undefined, { cost: once() }),
  fn('ip.isCanonical', [string], bool, ([a]) => printIp(toIp(a as string).ip) === a, { cost: once() }),
  fn('string', [ipType], string, ([a]) => printIp(ipOf(a)), { grows: () => 45 }),
  method('family', [ipType], int, ([a]) => BigInt(ipOf(a).family)),
  method('isUnspecified', [ipType], bool, ([a]) => ipOf(a).value === 0n),
  method('isLoopback', [ipType], bool, ([a]) => among(ipOf(a), '127.0.0.0/8', '::1/128')),
  method('isLinkLocalMulticast', [ipType], bool, ([a]) => isLinkLocalMulticast(ipOf(a))),
  method('isLinkLocalUnicast', [ipType], bool, ([a]) => isLinkLocalUnicast(ipOf(a))),
  method('isGlobalUnicast', [ipType], bool, ([a]) => isGlobalUnicast(ipOf(a))),
];

const isLinkLocalMulticast = (ip: Ip): boolean => {
  if (ip.family === 4) return within(ip, '224.0.0.0/24');
  return ((ip.value >> 112n) & 0xff0fn) === 0xff02n;
};

const isLinkLocalUnicast = (ip: Ip): boolean => among(ip, '169.254.0.0/16', 'fe80::/10');

const isGlobalUnicast = (ip: Ip): boolean =>
  ip.value !== 0n &&
  !among(ip, '127.0.0.0/8', '::1/128', '224.0.0.0/4', 'ff00::/8', '255.255.255.255/32') &&
  !isLinkLocalUnicast(ip);

const ofCidr: readonly Overload[] = [
  fn('cidr', [string], cidrType, ([a]) => toCidr(a as string), { cost: once() }),
  fn('isCIDR', [string], bool, ([a]) => readCidr(a as string) !== undefined, { cost: once() }),
  fn('string', [cidrType], string, ([a]) => printCidr(cidrOf(a)), { grows: () => 49 }),
  method('containsIP', [cidrType, ipType], bool, ([a, b]) => holds(cidrOf(a), ipOf(b)), { cost: () => 3 }),
  method('containsIP', [cidrType, string], bool, ([a, b]) => holds(cidrOf(a), toIp(b as string).ip), { cost: once(1) }),
  method('containsCIDR', [cidrType, cidrType], bool, ([a, b]) => covers(cidrOf(a), cidrOf(b)), { cost: () => 3 }),
  method('containsCIDR', [cidrType, string], bool, ([a, b]) => covers(cidrOf(a), toCidr(b as string).cidr), {
    cost: once(1),
  }),
  method('ip', [cidrType], ipType, ([a]) => new IpValue({ family: cidrOf(a).family, value: cidrOf(a).address })),
  method('masked', [cidrType], cidrType, ([a]) => new CidrValue({ ...cidrOf(a), address: cidrOf(a).first })),
  method('prefixLength', [cidrType], int, ([a]) => BigInt(cidrOf(a).bits)),
];

const printCidr = ({ family, address, bits }: Cidr): string => `${printIp({ family, value: address })}/${bits}`;

/** Kubernetes' address libraries `ip` and `cidr`. */
export const addresses: readonly Overload[] = [...ofIp, ...ofCidr];
