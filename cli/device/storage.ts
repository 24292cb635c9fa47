import type { ContentTree, Volume } from '../../shared/eve/generated/config.ts';
import { type ZInfoContentTree, type ZInfoVolume, ZSwState } from '../../shared/eve/generated/info.ts';
import { toError } from './time.ts';

/** A content tree on its way from the datastore to the device. */
export class Tree {
  state: number = ZSwState.INITIAL;
  readonly config: ContentTree;
  /** Why it cannot be had; undefined when it can. */
  private readonly problem: string | undefined;
  private readonly path: readonly number[];
  private readonly since = Date.now();

  constructor(config: ContentTree, problem: string | undefined) {
    this.config = config;
    this.problem = problem;
    this.path = config.sha256 ? download : [ZSwState.RESOLVING_TAG, ZSwState.RESOLVED_TAG, ...download];
  }

  get isThere(): boolean {
    return this.state === ZSwState.DELIVERED;
  }

  get error(): string | undefined {
    return this.state === ZSwState.ERROR ? this.problem : undefined;
  }

  /** Whether it is other content, which is begun with anew; EVE goes on with the former before version 15. */
  isOther({ URL, iformat, sha256 }: ContentTree): boolean {
    const { config } = this;
    return URL !== config.URL || iformat !== config.iformat || (sha256 ?? '') !== (config.sha256 ?? '');
  }

  /** One state further; false when there was none left. */
  step(): boolean {
    const at = this.path.indexOf(this.state);
    const next = this.problem && at >= 0 ? ZSwState.ERROR : this.path[at + 1];
    if (this.state === ZSwState.ERROR || next === undefined) return false;
    this.state = next;
    return true;
  }

  info(): ZInfoContentTree {
    const { uuid, displayName, sha256, maxSizeBytes = 0, generation_count } = this.config;
    const progress = this.isThere ? 100 : Math.round((100 * (this.path.indexOf(this.state) + 1)) / this.path.length);
    return {
      uuid,
      displayName,
      sha256: sha256 || (this.isThere ? madeUpDigest(uuid ?? '') : ''),
      state: this.state,
      progressPercentage: progress,
      generation_count,
      usage: { createTime: { seconds: Math.floor(this.since / 1000) }, refCount: 1 },
      resources: { curSizeBytes: this.isThere ? maxSizeBytes : 0 },
      err: this.error ? toError(this.error) : undefined,
    };
  }
}

const download: readonly number[] = [
  ZSwState.DOWNLOAD_STARTED,
  ZSwState.DOWNLOADED,
  ZSwState.VERIFYING,
  ZSwState.VERIFIED,
  ZSwState.LOADING,
  ZSwState.DELIVERED,
];

/** A tag resolves to some digest; which one matters to nobody here. */
const madeUpDigest = (uuid: string): string => uuid.replaceAll('-', '').repeat(2);

/** A volume, made from a content tree or blank. */
export class Disk {
  state: number = ZSwState.INITIAL;
  readonly config: Volume;
  private readonly since = Date.now();

  constructor(config: Volume) {
    this.config = config;
  }

  get isThere(): boolean {
    return this.state === ZSwState.CREATED_VOLUME;
  }

  /** What is wanted of it that only another generation can have; undefined: nothing. */
  unlike({ origin, maxsizebytes, readonly }: Volume): string | undefined {
    const { config } = this;
    const what = [
      origin?.downloadContentTreeID !== config.origin?.downloadContentTreeID && 'content',
      Number(maxsizebytes ?? 0) !== Number(config.maxsizebytes ?? 0) && 'size',
      (readonly ?? false) !== (config.readonly ?? false) && 'access',
    ].filter(Boolean);
    return what.length === 0 ? undefined : what.join(' and ');
  }

  step(trees: ReadonlyMap<string, Tree>): boolean {
    const next = this.next(trees);
    if (next === this.state) return false;
    this.state = next;
    return true;
  }

  private next(trees: ReadonlyMap<string, Tree>): number {
    if (this.isThere) return this.state;
    const { type, downloadContentTreeID: id = '' } = this.config.origin ?? {};
    const tree = type === downloaded ? trees.get(id) : undefined;
    if (type === downloaded && !tree?.isThere) return tree?.state ?? ZSwState.INITIAL;
    return this.state === ZSwState.CREATING_VOLUME ? ZSwState.CREATED_VOLUME : ZSwState.CREATING_VOLUME;
  }

  info(trees: ReadonlyMap<string, Tree>): ZInfoVolume {
    const { uuid, displayName, generationCount, maxsizebytes = 0, origin } = this.config;
    const error = this.state === ZSwState.ERROR ? trees.get(origin?.downloadContentTreeID ?? '')?.error : undefined;
    return {
      uuid,
      displayName,
      generation_count: generationCount,
      state: this.state,
      progressPercentage: this.isThere ? 100 : 0,
      usage: { createTime: { seconds: Math.floor(this.since / 1000) }, refCount: 1 },
      resources: { maxSizeBytes: maxsizebytes, curSizeBytes: this.isThere ? maxsizebytes : 0 },
      volumeErr: error ? toError(error) : undefined,
    };
  }
}

const downloaded = 2;
