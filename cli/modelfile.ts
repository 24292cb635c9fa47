import { PhyIoMemberUsage, PhyIoType } from '../shared/eve/generated/common.ts';
import { kubeve } from '../shared/resources/kubeve/group.ts';

/**
 * The DeviceModel that one of EVE's hardware model files describes. Names and numbers of types are both read; what a device
 * must not be told (`usagePolicy`, which makes it ignore the costs of ports) becomes a cost. Throws when it is no such file.
 */
export const toDeviceModel = (text: string, name: string): object => {
  const file = toMap(JSON.parse(text), 'the file');
  const members = file['ioMemberList'];
  if (!Array.isArray(members) || members.length === 0) throw new Error('is no hardware model: it has no ioMemberList');
  const attributes = Object.entries(toMap(file['attr'] ?? {}, 'attr')).map(([key, value]) => [key, String(value)]);
  const [manufacturer, product] = split(texts(file['productName']) ?? texts(file['name']));
  return {
    apiVersion: `${kubeve.group}/${kubeve.version}`,
    kind: 'DeviceModel',
    metadata: { name },
    spec: clean({
      manufacturer: texts(file['manufacturer']) ?? manufacturer,
      productName: product,
      architecture: architectures.get(String(file['arch'] ?? file['type'] ?? '').toUpperCase()),
      url: texts(file['productURL']),
      attributes: attributes.length > 0 ? Object.fromEntries(attributes) : undefined,
      adapters: unique(members.map((one, at) => toAdapter(toMap(one, `ioMemberList[${at}]`), `ioMemberList[${at}]`))),
    }),
  };
};

const architectures = new Map([
  ['2', 'amd64'],
  ['4', 'arm64'],
  ['AMD64', 'amd64'],
  ['ARM64', 'arm64'],
]);

interface Adapter {
  readonly name: string;
  readonly [field: string]: unknown;
}

const toAdapter = (one: Record<string, unknown>, path: string): Adapter => {
  const name = texts(one['logicallabel']) ?? texts(one['phylabel']);
  if (name === undefined) throw new Error(`${path} has no label`);
  const functions = toMap(one['vfs'] ?? {}, `${path}.vfs`)['count'];
  return {
    name,
    ...clean({
      ptype: typeOf(one['ztype'], path),
      phylabel: texts(one['phylabel']) === name ? undefined : texts(one['phylabel']),
      phyaddrs: strings(one['phyaddrs']),
      // An empty group says that it cannot be assigned, an absent one nothing.
      assigngrp: typeof one['assigngrp'] === 'string' && one['assigngrp'] !== name ? one['assigngrp'] : undefined,
      parentassigngrp: texts(one['parentassigngrp']),
      usage: usageOf(one['usage'], path),
      cost: costOf(one),
      cbattr: strings(one['cbattr']),
      virtualFunctions: typeof functions === 'number' && functions > 0 ? { count: functions } : undefined,
    }),
  };
};

const typeNames = Object.entries(PhyIoType).map(([name, number]) => [name.replace(/^PhyIo/, ''), number] as const);

/** How controllers and old files spell types, beside EVE's own names. */
const otherNames: Readonly<Record<string, string>> = {
  ETH: 'NetEth',
  WLAN: 'NetWLAN',
  WWAN: 'NetWWAN',
  LTE: 'NetWWAN',
  ETH_PF: 'NetEthPF',
  ETH_VF: 'NetEthVF',
  STORAGE_NVME_DEVICE: 'NVMEStorage',
  STORAGE_SATA_DEVICE: 'SATAStorage',
  USB_CONTROLLER: 'USBController',
  USB_DEVICE: 'USBDevice',
};

const typeOf = (value: unknown, path: string): string => {
  const text = String(value).replace(/^(PhyIo|IO_TYPE_)/i, '');
  const named = otherNames[text.toUpperCase()] ?? text;
  const found = typeNames.find(([name, number]) => number === value || name.toLowerCase() === named.toLowerCase());
  if (!found) throw new Error(`${path} has the unknown type ${JSON.stringify(value)}`);
  return found[0];
};

const usageOf = (value: unknown, path: string): string | undefined => {
  if (value === undefined || value === 0) return undefined;
  const found = Object.entries(PhyIoMemberUsage).find(
    ([name, number]) => number === value || name.toLowerCase() === String(value).toLowerCase(),
  );
  if (!found) throw new Error(`${path} has the unknown usage ${JSON.stringify(value)}`);
  return found[0].replace(/^PhyIoUsage/, '');
};

/** Old files say only whether a port is free. */
const costOf = (one: Record<string, unknown>): number | undefined => {
  const cost = one['cost'];
  if (typeof cost === 'number' && cost > 0) return cost;
  const policy = one['usagePolicy'];
  return policy !== null && typeof policy === 'object' && 'freeUplink' in policy && policy.freeUplink === false
    ? 1
    : undefined;
};

/** Several members with one label (sockets of one USB controller) need names of their own. */
const unique = (adapters: readonly Adapter[]): Adapter[] => {
  const seen = new Map<string, number>();
  return adapters.map(one => {
    const count = (seen.get(one.name) ?? 0) + 1;
    seen.set(one.name, count);
    return count === 1 ? one : { ...one, name: `${one.name}-${count}`, phylabel: one['phylabel'] ?? one.name };
  });
};

const split = (name: string | undefined): [string | undefined, string | undefined] => {
  const [maker, ...product] = name?.split('.') ?? [];
  return product.length > 0 ? [maker, product.join('.')] : [undefined, name];
};

const texts = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const strings = (value: unknown): Record<string, string> | undefined => {
  if (value === null || typeof value !== 'object') return undefined;
  const entries = Object.entries(value).map(([key, item]) => [key, String(item)]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
};

const toMap = (value: unknown, what: string): Record<string, unknown> => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error(`${what} is no JSON object`);
  return value as Record<string, unknown>; // just looked at
};

const clean = (map: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));
