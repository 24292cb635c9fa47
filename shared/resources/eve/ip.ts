import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import { isInside, parseCidr, parseIp } from '../../base/ip.ts';
import { cause, type Path } from '../../base/path.ts';
import { checkCidr, checkIp } from './fields.ts';

/** IP settings shared by networks of devices and of applications. */
export const ipFields = () => ({
  subnet: z.string().optional().describe('Subnet in CIDR form, e.g. 10.1.0.0/24.'),
  gateway: z.string().optional().describe('Address of the gateway, inside the subnet.'),
  domain: z.string().max(253).optional().describe('DNS search domain.'),
  dns: z.array(z.string()).max(16).optional().describe('Addresses of DNS servers.'),
  ntp: z.array(z.string().min(1).max(253)).max(16).optional().describe('NTP servers, names or addresses.'),
  range: z
    .object({ start: z.string().min(1).describe('The first.'), end: z.string().min(1).describe('The last.') })
    .optional()
    .describe('Addresses handed out by DHCP, first and last.'),
  dnsEntries: z
    .array(
      z.object({
        hostname: z.string().min(1).max(253).describe('The name.'),
        addresses: z.array(z.string()).min(1).max(16).describe('Its addresses.'),
      }),
    )
    .max(256)
    .optional()
    .describe('Static names and their addresses.'),
});

export interface IpFields {
  subnet?: string | undefined;
  gateway?: string | undefined;
  domain?: string | undefined;
  dns?: string[] | undefined;
  ntp?: string[] | undefined;
  range?: { start: string; end: string } | undefined;
  dnsEntries?: { hostname: string; addresses: string[] }[] | undefined;
}

/** All that is wrong with IP settings: forms, families, and what must lie inside the subnet. */
export const checkIpFields = (ip: IpFields, path: Path, family?: 4 | 6): Cause[] => [
  ...checkCidr(ip.subnet, [...path, 'subnet'], family),
  ...checkIp(ip.gateway, [...path, 'gateway'], family),
  ...(ip.dns ?? []).flatMap((one, at) => checkIp(one, [...path, 'dns', at])),
  ...checkIp(ip.range?.start, [...path, 'range', 'start'], family),
  ...checkIp(ip.range?.end, [...path, 'range', 'end'], family),
  ...(ip.dnsEntries ?? []).flatMap((entry, at) =>
    entry.addresses.flatMap((one, n) => checkIp(one, [...path, 'dnsEntries', at, 'addresses', n])),
  ),
  ...checkInside(ip, path),
];

const checkInside = (ip: IpFields, path: Path): Cause[] => {
  const block = ip.subnet === undefined ? undefined : parseCidr(ip.subnet);
  const named: [string | undefined, Path][] = [
    [ip.gateway, [...path, 'gateway']],
    [ip.range?.start, [...path, 'range', 'start']],
    [ip.range?.end, [...path, 'range', 'end']],
  ];
  const causes: Cause[] = [];
  for (const [text, at] of named) {
    const one = text === undefined ? undefined : parseIp(text);
    if (one && block && !isInside(one, block))
      causes.push(cause.invalid(at, text, `must be inside the subnet ${ip.subnet}`));
  }
  const start = parseIp(ip.range?.start ?? '');
  const end = parseIp(ip.range?.end ?? '');
  const gateway = parseIp(ip.gateway ?? '');
  if (start && end && (start.family !== end.family || start.value > end.value))
    causes.push(cause.invalid([...path, 'range', 'end'], ip.range?.end, 'must not come before the start'));
  else if (start && end && gateway && gateway.value >= start.value && gateway.value <= end.value)
    causes.push(cause.invalid([...path, 'gateway'], ip.gateway, 'must not lie inside the range'));
  return causes;
};
