import { type DiskConfig, DiskConfigType, DisksArrayType, type DisksConfig } from '../eve/generated/config.ts';
import type { DeviceSpec } from '../resources/eve/devicespec.ts';

type Disks = NonNullable<DeviceSpec['disks']>;
type DisksLevel = Pick<Disks, 'arrayType' | 'disks'>;

const arrayTypes = {
  RAID0: DisksArrayType.DISKS_ARRAY_TYPE_RAID0,
  RAID1: DisksArrayType.DISKS_ARRAY_TYPE_RAID1,
  RAID5: DisksArrayType.DISKS_ARRAY_TYPE_RAID5,
  RAID6: DisksArrayType.DISKS_ARRAY_TYPE_RAID6,
};

const diskUses = {
  EVEOS: DiskConfigType.DISK_CONFIG_TYPE_EVEOS,
  Persist: DiskConfigType.DISK_CONFIG_TYPE_PERSIST,
  ZFSOnline: DiskConfigType.DISK_CONFIG_TYPE_ZFS_ONLINE,
  ZFSOffline: DiskConfigType.DISK_CONFIG_TYPE_ZFS_OFFLINE,
  AppDirect: DiskConfigType.DISK_CONFIG_TYPE_APPDIRECT,
  Unused: DiskConfigType.DISK_CONFIG_TYPE_UNUSED,
};

/** The layout of storage as a tree of arrays (EVE reference §6.12). */
export const toDisks = (disks: Disks): DisksConfig => ({ ...toLevel(disks), children: disks.children?.map(toLevel) });

const toLevel = ({ arrayType, disks }: DisksLevel): DisksConfig => ({
  array_type: arrayType && arrayTypes[arrayType],
  disks: disks?.map(
    ({ disk, oldDisk, use }): DiskConfig => ({
      disk: { name: disk.name, logical_name: disk.logicalName, serial: disk.serial },
      old_disk: oldDisk && { name: oldDisk.name, logical_name: oldDisk.logicalName, serial: oldDisk.serial },
      disk_config: diskUses[use],
    }),
  ),
});
