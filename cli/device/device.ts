import { encode } from '../../shared/base/protobuf.ts';
import type { AppInstanceConfig, ContentTree, EdgeDevConfig } from '../../shared/eve/generated/config.ts';
import { BootReason, type ZInfoMsg, ZInfoTypes, ZSwState } from '../../shared/eve/generated/info.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { attest, sendCertificates } from './attest.ts';
import { BaseOs } from './baseos.ts';
import { openBootstrap } from './bootstrap.ts';
import { check } from './check.ts';
import { Complaint } from './complaint.ts';
import { defaultModel, deviceInfo, type Facts, type Model, newFacts } from './facts.ts';
import { registrationHint } from './hint.ts';
import { Journal } from './journal.ts';
import { type DeviceKey, type DeviceKeys, openKeys } from './keys.ts';
import type { LogLine } from './logs.ts';
import { type Memory, openMemory } from './memory.ts';
import { type MetricsContext, toFlows, toHealth, toMetrics } from './metrics.ts';
import { Outbox } from './outbox.ts';
import { persist, repeat } from './rhythm.ts';
import { openSession, type Session } from './session.ts';
import { toNanos, toTimestamp } from './time.ts';
import { type Answer, openTransport, type Transport } from './transport.ts';
import { Vault } from './vault.ts';
import { type Report, World } from './world.ts';

export interface DeviceOptions {
  /** `host[:port]` of the controller. */
  readonly server: string;
  /** The one root that the device trusts to sign what it is told; for TLS, beside those of its system. */
  readonly rootPem: string;
  /** Further roots for TLS, in PEM. */
  readonly tlsRoots?: string;
  /** Addresses by host name that no name server is asked for. */
  readonly hosts?: ReadonlyMap<string, string> | undefined;
  /** Absent: it does not register, as an EVE without an onboarding certificate. */
  readonly onboard?: DeviceKey;
  readonly serial: string;
  readonly softSerial?: string;
  /** `bootstrap-config.pb` of the config partition: what it has of a network before it hears of its controller. */
  readonly bootstrap?: Uint8Array;
  /** Folder for keys and counters, so that the next run is the same device. Absent: in memory. */
  readonly state?: string;
  readonly keys?: DeviceKeys;
  readonly model?: Model;
  readonly eveVersion?: string;
  readonly tpm?: boolean;
  /** What somebody slipped into the boot beside EVE: it is measured, and so shows in quotes. */
  readonly tampered?: string;
  readonly keepAlive?: boolean;
  /** Milliseconds; what is absent follows the config items of the controller, as in EVE. */
  readonly pace?: Partial<Pace>;
  /** Content that cannot be had: the reason for a URL, or undefined. */
  readonly failDownload?: (url: string) => string | undefined;
  /** Hears what the device does, one line each. */
  readonly say?: (line: string) => void;
}

export interface Pace {
  readonly configMs: number;
  readonly metricsMs: number;
  readonly logsMs: number;
  /** Between two states of an app, a volume, a download. */
  readonly stepMs: number;
  /** After a failure; doubles up to ten minutes. */
  readonly retryMs: number;
}

/**
 * A device as a controller sees it: an EVE that makes its keys, onboards, attests, polls, checks and follows its config,
 * and reports. Everything is simulated but the protocol. What EVE would refuse lands in `complaints`.
 */
export class SimulatedDevice {
  readonly keys: DeviceKeys;
  readonly world: World;
  readonly facts: Facts;
  readonly complaints: string[] = [];
  uuid = '';
  config: EdgeDevConfig = {};
  configHash = '';
  /** How many configs were taken over. */
  configs = 0;
  private readonly options: DeviceOptions;
  private readonly transport: Transport;
  private readonly session: Session;
  private readonly outbox = new Outbox();
  private readonly journal = new Journal();
  private readonly vault: Vault;
  private integrityToken: Uint8Array = new Uint8Array();
  private received: EdgeDevConfig['config_timestamp'];
  private readonly memory: Memory;
  private poweredOff = false;

