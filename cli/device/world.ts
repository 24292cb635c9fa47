import type { AppInstanceConfig, ContentTree, EdgeDevConfig } from '../../shared/eve/generated/config.ts';
import { type ZInfoMsg, ZInfoTypes } from '../../shared/eve/generated/info.ts';
import { App, keyOf, type Surroundings } from './app.ts';
import { Instance } from './network.ts';
import { Disk, Tree } from './storage.ts';

/** Something to report: `key` names the object, so that a newer message replaces an older one that was not sent yet. */
export interface Report {
  readonly key: string;
  readonly content: ZInfoMsg;
}

export interface WorldOptions {
  log(app: AppInstanceConfig, content: string): void;
  complain(text: string): void;
  /** Why a content tree cannot be fetched; undefined when it can. */
  problem(tree: ContentTree, config: EdgeDevConfig): string | undefined;
}

/** What is on the device: content, volumes, networks and apps, following the config one step at a time. */
export class World implements Surroundings {
  readonly trees = new Map<string, Tree>();
  readonly disks = new Map<string, Disk>();
  readonly instances = new Map<string, Instance>();
  readonly apps = new Map<string, App>();
  /** No app may run: maintenance, or after a shutdown command. */
  isHalted = false;
  private profile = '';
  private readonly options: WorldOptions;
  private readonly pending: Report[] = [];
  private bridges = 0;

  constructor(options: WorldOptions) {
    this.options = options;
  }

  mayRun(app: AppInstanceConfig): boolean {
    const profiles = app.profile_list ?? [];
    return !this.isHalted && (profiles.length === 0 || profiles.includes(this.profile));
  }

  log(app: AppInstanceConfig, content: string): void {
    this.options.log(app, content);
  }

  /** Makes the config what is wanted. */
  apply(config: EdgeDevConfig): void {
    this.profile = config.global_profile ?? '';
    for (const tree of config.contentInfo ?? [])
      if (this.trees.get(tree.uuid ?? '')?.isOther(tree)) this.trees.delete(tree.uuid ?? '');
    for (const volume of config.volumes ?? []) {
      const what = this.disks.get(keyOf(volume))?.unlike(volume);
      if (what !== undefined)
        this.options.complain(`volume ${keyOf(volume)} has another ${what} but the same generation`);
    }
    this.sync(
      this.trees,
      config.contentInfo ?? [],
      tree => tree.uuid ?? '',
      tree => new Tree(tree, this.options.problem(tree, config)),
      uuid => ({
        ztype: ZInfoTypes.ZiContentTree,
        cinfo: { uuid },
      }),
    );
    this.sync(
      this.disks,
      config.volumes ?? [],
      volume => keyOf(volume),
      volume => new Disk(volume),
      key => ({
        ztype: ZInfoTypes.ZiVolume,
        vinfo: { uuid: key.split('#')[0], generation_count: Number(key.split('#')[1]) },
      }),
    );
    this.sync(
      this.instances,
      config.networkInstances ?? [],
      one => one.uuidandversion?.uuid ?? '',
      one => new Instance(one, ++this.bridges),
      uuid => ({
        ztype: ZInfoTypes.ZiNetworkInstance,
        niinfo: { networkID: uuid },
      }),
    );
    for (const one of config.networkInstances ?? []) {
      const instance = this.instances.get(one.uuidandversion?.uuid ?? '');
      if (instance) instance.config = one;
    }
    this.applyApps(config.apps ?? []);
  }

  private applyApps(configs: readonly AppInstanceConfig[]): void {
    const wanted = new Map(configs.map(config => [config.uuidandversion?.uuid ?? '', config]));
    for (const [uuid, config] of wanted) {
      if (this.apps.has(uuid)) continue;
      const app = new App(config);
      this.apps.set(uuid, app);
      this.report(`app/${uuid}`, this.appInfo(app));
    }
    for (const [uuid, app] of this.apps) if (app.want(wanted.get(uuid))) this.report(`app/${uuid}`, this.appInfo(app));
  }

  /** Adds what is new, drops what is gone (and reports that it is). */
  private sync<Config, Thing>(
    things: Map<string, Thing>,
    configs: readonly Config[],
    keyOfConfig: (config: Config) => string,
    make: (config: Config) => Thing,
    farewell: (key: string) => ZInfoMsg,
  ): void {
    const wanted = new Map(configs.map(config => [keyOfConfig(config), config]));
    for (const key of things.keys()) {
      if (wanted.has(key)) continue;
      things.delete(key);
      const content = farewell(key);
      this.report(`${content.ztype}/${key}`, content);
    }
    for (const [key, config] of wanted) if (!things.has(key)) things.set(key, make(config));
  }

  /** Everything goes one state further. What changed is reported. */
  step(): Report[] {
    for (const [key, tree] of this.trees)
      if (tree.step())
        this.report(`${ZInfoTypes.ZiContentTree}/${key}`, { ztype: ZInfoTypes.ZiContentTree, cinfo: tree.info() });
    for (const [key, disk] of this.disks)
      if (disk.step(this.trees))
        this.report(`${ZInfoTypes.ZiVolume}/${key}`, { ztype: ZInfoTypes.ZiVolume, vinfo: disk.info(this.trees) });
    for (const [key, instance] of this.instances)
      if (instance.step()) this.report(`${ZInfoTypes.ZiNetworkInstance}/${key}`, this.instanceInfo(key, instance));
    for (const [uuid, app] of this.apps) this.stepApp(uuid, app);
    return this.drain();
  }

  /** What is to be reported since the last call. */
  drain(): Report[] {
    return this.pending.splice(0);
  }

  private stepApp(uuid: string, app: App): void {
    const moved = app.step(this);
    if (app.isGone) {
      this.apps.delete(uuid);
      this.report(`app/${uuid}`, { ztype: ZInfoTypes.ZiApp, ainfo: { AppID: uuid } });
    } else if (moved) {
      this.report(`app/${uuid}`, this.appInfo(app));
    }
  }

  /** Everything as it is, as after a boot or a change of the controller's epoch. */
  everything(): Report[] {
    return [
      ...[...this.trees].map(([key, tree]) => ({
        key: `${ZInfoTypes.ZiContentTree}/${key}`,
        content: { ztype: ZInfoTypes.ZiContentTree, cinfo: tree.info() },
      })),
      ...[...this.disks].map(([key, disk]) => ({
        key: `${ZInfoTypes.ZiVolume}/${key}`,
        content: { ztype: ZInfoTypes.ZiVolume, vinfo: disk.info(this.trees) },
      })),
      ...[...this.instances].map(([key, one]) => ({
        key: `${ZInfoTypes.ZiNetworkInstance}/${key}`,
        content: this.instanceInfo(key, one),
      })),
      ...[...this.apps].map(([key, app]) => ({ key: `app/${key}`, content: this.appInfo(app) })),
    ];
  }

  private appInfo(app: App): ZInfoMsg {
    return { ztype: ZInfoTypes.ZiApp, ainfo: app.info(this) };
  }

  private instanceInfo(uuid: string, instance: Instance): ZInfoMsg {
    const vifs = [...this.apps.values()].flatMap(app =>
      app
        .nics()
        .filter(nic => nic.networkId === uuid)
        .map(({ name, mac }) => ({ name, mac, app: app.uuid })),
    );
    return { ztype: ZInfoTypes.ZiNetworkInstance, niinfo: instance.info(vifs) };
  }

  private report(key: string, content: ZInfoMsg): void {
    this.pending.push({ key, content });
  }
}
