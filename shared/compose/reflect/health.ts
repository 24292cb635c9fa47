import { type Condition, setCondition } from '../../base/condition.ts';
import type { JsonMap } from '../../base/object.ts';
import type { ECCMemoryControllerInfo, ZHardwareHealth } from '../../eve/generated/hardwarehealth.ts';
import type { SmartAttr, StorageDiskInfo } from '../../eve/generated/info.ts';
import { asMap, defined, listOf, textOf } from './value.ts';

/**
 * The status of a Device after it told how its disks and memory are: condition `HardwareHealthy`. Of SMART attributes those
 * that failed stand here, the rest in the stream: they count hours and bytes.
 */
export const reflectHealth = (status: JsonMap, { mr, disks }: ZHardwareHealth, now: number): JsonMap => {
  const health = {
    disks: listOf(disks, toDisk) ?? [],
    memory: listOf(mr?.memory_controllers, toMemory) ?? [],
  };
  return { ...status, health, conditions: setCondition(status['conditions'], healthyCondition(health), now) };
};

export const toDisk = (one: StorageDiskInfo): JsonMap =>
  defined({
    name: textOf(one.disk_name),
    model: textOf(one.model),
    serial: textOf(one.serial_number),
    wwn: textOf(one.wwn),
    failed: listOf(one.smart_attr?.filter(hasFailed), toAttribute),
    error: textOf(one.collector_errors),
  });

/** Failing now or once, or at its threshold: of normalized values the smaller is the worse. */
const hasFailed = ({ when_failed: when = '', value = 0, thresh = 0 }: SmartAttr): boolean =>
  (when !== '' && when !== '-') || (BigInt(thresh) > 0n && BigInt(value) <= BigInt(thresh));

const toAttribute = (one: SmartAttr): JsonMap =>
  defined({
    id: one.id,
    name: textOf(one.attribute_name),
    value: String(one.value ?? 0),
    worst: String(one.worst ?? 0),
    threshold: String(one.thresh ?? 0),
    raw: String(one.raw_value ?? 0),
    whenFailed: textOf(one.when_failed),
    type: textOf(one.type),
  });

const toMemory = (one: ECCMemoryControllerInfo): JsonMap =>
  defined({
    controller: textOf(one.controller_name),
    corrected: String(one.ce_count ?? 0),
    uncorrected: String(one.ue_count ?? 0),
    ranks: listOf(one.ranks, rank => ({
      name: textOf(rank.rank_name) ?? '',
      corrected: String(rank.ce_count ?? 0),
      uncorrected: String(rank.ue_count ?? 0),
    })),
  });

const healthyCondition = ({ disks, memory }: { disks: JsonMap[]; memory: JsonMap[] }): Condition => {
  const type = 'HardwareHealthy';
  const failing = disks.filter(one => one['failed'] !== undefined);
  const broken = memory.filter(one => one['uncorrected'] !== '0');
  if (failing.length + broken.length === 0)
    return { type, status: 'True', reason: 'Healthy', message: 'nothing failed' };
  const texts = [
    ...failing.map(one => `disk ${String(one['name'] ?? '')}: ${attributes(one)} failed`),
    ...broken.map(one => `memory ${String(one['controller'] ?? '')}: ${String(one['uncorrected'])} uncorrected errors`),
  ];
  const reason = failing.length > 0 ? 'DiskFailing' : 'MemoryErrors';
  return { type, status: 'False', reason, message: textOf(texts.join('; ')) ?? '' };
};

const attributes = ({ failed }: JsonMap): string =>
  (Array.isArray(failed) ? failed : []).map(one => String(asMap(one)['name'] ?? asMap(one)['id'])).join(', ');