  constructor(options: DeviceOptions) {
    this.options = options;
    this.keys = options.keys ?? openKeys(options.state);
    const { server, rootPem, tlsRoots, hosts, keepAlive = false, serial, softSerial = '' } = options;
    this.transport = openTransport({ server, rootPem, tlsRoots, hosts, keepAlive });
    this.session = openSession({ transport: this.transport, rootPem, device: this.keys.device, serial, softSerial });
    this.vault = new Vault(this.keys.ecdh, this.session);
    this.memory = openMemory(options.state);
    const memory = this.memory.read();
    const baseOs = new BaseOs(memory.eveVersion ?? options.eveVersion ?? '16.0.0-lts-kvm-amd64');
    this.facts = newFacts(options.model ?? defaultModel, serial, baseOs, options.tpm ?? false);
    this.facts.reboot = memory.reboot;
    this.facts.shutdown = memory.shutdown;
    this.facts.boots = (memory.boots ?? 0) + 1;
    this.world = new World({
      log: (app, content) => this.journal.addApp(app, content),
      problem: (tree, config) => this.downloadProblem(tree, config),
      complain: text => this.complain(text),
    });
  }

  /** Lives until `signal` aborts: onboards, boots, then polls, reports and follows. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.until(signal, () => this.onboard());
      await this.until(signal, () => this.boot());
      await Promise.all([
        this.every(signal, 'config', () => this.poll()),
        this.every(signal, 'metrics', () => this.sendMetrics()),
        this.every(signal, 'logs', () => this.sendLogs()),
        this.every(signal, 'step', () => this.step()),
      ]);
    } finally {
      this.close();
    }
  }

  close(): void {
    this.transport.close();
  }

  /** Takes over the first settings of its config partition, as EVE does before there is a network. */
  private begin(): void {
    const { bootstrap, rootPem } = this.options;
    if (!bootstrap || this.configs > 0) return;
    const config = openBootstrap(bootstrap, rootPem, Date.now());
    this.config = config;
    this.received = config.config_timestamp;
    const ports = (config.systemAdapterList ?? []).map(({ name }) => name).join(', ');
    this.say(`has its first network from the config partition: ${ports}`);
  }

  /** Trusts the controller, registers and learns the UUID. Rejects when that does not succeed. */
  async onboard(): Promise<void> {
    this.begin();
    await this.session.certs();
    const { onboard, serial, softSerial = '' } = this.options;
    if (onboard) {
      const status = await this.session.register(onboard, serial, softSerial);
      this.say(`registers as serial ${serial}: ${status}${registrationHint(status)}`);
    }
    const { status, message } = await this.session.uuid();
    if (!message?.uuid) throw new Error(`no UUID for this device (status ${status})`);
    this.uuid = message.uuid;
    this.say(`is ${this.uuid}`);
  }

  /** User data in the clear, by app name. */
  get userData(): ReadonlyMap<string, string> {
    return this.vault.userData;
  }

  /** What follows a boot: certificates, attestation, the first info messages. */
  async boot(): Promise<void> {
    const { facts } = this;
    await sendCertificates(this.session, this.uuid, this.keys, facts.hasTpm);
    const eveVersion = facts.baseOs.running;
    const about = { tpm: facts.hasTpm, eveVersion, boot: { software: eveVersion, extra: this.options.tampered } };
    const { state, integrityToken, escrowed } = await attest(this.session, this.uuid, this.keys, about);
    facts.attestation = state;
    this.integrityToken = integrityToken;
    this.configHash = '';
    this.log({ severity: 'info', source: 'zedagent', content: `attested; ${escrowed.length} keys came back` });
    this.outbox.add([
      this.deviceReport(),
      { key: 'hardware', content: { ztype: ZInfoTypes.ZiHardware, hwinfo: this.hardware() } },
    ]);
    await this.flush();
    await this.session.post(
      this.uuid,
      'hardwarehealth',
      encode(eve, 'hardwarehealth.ZHardwareHealth', toHealth(this.uuid)),
    );
    this.memory.write({
      reboot: this.facts.reboot,
      shutdown: this.facts.shutdown,
      boots: this.facts.boots,
      eveVersion: this.facts.baseOs.running,
    });
  }

