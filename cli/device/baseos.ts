import type { BaseOS } from '../../shared/eve/generated/config.ts';
import { BaseOsStatus, BaseOsSubStatus, type ZInfoDevSW, ZSwState } from '../../shared/eve/generated/info.ts';
import type { Tree } from './storage.ts';

/** The two partitions and the update from one to the other (eve-device-api §6.10). */
export class BaseOs {
  running: string;
  private other = '';
  private status: number = BaseOsStatus.UPDATED;
  private subStatus: number = BaseOsSubStatus.NONE_SUBSTATUS;
  private label = 'IMGA';

  constructor(version: string) {
    this.running = version;
  }

  /** One step; `reboot` when the device has to boot the other partition now. */
  step(wanted: BaseOS | undefined, trees: ReadonlyMap<string, Tree>): 'same' | 'changed' | 'reboot' {
    const version = wanted?.base_os_version ?? '';
    if (this.subStatus === BaseOsSubStatus.UPDATE_TESTING)
      return this.go(BaseOsStatus.UPDATED, BaseOsSubStatus.NONE_SUBSTATUS);
    if (version === '' || version === this.running) return 'same';
    this.other = version;
    const tree = trees.get(wanted?.content_tree_uuid ?? '');
    if (tree?.error) return this.go(BaseOsStatus.FAILED, BaseOsSubStatus.NONE_SUBSTATUS);
    if (!tree?.isThere) return this.go(BaseOsStatus.DOWNLOADING, BaseOsSubStatus.DOWNLOAD_INPROGRESS);
    if (!wanted?.activate) return this.go(BaseOsStatus.DOWNLOAD_DONE, BaseOsSubStatus.NONE_SUBSTATUS);
    if (this.subStatus !== BaseOsSubStatus.UPDATE_REBOOTING)
      return this.go(BaseOsStatus.UPDATING, BaseOsSubStatus.UPDATE_REBOOTING);
    this.other = this.running;
    this.running = version;
    this.label = this.label === 'IMGA' ? 'IMGB' : 'IMGA';
    this.go(BaseOsStatus.UPDATING, BaseOsSubStatus.UPDATE_TESTING);
    return 'reboot';
  }

  get partition(): string {
    return this.label;
  }

  private go(status: number, subStatus: number): 'same' | 'changed' {
    if (this.status === status && this.subStatus === subStatus) return 'same';
    this.status = status;
    this.subStatus = subStatus;
    return 'changed';
  }

  /** The current partition first, then the other. */
  info(): ZInfoDevSW[] {
    const isUpdating = this.subStatus !== BaseOsSubStatus.UPDATE_TESTING && this.status !== BaseOsStatus.UPDATED;
    const testing = this.subStatus === BaseOsSubStatus.UPDATE_TESTING;
    const mine = {
      activated: true,
      partitionLabel: this.label,
      partitionDevice: '/dev/sda2',
      partitionState: testing ? 'inprogress' : 'active',
      status: ZSwState.INSTALLED,
      shortVersion: this.running,
      longVersion: this.running,
      userStatus: isUpdating ? BaseOsStatus.NONE : this.status,
      subStatus: isUpdating ? BaseOsSubStatus.NONE_SUBSTATUS : this.subStatus,
    };
    const spare = {
      activated: false,
      partitionLabel: this.label === 'IMGA' ? 'IMGB' : 'IMGA',
      partitionDevice: '/dev/sda3',
      partitionState: isUpdating ? 'updating' : 'unused',
      status: this.other ? ZSwState.INSTALLED : ZSwState.INITIAL,
      shortVersion: this.other,
      userStatus: isUpdating ? this.status : BaseOsStatus.NONE,
      subStatus: isUpdating ? this.subStatus : BaseOsSubStatus.NONE_SUBSTATUS,
    };
    return [mine, spare];
  }
}
