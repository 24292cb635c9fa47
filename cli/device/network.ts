import type { NetworkAdapter, NetworkInstanceConfig } from '../../shared/eve/generated/config.ts';
import { type ZInfoNetworkInstance, ZNetworkInstanceState } from '../../shared/eve/generated/info.ts';

/** A network instance. Hands out addresses to the apps of a local one, as its DHCP server would. */
export class Instance {
  state: number = ZNetworkInstanceState.ZNETINST_STATE_UNSPECIFIED;
  config: NetworkInstanceConfig;
  readonly bridge: number;
  private readonly leases = new Map<string, string>();
  private since = 0;

  constructor(config: NetworkInstanceConfig, bridge: number) {
    this.config = config;
    this.bridge = bridge;
  }

  get isOnline(): boolean {
    return this.state === ZNetworkInstanceState.ZNETINST_STATE_ONLINE;
  }

  step(): boolean {
    const next = this.next();
    if (next === this.state) return false;
    this.state = next;
    this.since = Date.now();
    return true;
  }

  private next(): number {
    // Without an explicit `activate` EVE does not bring it up.
    if (!this.config.activate) return ZNetworkInstanceState.ZNETINST_STATE_UNSPECIFIED;
    return this.state === ZNetworkInstanceState.ZNETINST_STATE_UNSPECIFIED
      ? ZNetworkInstanceState.ZNETINST_STATE_INIT
      : ZNetworkInstanceState.ZNETINST_STATE_ONLINE;
  }

  /** The address of one app interface: the configured one, or the next of the range. Empty on a switch. */
  lease(mac: string, nic: NetworkAdapter): string {
    if (this.config.instType !== local) return '';
    const found = this.leases.get(mac);
    if (found) return found;
    const address = nic.addr || this.free();
    this.leases.set(mac, address);
    return address;
  }

  private free(): string {
    const { subnet = '', dhcpRange } = this.config.ip ?? {};
    const base = toNumber((subnet.split('/')[0] ?? '').trim());
    const start = dhcpRange?.start ? toNumber(dhcpRange.start) : base + 2;
    const taken = new Set(this.leases.values());
    let at = start;
    while (taken.has(toAddress(at))) at++;
    return toAddress(at);
  }

  info(vifs: readonly { name: string; mac: string; app: string }[]): ZInfoNetworkInstance {
    const { uuidandversion, displayname, instType, port, ip, mtu } = this.config;
    return {
      networkID: uuidandversion?.uuid,
      networkVersion: uuidandversion?.version,
      instType,
      displayname,
      activated: this.isOnline,
      upTimeStamp: { seconds: Math.floor(this.since / 1000) },
      ports: port?.name ? [port.name] : [],
      bridgeNum: this.bridge,
      bridgeName: `bn${this.bridge}`,
      bridgeIPAddr: ip?.gateway,
      ipAssignments: [...this.leases].map(([macAddress, address]) => ({ macAddress, ipAddress: [address] })),
      vifs: vifs.map(({ name, mac, app }) => ({ vifName: name, macAddress: mac, appID: app })),
      state: this.state,
      mtu: mtu || 1500,
    };
  }
}

const local = 2;

const toNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

const toAddress = (value: number): string =>
  [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.');
