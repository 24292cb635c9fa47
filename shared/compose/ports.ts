import { BondMode, LacpRate, PhyIoMemberUsage, PhyIoType } from '../eve/generated/common.ts';
import type { BondAdapter, EthVF, PhysicalIO, VlanAdapter } from '../eve/generated/config.ts';
import type { AdapterSpec, BondSpec, VlanSpec } from '../resources/eve/adapters.ts';
import { isNetwork, usageOf } from '../resources/eve/portusage.ts';
import type { Draft } from './draft.ts';
import { adaptersOf } from './hardware.ts';

/** A place where a network may be put: a port, a VLAN or a bond. */
export interface Port {
  readonly label: string;
  readonly settings: Pick<AdapterSpec, 'cost' | 'address' | 'alias' | 'sharedLabels' | 'allowLocalModifications'>;
  /** May EVE itself use it? */
  readonly management: boolean;
  /** May it have a network at all: not given away, not switched off, no member of a bond. */
  readonly usable: boolean;
  readonly ptype: number;
}

/** Puts the device's I/O, VLANs and bonds into the configuration; returns the places for networks in order. */
export const addPorts = (draft: Draft): Port[] => {
  const physical = adaptersOf(draft);
  const { bonds, vlans } = upperOf(draft, physical);
  draft.config.deviceIoList.push(...physical.map(toPhysicalIO));
  draft.config.vlans.push(...vlans.map(toVlan));
  draft.config.bonds.push(...bonds.map(toBond));
  const bonded = new Set(bonds.flatMap(({ members }) => members));
  const base = physical.filter(one => isNetwork(one.ptype)).map(one => fromPhysical(one, bonded));
  const joined = bonds.map(
    (one): Port =>
      fromUpper(
        one,
        one.members.map(member => base.find(({ label }) => label === member)),
      ),
  );
  const lower = [...base, ...joined];
  return [...lower, ...vlans.map((one): Port => fromUpper(one, [lower.find(({ label }) => label === one.parent)]))];
};

/** Bonds and VLANs that stand on ports which there are; the others are told, and change nothing on the device. */
const upperOf = (draft: Draft, physical: readonly AdapterSpec[]): { bonds: BondSpec[]; vlans: VlanSpec[] } => {
  const { device, uuid } = draft.from;
  const places = new Map(physical.map(({ name, ptype }) => [name, ptype]));
  const stands = (path: string, below: readonly string[], on: { has(name: string): boolean }): boolean => {
    const missing = below.filter(name => !on.has(name));
    if (missing.length === 0) return true;
    const message = `${path}: the device has no port "${missing.join('", "')}"`;
    draft.problems.push({ about: device, reason: 'ReferenceNotFound', message, lacks: [uuid] });
    return false;
  };
  const bonds = (device.spec?.bonds ?? []).filter((one, at) =>
    stands(`spec.bonds[${at}].members`, one.members, places),
  );
  const parents = new Set([...places.keys(), ...bonds.map(({ name }) => name)]);
  const vlans = (device.spec?.vlans ?? []).filter((one, at) =>
    stands(`spec.vlans[${at}].parent`, [one.parent], parents),
  );
  return { bonds, vlans };
};

const fromPhysical = (one: AdapterSpec, bonded: Set<string>): Port => {
  const usage = usageOf(one);
  const free = !bonded.has(one.name);
  return {
    label: one.name,
    settings: one,
    management: free && (usage === 'MgmtAndApps' || usage === 'MgmtOnly'),
    usable: free && (usage === 'MgmtAndApps' || usage === 'MgmtOnly' || usage === 'Shared'),
    ptype: physicalType(one.ptype),
  };
};

const fromUpper = (one: BondSpec | VlanSpec, below: (Port | undefined)[]): Port => ({
  label: one.name,
  settings: one,
  management: true,
  usable: true,
  ptype: below[0]?.ptype ?? PhyIoType.PhyIoNetEth,
});

const physicalType = (ptype: string): number =>
  // Every name of the schema with the prefix is one of the enumeration.
  PhyIoType[`PhyIo${ptype}` as keyof typeof PhyIoType];

export const toPhysicalType = (ptype: AdapterSpec['ptype'] | undefined): number =>
  ptype === undefined ? PhyIoType.PhyIoNoop : physicalType(ptype);

const toPhysicalIO = (one: AdapterSpec): PhysicalIO => ({
  ptype: physicalType(one.ptype),
  phylabel: one.phylabel ?? one.name,
  phyaddrs: one.phyaddrs ?? (isNetwork(one.ptype) ? { Ifname: one.name } : undefined),
  logicallabel: one.name,
  assigngrp: one.assigngrp ?? one.name,
  parentassigngrp: one.parentassigngrp,
  // As above: every usage of the schema is one of the enumeration.
  usage: PhyIoMemberUsage[`PhyIoUsage${usageOf(one)}` as keyof typeof PhyIoMemberUsage],
  cbattr: one.cbattr,
  vflist: one.virtualFunctions && {
    vf_count: one.virtualFunctions.count,
    data: one.virtualFunctions.data?.map(({ index, mac, vlanId }): EthVF => ({ index, mac, vlan_id: vlanId })),
  },
});

const toVlan = (one: VlanSpec): VlanAdapter => ({
  logicallabel: one.name,
  interface_name: one.interfaceName ?? one.name,
  lower_layer_name: one.parent,
  vlan_id: one.id,
});

const bondModes: Record<BondSpec['mode'], number> = {
  BalanceRR: BondMode.BOND_MODE_BALANCE_RR,
  ActiveBackup: BondMode.BOND_MODE_ACTIVE_BACKUP,
  BalanceXOR: BondMode.BOND_MODE_BALANCE_XOR,
  Broadcast: BondMode.BOND_MODE_BROADCAST,
  '802.3AD': BondMode.BOND_MODE_802_3AD,
  BalanceTLB: BondMode.BOND_MODE_BALANCE_TLB,
  BalanceALB: BondMode.BOND_MODE_BALANCE_ALB,
};

const toBond = (one: BondSpec): BondAdapter => ({
  logicallabel: one.name,
  interface_name: one.interfaceName ?? one.name,
  lower_layer_names: one.members,
  bond_mode: bondModes[one.mode],
  mii: one.mii && { interval: one.mii.interval, updelay: one.mii.upDelay, downdelay: one.mii.downDelay },
  arp: one.arp && { interval: one.arp.interval, ip_targets: one.arp.targets },
  lacp_rate: one.lacpRate && (one.lacpRate === 'Fast' ? LacpRate.LACP_RATE_FAST : LacpRate.LACP_RATE_SLOW),
});
