import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import { cause, type Path } from '../../base/path.ts';
import { checkIp, checkMac, checkUnique } from './fields.ts';

/** EVE's types of physical I/O, without their prefix `PhyIo`. */
export const portTypes = [
  'Noop',
  'NetEth',
  'USB',
  'COM',
  'Audio',
  'NetWLAN',
  'NetWWAN',
  'HDMI',
  'NVMEStorage',
  'SATAStorage',
  'NetEthPF',
  'NetEthVF',
  'USBController',
  'USBDevice',
  'CAN',
  'VCAN',
  'LCAN',
  'Other',
] as const;

/** EVE's usages of physical I/O, without their prefix `PhyIoUsage`. */
export const portUsages = ['None', 'MgmtAndApps', 'Shared', 'Dedicated', 'Disabled', 'MgmtOnly'] as const;

/** How EVE uses a network port, VLAN or bond: EVE's SystemAdapter. */
const adapterFields = () => ({
  cost: z
    .int()
    .min(0)
    .max(255)
    .optional()
    .describe('0: free and preferred; ports that cost more are used when cheaper ones fail.'),
  address: z.string().optional().describe('Static address on a network whose ip is static.'),
  alias: z.string().max(63).optional().describe('Another name, for display.'),
  sharedLabels: z
    .array(z.string().min(1).max(63))
    .max(32)
    .optional()
    .describe('Labels by which network instances may pick this port among others.'),
  allowLocalModifications: z.boolean().optional().describe('A local profile server may change the IP settings.'),
});

const virtualFunction = () =>
  z.object({
    index: z.int().min(0).max(255).describe('Number of the function.'),
    mac: z.string().optional().describe('Its MAC address.'),
    vlanId: z.int().min(0).max(4094).optional().describe('Its VLAN.'),
  });

/** One physical input or output: EVE's PhysicalIO, and for network ports its SystemAdapter. */
export const adapter = () =>
  z.object({
    name: z.string().min(1).max(63).describe('Logical label: the name used everywhere else.'),
    ptype: z.enum(portTypes).describe('What it is, as EVE names it: NetEth, NetWLAN, NetWWAN, USB, COM, HDMI, …'),
    phylabel: z.string().max(63).optional().describe('What is printed on the case; default the name.'),
    phyaddrs: z
      .record(z.string(), z.string())
      .optional()
      .describe('Where it is: Ifname, PciLong, Serial, Irq, Ioports, UsbAddr, UsbProduct.'),
    assigngrp: z
      .string()
      .max(63)
      .optional()
      .describe(
        'All I/O of one group is given to an application together; empty: cannot be assigned. Default the name.',
      ),
    parentassigngrp: z.string().max(63).optional().describe('Group that this one belongs to: given away together.'),
    usage: z
      .enum(portUsages)
      .optional()
      .describe('Who uses it. Default: MgmtAndApps for network ports, Dedicated for everything else.'),
    cbattr: z.record(z.string(), z.string()).optional().describe('Free attributes of the hardware model.'),
    virtualFunctions: z
      .object({
        count: z.int().min(0).max(255).describe('How many.'),
        data: z.array(virtualFunction()).max(255).optional().describe('Settings of single ones.'),
      })
      .optional()
      .describe('SR-IOV functions to create on a NetEthPF port.'),
    ...adapterFields(),
  });

/** An adapter of a Device: what its model does not say, or says otherwise. */
export const ownAdapter = () =>
  adapter().extend({
    ptype: z
      .enum(portTypes)
      .optional()
      .describe("What it is, as EVE names it: NetEth, NetWLAN, NetWWAN, USB, COM, HDMI, … Default: the model's."),
  });

export const vlan = () =>
  z.object({
    name: z.string().min(1).max(63).describe('Logical label.'),
    interfaceName: z.string().min(1).max(15).optional().describe('Linux interface name; default the logical label.'),
    parent: z.string().min(1).describe('Logical label of the port or bond underneath.'),
    id: z.int().min(1).max(4094).describe('Number of the VLAN.'),
    ...adapterFields(),
  });