  /** Asks for the config once and follows it. */
  async poll(): Promise<'same' | 'new' | 'refused'> {
    const { status, message } = await this.session.config(this.uuid, this.configHash, this.integrityToken);
    if (status === 304 || (message && !message.config)) return 'same';
    if (status === 403) await this.boot();
    if (status === 400 || status === 404) await this.onboard();
    if (!message?.config) return 'refused';
    // The hash is remembered first: a config that is refused is not read again.
    this.configHash = message.configHash ?? '';
    if (!this.accept(message.config)) return 'refused';
    await this.follow(message.config);
    return 'new';
  }

  private accept(config: EdgeDevConfig): boolean {
    const before = toNanos(this.received);
    if (config.config_timestamp && before > 0n && toNanos(config.config_timestamp) < before) {
      this.complain('the config is obsolete: config_timestamp went back');
      return false;
    }
    if (config.id?.uuid !== this.uuid) {
      this.complain(`the config is for ${config.id?.uuid}`);
      return false;
    }
    for (const fault of check(config)) this.complain(fault);
    return true;
  }

  private async follow(config: EdgeDevConfig): Promise<void> {
    const before = this.config;
    this.config = config;
    this.configs += 1;
    this.received = config.config_timestamp;
    this.facts.maintenance = config.maintenance_mode ?? false;
    this.say(`applies config version ${config.id?.version} (${config.apps?.length ?? 0} applications)`);
    this.log({ severity: 'info', source: 'zedagent', content: `config ${config.id?.version} applied` });
    if (await this.obey(config)) return;
    this.world.isHalted = this.facts.maintenance || this.poweredOff;
    if (!this.facts.maintenance) this.world.apply(config);
    for (const app of config.apps ?? []) this.openUserData(app);
    const isNewEpoch = config.controller_epoch !== before.controller_epoch && this.configs > 1;
    this.outbox.add([this.deviceReport(), ...this.world.drain(), ...(isNewEpoch ? this.world.everything() : [])]);
    try {
      await this.flush();
    } finally {
      // Agents decrypt and report at once, with the certificates that are there; new ones are read behind them.
      if (config.controllercert_confighash !== before.controllercert_confighash) await this.session.certs();
    }
  }

  /** Reboot and shutdown commands: a counter that differs from the one on disk triggers once. True when it rebooted. */
  private async obey(config: EdgeDevConfig): Promise<boolean> {
    const { facts } = this;
    const reboot = config.reboot?.counter ?? 0;
    const shutdown = config.shutdown?.counter ?? 0;
    const mustReboot = facts.reboot !== undefined && facts.reboot !== reboot;
    const mustShutDown = facts.shutdown !== undefined && facts.shutdown !== shutdown;
    facts.reboot = reboot;
    facts.shutdown = shutdown;
    this.memory.write({
      reboot: this.facts.reboot,
      shutdown: this.facts.shutdown,
      boots: this.facts.boots,
      eveVersion: this.facts.baseOs.running,
    });
    if (mustShutDown) {
      this.poweredOff = true;
      this.say('shuts its applications down');
    }
    if (!mustReboot) return false;
    await this.reboot(BootReason.BOOT_REASON_REBOOT_CMD);
    return true;
  }

  private async reboot(reason: number): Promise<void> {
    this.say('reboots');
    const { facts } = this;
    facts.bootedAt = Date.now();
    facts.bootReason = reason;
    facts.boots += 1;
    this.poweredOff = false;
    for (const app of this.world.apps.values()) app.state = ZSwState.INSTALLED;
    await this.boot();
    this.outbox.add(this.world.everything());
  }

  /** Everything on the device goes one state further, and what changed is reported. */
  async step(): Promise<void> {
    const reports = this.world.step();
    for (const { content } of reports) this.narrate(content);
    this.outbox.add(reports);
    const base = this.facts.baseOs.step(this.config.baseos, this.world.trees);
    if (base !== 'same') this.outbox.add([this.deviceReport()]);
    if (base === 'reboot') await this.reboot(BootReason.BOOT_REASON_UPDATE);
    await this.flush();
  }

  async sendMetrics(): Promise<void> {
    const context = this.context();
    await this.session.post(this.uuid, 'metrics', encode(eve, 'metrics.ZMetricMsg', toMetrics(context)));
    for (const flow of toFlows(context))
      await this.session.post(this.uuid, 'flowlog', encode(eve, 'flowlog.FlowMessage', flow));
  }

