import type { AdapterSpec, portUsages } from './adapters.ts';

/** Whether a kind of physical I/O carries network traffic of EVE itself. */
export const isNetwork = (ptype: string): boolean =>
  ['NetEth', 'NetWLAN', 'NetWWAN', 'NetEthPF', 'NetEthVF'].includes(ptype);

/** The usage that holds when none is said. */
export const usageOf = (port: AdapterSpec): (typeof portUsages)[number] =>
  port.usage ?? (isNetwork(port.ptype) ? 'MgmtAndApps' : 'Dedicated');