export const bondModes = [
  'BalanceRR',
  'ActiveBackup',
  'BalanceXOR',
  'Broadcast',
  '802.3AD',
  'BalanceTLB',
  'BalanceALB',
] as const;

export const bond = () =>
  z.object({
    name: z.string().min(1).max(63).describe('Logical label.'),
    interfaceName: z
      .string()
      .min(1)
      .max(15)
      .optional()
      .describe('Linux interface name; default the logical label. Not bond0.'),
    members: z.array(z.string().min(1)).min(1).max(16).describe('Logical labels of the ports that are joined.'),
    mode: z.enum(bondModes).describe('How traffic is spread, as Linux names it.'),
    lacpRate: z.enum(['Slow', 'Fast']).optional().describe('With 802.3AD: how often partners talk.'),
    mii: z
      .object({
        interval: z.int().min(0).describe('Between two looks; 0: none.'),
        upDelay: z.int().min(0).optional().describe('Before a link that came up is used.'),
        downDelay: z.int().min(0).optional().describe('Before a link that went down is given up.'),
      })
      .optional()
      .describe('Link monitoring, milliseconds.'),
    arp: z
      .object({
        interval: z.int().min(0).describe('Between two requests; 0: none.'),
        targets: z.array(z.string()).min(1).max(16).describe('Addresses that are asked.'),
      })
      .optional()
      .describe('Monitoring by ARP requests, milliseconds.'),
    ...adapterFields(),
  });

export type AdapterSpec = z.infer<ReturnType<typeof adapter>>;
export type OwnAdapterSpec = z.infer<ReturnType<typeof ownAdapter>>;
export type VlanSpec = z.infer<ReturnType<typeof vlan>>;
export type BondSpec = z.infer<ReturnType<typeof bond>>;

export interface Ports {
  /** Name of the DeviceModel with further adapters. */
  model?: string | undefined;
  adapters?: OwnAdapterSpec[] | undefined;
  vlans?: VlanSpec[] | undefined;
  bonds?: BondSpec[] | undefined;
}

/** All that is wrong with a device's ports, VLANs and bonds (EVE reference §6.2, §6.3). */
export const checkPorts = (ports: Ports, path: Path): Cause[] => [
  ...checkLabels(ports, path),
  ...(ports.adapters ?? []).flatMap((port, at) => checkAdapter(port, ports.model, [...path, 'adapters', at])),
  ...(ports.vlans ?? []).flatMap((one, at) => checkVlan(one, ports, [...path, 'vlans', at])),
  ...(ports.bonds ?? []).flatMap((one, at) => checkBond(one, ports, [...path, 'bonds', at])),
];

const ethernets: readonly string[] = ['NetEth', 'NetEthPF', 'NetEthVF'];

const reserved = ['all', 'uplink', 'freeuplink'];

const checkLabels = (ports: Ports, path: Path): Cause[] => {
  const lists = [
    ['adapters', ports.adapters],
    ['vlans', ports.vlans],
    ['bonds', ports.bonds],
  ] as const;
  const seen = new Set<string>();
  const causes: Cause[] = [];
  for (const [field, list] of lists)
    for (const [at, { name, sharedLabels = [] }] of (list ?? []).entries()) {
      if (seen.has(name)) causes.push(cause.duplicate([...path, field, at, 'name'], name));
      if (reserved.includes(name))
        causes.push(cause.invalid([...path, field, at, 'name'], name, 'is a label that EVE gives itself'));
      seen.add(name);
      for (const [n, label] of sharedLabels.entries())
        if (reserved.includes(label))
          causes.push(
            cause.invalid([...path, field, at, 'sharedLabels', n], label, 'is a label that EVE gives itself'),
          );
    }
  for (const [field, list] of lists)
    for (const [at, { sharedLabels = [] }] of (list ?? []).entries())
      for (const [n, label] of sharedLabels.entries())
        if (seen.has(label))
          causes.push(cause.invalid([...path, field, at, 'sharedLabels', n], label, 'is the name of a port'));
  return causes;
};

