import { type Condition, findCondition, setCondition, toTime } from '../../base/condition.ts';
import type { JsonMap } from '../../base/object.ts';
import { CipherError, type CipherMetric, type deviceMetric } from '../../eve/generated/metrics.ts';
import { toMs } from '../../eve/timestamp.ts';
import { nameOf } from './names.ts';
import { asMap, countOf, textOf } from './value.ts';

/** What metrics say that belongs into a status; all else is measurement, and in the stream. */
export interface Told {
  /** Version of the configuration that is served; 0: none. */
  readonly version: number;
  /** Whether the device has processed it. */
  readonly applied: boolean;
  /** Hash of the controller's certificates that it names. */
  readonly certificates?: string | undefined;
  /** MiB that EVE leaves to applications. */
  readonly memory: number | undefined;
  /** Seconds of silence after which the device asks to be taken for lost. */
  readonly dormant: number;
  /** Which agents of the device could not open the last secret they tried; '' when all could. */
  readonly unreadable: string;
}

export const toTold = (
  dm: deviceMetric,
  served: { version: number; configTimestampMs: number } | undefined,
  certificates?: string,
): Told => ({
  version: served?.version ?? 0,
  certificates,
  applied: served !== undefined && toMs(dm.last_processed_config) >= served.configTimestampMs,
  memory: allocatableMiB(dm),
  dormant: countOf(dm.dormant_time_in_seconds) ?? 0,
  unreadable: textOf((dm.cipher ?? []).flatMap(unreadableBy).join(', ')) ?? '',
});

const allocatableMiB = ({ deviceMemory }: deviceMetric): number | undefined => {
  const left = (countOf(deviceMemory?.memoryMB) ?? 0) - (countOf(deviceMemory?.allocated_eveMB) ?? 0);
  return left > 0 ? left : undefined;
};

const cipherError = nameOf(CipherError, 'CIPHER_ERROR_');

/** Counters are since boot: what counts is which came last, failure or success. */
const unreadableBy = ({ agent_name: agent = '', last_failure, last_success, tc = [] }: CipherMetric): string[] => {
  if (toMs(last_failure) <= toMs(last_success)) return [];
  const codes = tc.filter(({ count }) => Number(count ?? 0) > 0).map(({ error_code }) => cipherError(error_code));
  return [codes.length > 0 ? `${agent} (${codes.join(', ')})` : agent];
};

/** The status of a Device after its metrics. */
export const reflectMetrics = (status: JsonMap, told: Told, now: number): JsonMap => {
  const config = asMap(status['config']);
  const isNew = told.applied && config['version'] === told.version && config['appliedVersion'] !== told.version;
  // Joined in on read, never stored.
  const { fetchedHash: _hash, fetchedAt: _at, ...kept } = config;
  const generation = typeof config['generation'] === 'number' ? config['generation'] : undefined;
  const conditions = [...(isNew ? [applied(told.version, generation)] : []), ...readable(status, told)];
  return {
    ...status,
    ...(told.dormant > 0 && { dormantSeconds: told.dormant }),
    ...(told.memory !== undefined && {
      allocatable: { ...asMap(status['allocatable']), memory: `${told.memory}Mi` },
    }),
    ...(isNew && { config: { ...kept, appliedVersion: told.version, appliedAt: toTime(now) } }),
    ...(isNew && generation !== undefined && { observedGeneration: generation }),
    ...(hasCertificates(config, told) && { config: { ...kept, certificates: told.certificates ?? '' } }),
    ...(conditions.length > 0 && {
      conditions: conditions.reduce(
        (list, one) => setCondition(list, one, now),
        Array.isArray(status['conditions']) ? (status['conditions'] as JsonMap[]) : [], // by its schema
      ),
    }),
  };
};

/**
 * A device that applies a configuration reads the certificates that it names soon after. It is known to have them with the
 * next metrics that come after those that told of the applying.
 */
export const hasCertificates = (config: JsonMap, { applied, version, certificates }: Told): boolean =>
  applied &&
  config['appliedVersion'] === version &&
  certificates !== undefined &&
  config['certificates'] !== certificates;

const applied = (version: number, observedGeneration: number | undefined): Condition => ({
  type: 'ConfigApplied',
  status: 'True',
  reason: 'Applied',
  message: `the device has applied version ${version}`,
  observedGeneration,
});

/** Nothing is said before the first failure. */
const readable = (status: JsonMap, { unreadable }: Told): Condition[] => {
  const type = 'SecretsReadable';
  if (unreadable !== '')
    return [{ type, status: 'False', reason: 'DecryptionFailed', message: `could not open secrets: ${unreadable}` }];
  if (!findCondition(status['conditions'], type)) return [];
  return [{ type, status: 'True', reason: 'Readable', message: 'the device opens the secrets it is sent' }];
};
