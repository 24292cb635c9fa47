import { createHash } from 'node:crypto';
import type { AppInstanceConfig, VolumeRef } from '../../shared/eve/generated/config.ts';
import { type ZInfoApp, type ZInfoNetwork, ZSwState } from '../../shared/eve/generated/info.ts';
import type { Instance } from './network.ts';
import type { Disk } from './storage.ts';
import { toError, toTimestamp } from './time.ts';

/** What an app sees of the device it runs on. */
export interface Surroundings {
  /** By `uuid#generation`. */
  readonly disks: ReadonlyMap<string, Disk>;
  readonly instances: ReadonlyMap<string, Instance>;
  /** Whether the active profile, maintenance and shutdown let it run. */
  mayRun(app: AppInstanceConfig): boolean;
  log(app: AppInstanceConfig, content: string): void;
}

/** An app instance, walking through the states that EVE reports (eve-device-api §7.3). */
export class App {
  state: number = ZSwState.INITIAL;
  /** What is wanted; undefined once it left the config. */
  config: AppInstanceConfig | undefined;
  /** What runs, or is being prepared: changes that need a restart or a purge do not touch it. */
  private current: AppInstanceConfig;
  private error: string | undefined;
  private bootedAt = 0;
  private delayUntil = 0;

  constructor(config: AppInstanceConfig) {
    this.config = config;
    this.current = config;
  }

  get isGone(): boolean {
    return this.config === undefined && !isUp.has(this.state);
  }

  get isRunning(): boolean {
    return this.state === ZSwState.RUNNING;
  }

  get uuid(): string {
    return this.current.uuidandversion?.uuid ?? '';
  }

  get applied(): AppInstanceConfig {
    return this.current;
  }

  /** Takes over what may change while it runs; says what may not. True when something is to be reported. */
  want(config: AppInstanceConfig | undefined): boolean {
    const before = [this.error, this.state, this.config?.uuidandversion?.version].join();
    this.config = config;
    if (config && !isUp.has(this.state)) this.current = config;
    else if (config) this.adopt(config);
    return before !== [this.error, this.state, config?.uuidandversion?.version].join();
  }

  private adopt(config: AppInstanceConfig): void {
    const counters = { restart: count(config.restart), purge: count(config.purge) };
    const purge = counters.purge !== count(this.current.purge);
    const restart = purge || counters.restart !== count(this.current.restart);
    this.error = undefined;
    if (purge) this.state = ZSwState.PURGING;
    else if (restart) this.state = ZSwState.RESTARTING;
    if (!purge && differs(config, this.current, ['volumeRefList', 'adapters']))
      this.error = 'Need purge due to changed volumes or adapters';
    else if (!restart && differs(config, this.current, ['fixedresources']))
      this.error = 'Need restart due to changed resources';
    // What waits for a restart or a purge keeps its former value; the rest is live.
    const { volumeRefList, adapters, fixedresources, interfaces } = this.current;
    const live = restart ? config : { ...config, fixedresources, interfaces };
    this.current = purge ? config : { ...live, volumeRefList, adapters };
  }

  /** One state further; false when it stays. */
  step(around: Surroundings): boolean {
    const next = this.next(around);
    if (next === this.state) return false;
    this.state = next;
    if (next === ZSwState.BOOTING) {
      this.bootedAt = Date.now();
      this.greet(around);
    }
    if (next === ZSwState.RUNNING) around.log(this.current, 'up and running');
    if (next === ZSwState.HALTING) around.log(this.current, 'received SIGTERM, going down');
    return true;
  }

  private greet(around: Surroundings): void {
    const { fixedresources: vm, displayname } = this.current;
    around.log(this.current, `${displayname} boots with ${vm?.vcpus} CPUs and ${(vm?.memory ?? 0) / 1024} MiB`);
  }

  private next(around: Surroundings): number {
    const wanted = this.config !== undefined && this.config.activate === true && around.mayRun(this.config);
    switch (this.state) {
      case ZSwState.HALTING:
        return ZSwState.HALTED;
      case ZSwState.RESTARTING:
        return ZSwState.BOOTING;
      case ZSwState.PURGING:
        return this.prepared(around) ? ZSwState.BOOTING : this.state;
      case ZSwState.BOOTING:
        return wanted ? ZSwState.RUNNING : ZSwState.HALTING;
      case ZSwState.RUNNING:
        return wanted ? this.state : ZSwState.HALTING;
      case ZSwState.HALTED:
        return wanted ? this.start(around) : this.state;
      default:
        return this.prepare(around, wanted);
    }
  }

