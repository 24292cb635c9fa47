import type { JsonMap } from '../../base/object.ts';
import { type ZInfoBlob, ZSwState } from '../../eve/generated/info.ts';
import { swState } from './application.ts';
import { errorText } from './errors.ts';
import { asMap, countOf, defined, maxItems, replace, textOf } from './value.ts';

/**
 * The status of a Device after a report about blobs, the parts that content is made of. Only those that are on their way, or
 * that cannot be had, are kept: the rest is in the stream.
 */
export const reflectBlobs = (status: JsonMap, blobs: readonly ZInfoBlob[]): JsonMap => {
  let list = status['downloads'];
  for (const one of blobs.slice(0, maxItems)) list = replace(list, 'sha256', toDownload(one));
  const waiting = (Array.isArray(list) ? list : []).filter(one => !isDone(asMap(one)));
  return { ...status, downloads: waiting.slice(-maxItems) };
};

const done: ReadonlySet<string> = new Set([ZSwState.LOADED, ZSwState.DELIVERED, ZSwState.INVALID].map(swState));

const isDone = ({ state, error }: JsonMap): boolean => error === undefined && done.has(String(state));

const toDownload = (one: ZInfoBlob): JsonMap =>
  defined({
    sha256: textOf(one.sha256)?.toLowerCase() ?? '',
    state: swState(one.state),
    progress: countOf(one.progressPercentage),
    sizeBytes: countOf(one.resources?.curSizeBytes),
    error: errorText(one.err),
  });