const checkAdapter = (port: OwnAdapterSpec, model: string | undefined, path: Path): Cause[] => {
  const causes = checkIp(port.address, [...path, 'address']);
  if (!port.ptype && model === undefined)
    causes.push(cause.required([...path, 'ptype'], 'there is no model to say it'));
  const functions = port.virtualFunctions;
  if (functions?.data && functions.data.length > functions.count)
    causes.push(cause.tooMany([...path, 'virtualFunctions', 'data'], functions.data.length, functions.count));
  causes.push(
    ...checkUnique(
      (functions?.data ?? []).map(({ index }) => String(index)),
      [...path, 'virtualFunctions', 'data'],
      'index',
    ),
  );
  for (const [at, { mac }] of (functions?.data ?? []).entries())
    causes.push(...checkMac(mac, [...path, 'virtualFunctions', 'data', at, 'mac']));
  const name = Object.entries(port.phyaddrs ?? {}).find(([key]) => key.toLowerCase() === 'ifname')?.[1];
  if (name !== undefined && name.length > 15)
    causes.push(cause.invalid([...path, 'phyaddrs', { key: 'Ifname' }], name, 'must be no more than 15 characters'));
  return causes;
};

/** Whether the Device itself says which ports it has; else its model does. */
const isComplete = ({ model, adapters = [] }: Ports): boolean => model === undefined && adapters.length > 0;

const checkVlan = (one: VlanSpec, ports: Ports, path: Path): Cause[] => {
  const parents = [...(ports.adapters ?? []), ...(ports.bonds ?? [])].map(({ name }) => name);
  const causes = checkIp(one.address, [...path, 'address']);
  if (isComplete(ports) && !parents.includes(one.parent)) causes.push(cause.notFound([...path, 'parent'], one.parent));
  if (ports.vlans?.some(({ name }) => name === one.parent))
    causes.push(cause.invalid([...path, 'parent'], one.parent, 'must be a port or a bond, not another VLAN'));
  if (ports.bonds?.some(({ members }) => members.includes(one.parent)))
    causes.push(cause.invalid([...path, 'parent'], one.parent, 'is part of a bond; put the VLAN on the bond'));
  if (ports.vlans?.some(other => other !== one && other.parent === one.parent && other.id === one.id))
    causes.push(cause.duplicate([...path, 'id'], one.id));
  return causes.concat(checkInterface(one, path));
};

const checkBond = (one: BondSpec, ports: Ports, path: Path): Cause[] => {
  const causes = [
    ...checkIp(one.address, [...path, 'address']),
    ...checkInterface(one, path),
    ...checkUnique(one.members, [...path, 'members'], ''),
  ];
  const adapters = ports.adapters ?? [];
  for (const [at, member] of one.members.entries()) {
    const port = adapters.find(({ name }) => name === member);
    const field = [...path, 'members', at];
    if (!port && isComplete(ports)) causes.push(cause.notFound(field, member));
    if (port?.ptype && !ethernets.includes(port.ptype))
      causes.push(cause.invalid(field, member, 'only Ethernet ports can be joined'));
    if (ports.bonds?.some(other => other !== one && other.members.includes(member)))
      causes.push(cause.invalid(field, member, 'is part of another bond'));
  }
  if (one.lacpRate && one.mode !== '802.3AD')
    causes.push(cause.forbidden([...path, 'lacpRate'], 'only a bond in mode 802.3AD has it'));
  if (one.arp && ['802.3AD', 'BalanceTLB', 'BalanceALB'].includes(one.mode))
    causes.push(cause.forbidden([...path, 'arp'], `a bond in mode ${one.mode} is watched by mii`));
  if (one.mii && one.arp) causes.push(cause.forbidden([...path, 'arp'], 'may not be set together with mii'));
  for (const [at, target] of (one.arp?.targets ?? []).entries())
    causes.push(...checkIp(target, [...path, 'arp', 'targets', at]));
  return causes;
};

const checkInterface = (one: { name: string; interfaceName?: string | undefined }, path: Path): Cause[] => {
  const name = one.interfaceName ?? one.name;
  const field = [...path, one.interfaceName === undefined ? 'name' : 'interfaceName'];
  if (name === 'bond0') return [cause.invalid(field, name, 'is reserved by Linux')];
  if (name.length > 15) return [cause.invalid(field, name, 'a Linux interface name has no more than 15 characters')];
  return [];
};
