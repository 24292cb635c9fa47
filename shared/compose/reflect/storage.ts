import type { JsonMap } from '../../base/object.ts';
import {
  type StorageChildren,
  type StorageDiskState,
  type StorageInfo,
  StorageRaidType,
  StorageStatus,
  StorageTypeInfo,
  type ZInfoDevice,
  type ZInfoStorage,
} from '../../eve/generated/info.ts';
import { nameIfAny } from './names.ts';
import { countOf, defined, listOf, textOf, unlessEmpty } from './value.ts';

const status = nameIfAny(StorageStatus, 'STORAGE_STATUS_');
const raid = nameIfAny(StorageRaidType, 'STORAGE_RAID_TYPE_');
const type = nameIfAny(StorageTypeInfo, 'STORAGE_TYPE_INFO_');

/** Disks, mounts and pools of a device. */
export const toStorage = ({ storageList, storage_info: pools }: ZInfoDevice): JsonMap | undefined =>
  unlessEmpty(defined({ volumes: listOf(storageList, toVolume), pools: listOf(pools, toPool, 16) }));

const toVolume = (one: ZInfoStorage): JsonMap =>
  defined({
    device: textOf(one.device),
    mountPath: textOf(one.mountPath),
    sizeMiB: countOf(one.total),
    persistent: one.storageLocation,
    label: textOf(one.partitionLabel),
    partition: textOf(one.partitionUuid),
    partitionType: textOf(one.partitionTypeGuid),
  });

const toPool = (one: StorageInfo): JsonMap =>
  defined({
    name: textOf(one.pool_name),
    type: type(one.storage_type),
    zfsVersion: textOf(one.zfs_version),
    raid: raid(one.current_raid),
    state: status(one.storage_state),
    sizeBytes: countOf(one.zpool_size),
    zvols: countOf(one.count_zvols),
    disks: listOf(one.disks, toDisk),
    groups: listOf(flatten(one.children), toGroup),
    message: textOf(one.pool_status_msg),
    error: textOf(one.collector_errors),
  });

/** Groups within groups stand beside them. */
const flatten = (groups: readonly StorageChildren[] | undefined, depth = 4): StorageChildren[] =>
  (groups ?? []).flatMap(one => [one, ...(depth > 0 ? flatten(one.children, depth - 1) : [])]);

const toGroup = (one: StorageChildren): JsonMap =>
  defined({
    name: textOf(one.display_name),
    guid: one.g_u_i_d === undefined ? undefined : String(one.g_u_i_d),
    raid: raid(one.current_raid),
    disks: listOf(one.disks, toDisk),
  });

const toDisk = (one: StorageDiskState): JsonMap =>
  defined({
    name: textOf(one.disk_name?.name),
    logicalName: textOf(one.disk_name?.logical_name),
    serial: textOf(one.disk_name?.serial),
    status: status(one.status),
    state: textOf(one.state),
    smart: textOf(one.smart_status),
  });
