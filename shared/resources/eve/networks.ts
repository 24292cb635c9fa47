import type { Cause } from '../../base/fault.ts';
import { parseIp } from '../../base/ip.ts';
import type { ObjectMeta } from '../../base/object.ts';
import { cause } from '../../base/path.ts';

export const networksAnnotation = 'k8s.v1.cni.cncf.io/networks';

/** One network that an Application asks for, in NIC order. */
export interface NetworkChoice {
  readonly name: string;
  readonly namespace?: string;
  readonly interface?: string;
  readonly ips?: readonly string[];
  readonly mac?: string;
}

/**
 * Reads `k8s.v1.cni.cncf.io/networks`: a comma list of `name`, `ns/name`, `name@interface`, or the JSON list of the
 * multi-network standard. A text answers what is wrong with it.
 */
export const parseNetworks = (text: string | undefined): readonly NetworkChoice[] | string => {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return [];
  return trimmed.startsWith('[') ? parseJson(trimmed) : parseList(trimmed);
};

/** What is wrong with the annotation of an object. */
export const checkNetworks = (metadata: ObjectMeta): Cause[] => {
  const text = metadata.annotations?.[networksAnnotation];
  const networks = parseNetworks(text);
  return typeof networks === 'string'
    ? [cause.invalid(['metadata', 'annotations', { key: networksAnnotation }], text, networks)]
    : [];
};

const nameForm = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const macForm = /^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$/;

const parseList = (text: string): readonly NetworkChoice[] | string => {
  const out: NetworkChoice[] = [];
  for (const item of text.split(',')) {
    const match = /^\s*(?:([^/@\s]+)\/)?([^/@\s]+)(?:@([^/@\s]+))?\s*$/.exec(item);
    const choice = match?.[2] === undefined ? undefined : toChoice(match[2], match[1], match[3]);
    if (!choice || typeof choice === 'string')
      return choice ?? `"${item.trim()}" is not name, namespace/name or name@interface`;
    out.push(choice);
  }
  return out;
};

const parseJson = (text: string): readonly NetworkChoice[] | string => {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return 'must be a comma list of networks, or valid JSON';
  }
  if (!Array.isArray(list) || list.length > 64) return 'must be a list of at most 64 networks';
  const out: NetworkChoice[] = [];
  for (const item of list) {
    const choice = fromJson(item);
    if (typeof choice === 'string') return choice;
    out.push(choice);
  }
  return out;
};

const fromJson = (item: unknown): NetworkChoice | string => {
  if (item === null || typeof item !== 'object') return 'every network must be an object with a name';
  // Read field by field below; nothing is believed of it.
  const { name, namespace, interface: nic, ips, mac } = item as Record<string, unknown>;
  if (typeof name !== 'string') return 'every network needs a name';
  const choice = toChoice(name, optional(namespace), optional(nic));
  if (typeof choice === 'string') return choice;
  if (mac !== undefined && (typeof mac !== 'string' || !macForm.test(mac)))
    return `the mac of "${name}" is not a MAC address`;
  const addresses = ips === undefined ? [] : Array.isArray(ips) ? ips.map(ip => String(ip).split('/')[0] ?? '') : ['-'];
  if (!addresses.every(ip => parseIp(ip))) return `ips of "${name}" must be a list of addresses`;
  return {
    ...choice,
    ...(addresses.length > 0 ? { ips: addresses } : {}),
    ...(typeof mac === 'string' ? { mac } : {}),
  };
};

const optional = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const toChoice = (name: string, namespace?: string, nic?: string): NetworkChoice | string => {
  if (!nameForm.test(name)) return `"${name}" is not a valid name`;
  if (namespace !== undefined && !nameForm.test(namespace)) return `"${namespace}" is not a valid namespace`;
  if (nic !== undefined && (nic.length > 15 || !/^[A-Za-z0-9._-]+$/.test(nic)))
    return `"${nic}" is not a valid interface name`;
  return { name, ...(namespace === undefined ? {} : { namespace }), ...(nic === undefined ? {} : { interface: nic }) };
};