  private prepare(around: Surroundings, wanted: boolean): number {
    if (this.config === undefined) return this.state;
    if (!this.prepared(around)) return this.state === ZSwState.INSTALLED ? this.state : this.waiting(around);
    const before = [ZSwState.INSTALLED, ZSwState.AWAITNETWORKINSTANCE, ZSwState.START_DELAYED] as number[];
    if (!before.includes(this.state)) return ZSwState.INSTALLED;
    return wanted ? this.start(around) : ZSwState.INSTALLED;
  }

  private start(around: Surroundings): number {
    const nics = this.current.interfaces ?? [];
    if (!nics.every(nic => around.instances.get(nic.networkId ?? '')?.isOnline)) return ZSwState.AWAITNETWORKINSTANCE;
    const delay = this.current.start_delay_in_seconds ?? 0;
    if (delay > 0 && this.bootedAt === 0) {
      this.delayUntil ||= Date.now() + delay * 1000;
      if (Date.now() < this.delayUntil) return ZSwState.START_DELAYED;
    }
    return ZSwState.BOOTING;
  }

  private prepared(around: Surroundings): boolean {
    return (this.current.volumeRefList ?? []).every(ref => around.disks.get(keyOf(ref))?.isThere);
  }

  /** The state of the volume that is furthest behind stands for the app's. */
  private waiting(around: Surroundings): number {
    const missing = (this.current.volumeRefList ?? []).find(ref => !around.disks.get(keyOf(ref))?.isThere);
    const disk = missing && around.disks.get(keyOf(missing));
    this.error = disk ? undefined : `no volume ${missing?.uuid}`;
    return disk ? disk.state : ZSwState.ERROR;
  }

  info(around: Surroundings): ZInfoApp {
    const { displayname, uuidandversion, volumeRefList } = this.current;
    const failed = this.state === ZSwState.ERROR ? 'a volume could not be made' : undefined;
    const error = this.error ?? failed;
    return {
      AppID: this.uuid,
      appVersion: this.config?.uuidandversion?.version ?? uuidandversion?.version,
      AppName: displayname,
      state: this.state,
      bootTime: this.bootedAt && isUp.has(this.state) ? toTimestamp(this.bootedAt) : undefined,
      appErr: error ? [toError(error)] : [],
      network: isUp.has(this.state) ? this.nics().map(nic => this.nicInfo(nic, around)) : [],
      volumeRefs: volumeRefList?.map(ref => ref.uuid ?? ''),
    };
  }

  nics(): { name: string; mac: string; networkId: string }[] {
    return (this.current.interfaces ?? []).map(({ name = '', networkId = '', macAddress }, index) => ({
      name,
      networkId,
      mac:
        macAddress ||
        `02:16:3e:${createHash('sha256')
          .update(`${this.uuid}/${index}`)
          .digest('hex')
          .slice(0, 6)
          .replace(/(..)(..)(..)/, '$1:$2:$3')}`,
    }));
  }

  private nicInfo(
    { name, mac, networkId }: { name: string; mac: string; networkId: string },
    around: Surroundings,
  ): ZInfoNetwork {
    const nic = this.current.interfaces?.find(one => one.name === name) ?? {};
    const address = around.instances.get(networkId)?.lease(mac, nic) ?? '';
    return { macAddr: mac, devName: name, IPAddrs: address ? [address] : [], ipv4_up: address !== '' };
  }
}

/** States in which the guest has resources: it has to be halted before it can go. */
const isUp: ReadonlySet<number> = new Set([
  ZSwState.BOOTING,
  ZSwState.RUNNING,
  ZSwState.HALTING,
  ZSwState.RESTARTING,
  ZSwState.PURGING,
]);

/** `uuid#generation`: the identity of a volume. */
export const keyOf = (ref: VolumeRef): string => `${ref.uuid}#${ref.generationCount ?? 0}`;

const count = (command: { counter?: number | undefined } | undefined): number => command?.counter ?? 0;

const differs = (a: AppInstanceConfig, b: AppInstanceConfig, fields: (keyof AppInstanceConfig)[]): boolean =>
  fields.some(field => print(a[field]) !== print(b[field]));

const print = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}` : item)) ?? '';
