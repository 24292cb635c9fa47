import type { Condition } from '../../base/condition.ts';
import type { JsonMap } from '../../base/object.ts';
import { BaseOsStatus, BaseOsSubStatus, type ZInfoDevSW, ZSwState } from '../../eve/generated/info.ts';
import { errorText } from './errors.ts';
import { nameIfAny, nameOf } from './names.ts';
import { countOf, defined, textOf } from './value.ts';

const swState = nameOf(ZSwState);
const osStatus = nameOf(BaseOsStatus);
const osStep = nameIfAny(BaseOsSubStatus);

/** A partition of EVE and how far what is being put into it has come. */
export const toPartition = (one: ZInfoDevSW): JsonMap =>
  defined({
    label: textOf(one.partitionLabel),
    device: textOf(one.partitionDevice),
    state: textOf(one.partitionState),
    version: textOf(one.shortVersion),
    activated: one.activated ?? false,
    softwareState: swState(one.status),
    updateState: osStatus(one.userStatus),
    updateStep: osStep(one.subStatus),
    detail: textOf(one.subStatusStr),
    progress: countOf(one.subStatusProgress) ?? countOf(one.downloadProgress),
    error: errorText(one.swErr),
  });

/** `EVEOSUpdated`: whether the wanted version runs; undefined when the device has not told which does. */
export const updatedCondition = (
  running: ZInfoDevSW | undefined,
  other: ZInfoDevSW | undefined,
  wanted: string | undefined,
): Condition | undefined => {
  const version = textOf(running?.shortVersion);
  if (!running || !version) return undefined;
  const type = 'EVEOSUpdated';
  if (!wanted) return { type, status: 'True', reason: 'NoVersionWanted', message: `runs ${version}` };
  const step = (version === wanted ? runningStep(running, wanted) : otherStep(other, wanted)) ?? undefined;
  if (step) return { type, status: 'False', ...step };
  if (version === wanted) return { type, status: 'True', reason: 'Updated', message: `runs ${wanted}` };
  const detail = errorText(other?.swErr) ?? osStatus(other?.userStatus);
  return { type, status: 'False', reason: 'Updating', message: `runs ${version}, shall run ${wanted}: ${detail}` };
};

type Step = Pick<Condition, 'reason' | 'message'>;

/** The wanted version runs, on probation. */
const runningStep = (running: ZInfoDevSW, wanted: string): Step | undefined => {
  const left = countOf(running.subStatusProgress);
  if (running.subStatus === BaseOsSubStatus.UPDATE_TESTING)
    return { reason: 'Testing', message: `${wanted} runs and is being tested${left ? `, ${left} s left` : ''}` };
  if (running.subStatus === BaseOsSubStatus.UPDATE_NEED_TEST_CONFIRM)
    return { reason: 'NeedTestConfirm', message: `${wanted} runs and waits for the test to be confirmed` };
  return undefined;
};

/** Another version runs: what stands in the way of the wanted one. */
const otherStep = (other: ZInfoDevSW | undefined, wanted: string): Step | undefined => {
  const failed = errorText(other?.swErr);
  const percent = countOf(other?.subStatusProgress) ?? countOf(other?.downloadProgress);
  const progress = percent === undefined ? '' : ` (${percent} %)`;
  if (other?.userStatus === BaseOsStatus.FALLBACK)
    return { reason: 'FellBack', message: failed ?? `${wanted} was tried; the device went back to the version before` };
  if (other?.userStatus === BaseOsStatus.FAILED)
    return { reason: 'UpdateFailed', message: failed ?? `the update to ${wanted} failed` };
  switch (other?.subStatus) {
    case BaseOsSubStatus.DOWNLOAD_INPROGRESS:
      return { reason: 'Downloading', message: `${wanted} is being downloaded${progress}` };
    case BaseOsSubStatus.VERIFY_INPROGRESS:
      return { reason: 'Verifying', message: `${wanted} is being verified${progress}` };
    case BaseOsSubStatus.UPDATE_INITIALIZING:
      return { reason: 'Initializing', message: `${wanted} is being written to the other partition${progress}` };
    case BaseOsSubStatus.UPDATE_REBOOTING:
      return { reason: 'Rebooting', message: `the device reboots into ${wanted}` };
    case BaseOsSubStatus.UPDATE_DEFERRED:
      return { reason: 'Deferred', message: failed ?? `the update to ${wanted} is put off by the device` };
    default:
      return other?.userStatus === BaseOsStatus.DOWNLOAD_DONE
        ? { reason: 'Downloaded', message: `${wanted} is there and not yet activated` }
        : undefined;
  }
};
