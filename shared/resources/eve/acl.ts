import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import { parseCidr, parseIp } from '../../base/ip.ts';
import { cause, type Path } from '../../base/path.ts';
import { port } from './fields.ts';

/** One rule of what an application's interface may send and receive. Every list ends with: nothing else. */
export const rule = () =>
  z.object({
    name: z.string().max(63).optional().describe('Name of the rule; flow logs show it.'),
    ip: z.string().optional().describe('Address or subnet of the other end.'),
    host: z.string().max(253).optional().describe('Name of the other end, with its subdomains.'),
    eidset: z.boolean().optional().describe('All applications and static names of the network.'),
    protocol: z.string().max(32).optional().describe('tcp, udp, icmp, all, a name of /etc/protocols, or a number.'),
    localPort: z
      .string()
      .max(11)
      .optional()
      .describe('Port of the application; for a port map, the port on the device.'),
    remotePort: z.string().max(11).optional().describe('Port of the other end.'),
    adapter: z.string().max(63).optional().describe('Shared label of the ports that the rule is for.'),
    direction: z.enum(['Both', 'Ingress', 'Egress']).optional().describe('Seen from the application. Default Both.'),
    drop: z.boolean().optional().describe('Whether what matches is dropped. On networks of type switch.'),
    mapTo: port().optional().describe('Maps localPort on the device to this port of the application.'),
    limit: z
      .object({
        rate: z.int().min(1).max(4294967295).describe('Packets.'),
        per: z.enum(['s', 'm', 'h']).describe('In a second, a minute or an hour.'),
        burst: z.int().min(1).max(4294967295).optional().describe('Packets at once before the limit counts.'),
      })
      .optional()
      .describe('So many packets at most.'),
  });

export type Rule = z.infer<ReturnType<typeof rule>>;

/** What a kind of network cannot do with a rule: the field, and why. Devices do not say so, they only do not do it. */
export const misplaced = (one: Rule, network: 'local' | 'switch'): { field: keyof Rule; why: string } | undefined => {
  if (network === 'local')
    return one.drop
      ? { field: 'drop', why: 'a local network drops what no rule allows; list what is allowed' }
      : undefined;
  if (one.host !== undefined) return { field: 'host', why: 'only a local network knows names' };
  if (one.eidset) return { field: 'eidset', why: 'only a local network knows its applications' };
  if (one.mapTo !== undefined) return { field: 'mapTo', why: 'only a local network maps ports' };
  return undefined;
};

const protocolForm = /^(\d{1,3}|[a-z][a-z0-9-]{0,30})$/;

/** What is wrong with a rule (EVE reference §6.8, ACE). `network`: the kind of network that it is for, where that is known. */
export const checkRule = (one: Rule, path: Path, network?: 'local' | 'switch'): Cause[] => {
  const causes: Cause[] = [];
  const wrong = network && misplaced(one, network);
  if (wrong) causes.push(cause.forbidden([...path, wrong.field], wrong.why));
  if (one.protocol !== undefined && (!protocolForm.test(one.protocol) || Number(one.protocol) > 255))
    causes.push(
      cause.invalid(
        [...path, 'protocol'],
        one.protocol,
        'must be tcp, udp, icmp, all, the name of a protocol, or a number to 255',
      ),
    );
  if (one.adapter !== undefined && one.direction === 'Egress')
    causes.push(cause.forbidden([...path, 'adapter'], 'is for what comes in'));
  if (one.ip !== undefined && !parseIp(one.ip) && !parseCidr(one.ip))
    causes.push(cause.invalid([...path, 'ip'], one.ip, 'must be an address or a subnet'));
  if (one.host !== undefined && one.eidset)
    causes.push(cause.forbidden([...path, 'eidset'], 'may not be set together with host'));
  if ((one.localPort ?? one.remotePort) !== undefined && !one.protocol)
    causes.push(cause.required([...path, 'protocol'], 'a port needs its protocol'));
  if (one.mapTo !== undefined) {
    if (!one.localPort) causes.push(cause.required([...path, 'localPort'], 'a port map needs the port on the device'));
    if (one.remotePort) causes.push(cause.forbidden([...path, 'remotePort'], 'may not be used in a port map'));
    if (one.protocol && one.protocol !== 'tcp' && one.protocol !== 'udp')
      causes.push(cause.notSupported([...path, 'protocol'], one.protocol, ['tcp', 'udp']));
  }
  if ([one.drop ? 1 : 0, one.mapTo === undefined ? 0 : 1, one.limit ? 1 : 0].reduce((a, b) => a + b, 0) > 1)
    causes.push(cause.forbidden(path, 'only one of drop, mapTo and limit may be set'));
  return causes.concat(
    checkPort(one.localPort, [...path, 'localPort']),
    checkPort(one.remotePort, [...path, 'remotePort']),
  );
};

const checkPort = (text: string | undefined, path: Path): Cause[] => {
  if (text === undefined) return [];
  const [from, to = from, more] = text.split('-');
  const valid = [from, to].every(one => /^\d{1,5}$/.test(one ?? '') && Number(one) >= 1 && Number(one) <= 65535);
  return valid && more === undefined && Number(from) <= Number(to)
    ? []
    : [cause.invalid(path, text, 'must be a port or a range of ports, e.g. 80 or 8000-8010')];
};
