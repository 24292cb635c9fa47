import * as z from 'zod';
import { parseCertificate } from '../../base/certificate.ts';
import type { Cause } from '../../base/fault.ts';
import { parseCidr, parseIp } from '../../base/ip.ts';
import { cause, type Path } from '../../base/path.ts';

/** The group that all kinds of the specification live in. */
export const eve = { group: 'eve.lfedge.org', version: 'v1beta1' } as const;

/** A name of another object in the same namespace. */
export const nameOf = (kind: string) => z.string().min(1).max(253).describe(`Name of a ${kind} in the same namespace.`);

/** `{name, key}` of an object with `data`. */
export const keyOf = (kind: 'Secret' | 'ConfigMap') =>
  z
    .object({
      name: z.string().min(1).describe(`Name of the ${kind}, in the same namespace.`),
      key: z.string().min(1).describe('Key within its data.'),
    })
    .describe(`A key of a ${kind} in the same namespace.`);

/** `{name, key}` of a Secret. */
export const secretKey = () => keyOf('Secret');

export const counter = (what: string) =>
  z
    .object({
      counter: z
        .int()
        .min(0)
        .max(4294967295)
        .describe(`Raise it, and the device does it once: ${what}. It never goes down.`),
    })
    .describe(`Command by counter. With every higher value the device does it once: ${what}.`);

export const port = () => z.int().min(1).max(65535);

/** Reports a text that is no certificate. */
export const checkCertificate = (text: string | undefined, path: Path): Cause[] =>
  text === undefined || text === '' || parseCertificate(text)
    ? []
    : [
        cause.invalid(
          path,
          text.length > 40 ? `${text.slice(0, 40)}…` : text,
          'must be an X.509 certificate: base64 of PEM, or PEM',
        ),
      ];

/** Reports a text that is no address; `family` restricts it. */
export const checkIp = (text: string | undefined, path: Path, family?: 4 | 6): Cause[] => {
  if (text === undefined || text === '') return [];
  const ip = parseIp(text);
  if (!ip) return [cause.invalid(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
  return family && ip.family !== family ? [cause.invalid(path, text, `must be an IPv${family} address`)] : [];
};

const macForm = /^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$/;

/** Reports a text that is no MAC address of one machine. */
export const checkMac = (text: string | undefined, path: Path): Cause[] => {
  if (text === undefined || text === '') return [];
  if (!macForm.test(text)) return [cause.invalid(path, text, 'must be a MAC address, (e.g. 02:00:5e:10:00:01)')];
  const isGroup = (Number.parseInt(text.slice(0, 2), 16) & 1) === 1;
  return isGroup ? [cause.invalid(path, text, 'must not be a multicast address')] : [];
};

export const checkCidr = (text: string | undefined, path: Path, family?: 4 | 6): Cause[] => {
  if (text === undefined || text === '') return [];
  const block = parseCidr(text);
  if (!block) return [cause.invalid(path, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];
  return family && block.family !== family ? [cause.invalid(path, text, `must be an IPv${family} subnet`)] : [];
};

/** Reports names that occur twice in a list of named things. */
export const checkUnique = (names: readonly (string | undefined)[], path: Path, field = 'name'): Cause[] => {
  const seen = new Set<string>();
  const causes: Cause[] = [];
  names.forEach((name, at) => {
    if (name === undefined) return;
    if (seen.has(name)) causes.push(cause.duplicate(field === '' ? [...path, at] : [...path, at, field], name));
    seen.add(name);
  });
  return causes;
};