  async sendLogs(): Promise<void> {
    const { partition, running } = this.facts.baseOs;
    const about = { devID: this.uuid, image: partition, eveVersion: running };
    const refused = await this.journal.send(about, (path, file) => this.session.post(this.uuid, path, file));
    for (const text of refused) this.complain(text);
  }

  log(line: LogLine): void {
    this.journal.add(line);
  }

  /** An info message of the caller's own making, at once. */
  send(content: ZInfoMsg): Promise<Answer> {
    const message = { ...content, devId: this.uuid, atTimeStamp: toTimestamp() };
    return this.session.post(this.uuid, 'info', encode(eve, 'info.ZInfoMsg', message));
  }

  private flush(): Promise<void> {
    return this.outbox.flush(
      message => this.send(message),
      (key, status) => this.complain(`info ${key} was refused with ${status}: lost for good`),
    );
  }

  private deviceReport(): Report {
    return {
      key: 'device',
      content: { ztype: ZInfoTypes.ZiDevice, dinfo: deviceInfo(this.facts, this.uuid, this.config) },
    };
  }

  private hardware() {
    return { eve_release: this.facts.baseOs.running, partition: this.facts.baseOs.partition, eve_platform: 'kvm' };
  }

  private context(): MetricsContext {
    const { uuid, facts, world, received } = this;
    const ports = (this.config.systemAdapterList ?? []).map(adapter => adapter.name ?? '');
    const intervalSeconds = this.interval('metrics') / 1000;
    return { uuid, facts, world, ports, received, processed: received, intervalSeconds };
  }

  private downloadProblem(tree: ContentTree, config: EdgeDevConfig): string | undefined {
    const opened = (store: string) => this.say(`opens the credentials of ${store}`);
    return this.vault.problem(tree, config, opened) ?? this.options.failDownload?.(tree.URL ?? '');
  }

  private openUserData(app: AppInstanceConfig): void {
    const name = app.displayname ?? '';
    try {
      const found = this.vault.read(app, this.config);
      if (found)
        this.say(`opens the ${found.wasSecret ? 'encrypted ' : ''}user data of ${name}: ${found.text.length} bytes`);
    } catch (error) {
      this.complain(`user data of ${name}: ${error instanceof Error ? error.message : error}`);
    }
  }

  private narrate({ ainfo }: ZInfoMsg): void {
    if (!ainfo) return;
    const state = Object.entries(ZSwState).find(([, value]) => value === ainfo.state)?.[0];
    this.say(ainfo.state ? `application ${ainfo.AppName} is ${state}` : `application ${ainfo.AppID} is gone`);
    this.log({ severity: 'info', source: 'zedmanager', content: `${ainfo.AppName ?? ainfo.AppID}: ${state}` });
  }

  private complain(text: string): void {
    this.complaints.push(text);
    this.say(`complains: ${text}`);
    this.log({ severity: 'error', source: 'zedagent', content: text });
  }

  private say(line: string): void {
    this.options.say?.(line);
  }

  private until(signal: AbortSignal, attempt: () => Promise<void>): Promise<void> {
    const first = this.options.pace?.retryMs ?? 1000;
    return persist(attempt, first, signal, error => this.stumble('tries again', error));
  }

  private every(signal: AbortSignal, what: Rhythm, act: () => Promise<unknown>): Promise<void> {
    const failed = (error: unknown) => this.stumble(`${what} failed`, error);
    return repeat(act, () => this.interval(what), signal, failed);
  }

  private stumble(what: string, error: unknown): void {
    if (error instanceof Complaint) this.complain(error.message);
    else this.say(`${what}: ${error instanceof Error ? error.message : error}`);
  }

  private interval(what: Rhythm): number {
    const { pace } = this.options;
    const item = (key: string) => Number(this.config.configItems?.find(one => one.key === key)?.value ?? 60) * 1000;
    if (what === 'config') return pace?.configMs ?? item('timer.config.interval');
    if (what === 'metrics') return pace?.metricsMs ?? item('timer.metric.interval');
    return what === 'logs' ? (pace?.logsMs ?? 5000) : (pace?.stepMs ?? 1000);
  }
}

type Rhythm = 'config' | 'metrics' | 'logs' | 'step';
