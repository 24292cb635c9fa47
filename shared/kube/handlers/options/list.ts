import type { Cause } from '../../../base/fault.ts';
import { cause } from '../../../base/path.ts';
import { invalidOptions } from '../../faults.ts';
import { isTrue, toBoolean, toInteger, toText } from '../../query.ts';
import type { ListOptions, Selection, WatchOptions } from '../../registry/registry.ts';
import { parseFieldSelector } from '../../select/fields.ts';
import { parseLabelSelector } from '../../select/labels.ts';

/** What a GET of a collection asks for. Throws 400 and 422 as kube-apiserver does (kubernetes-api reference §1.8). */
export const toListOptions = (query: URLSearchParams, namespace: string | undefined): ListOptions => {
  const asked = toAsked(query);
  const causes = listCauses(asked);
  if (causes.length > 0) throw invalidOptions('ListOptions', causes);
  const { resourceVersion, match, limit } = asked;
  return {
    ...toSelection(query, namespace),
    ...(limit !== undefined && limit > 0 && { limit }),
    ...(asked.continue !== undefined && { continue: asked.continue }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...((match === 'Exact' || match === 'NotOlderThan') && { resourceVersionMatch: match }),
  };
};

/** The same for a watch. `timeoutSeconds` is absent or above zero. */
export const toWatchOptions = (
  query: URLSearchParams,
  namespace: string | undefined,
): WatchOptions & { readonly timeoutSeconds?: number } => {
  const asked = toAsked(query);
  const causes = watchCauses(asked);
  if (causes.length > 0) throw invalidOptions('ListOptions', causes);
  const { resourceVersion, sendInitialEvents, timeoutSeconds } = asked;
  return {
    ...toSelection(query, namespace),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(sendInitialEvents !== undefined && { sendInitialEvents }),
    ...(asked.match === 'NotOlderThan' && { resourceVersionMatch: asked.match }),
    allowWatchBookmarks: isTrue(query, 'allowWatchBookmarks'),
    ...(timeoutSeconds !== undefined && timeoutSeconds > 0 && { timeoutSeconds }),
  };
};

/** Which objects are meant. Whether a type offers the fields is the registry's to say. */
export const toSelection = (query: URLSearchParams, namespace: string | undefined): Selection => {
  const labels = toText(query, 'labelSelector');
  const fields = toText(query, 'fieldSelector');
  return {
    ...(namespace !== undefined && { namespace }),
    ...(labels !== undefined && { labels: parseLabelSelector(labels) }),
    ...(fields !== undefined && { fields: parseFieldSelector(fields) }),
  };
};

interface Asked {
  readonly resourceVersion: string | undefined;
  readonly match: string | undefined;
  readonly continue: string | undefined;
  readonly limit: number | undefined;
  /** Of a watch; checked everywhere. */
  readonly timeoutSeconds: number | undefined;
  readonly sendInitialEvents: boolean | undefined;
}

const toAsked = (query: URLSearchParams): Asked => ({
  resourceVersion: toText(query, 'resourceVersion'),
  match: toText(query, 'resourceVersionMatch'),
  continue: toText(query, 'continue'),
  limit: toInteger(query, 'limit'),
  timeoutSeconds: toInteger(query, 'timeoutSeconds'),
  sendInitialEvents: toBoolean(query, 'sendInitialEvents'),
});

const at = 'resourceVersionMatch';

const listCauses = ({ resourceVersion, match, continue: token, sendInitialEvents }: Asked): Cause[] => {
  const causes: Cause[] = [];
  if (match !== undefined) {
    if (resourceVersion === undefined) {
      causes.push(cause.forbidden(at, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    }
    if (token !== undefined) {
      causes.push(cause.forbidden(at, 'resourceVersionMatch is forbidden when continue is provided'));
    }
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      causes.push(cause.notSupported(at, match, ['Exact', 'NotOlderThan', '']));
    }
    if (match === 'Exact' && resourceVersion === '0') {
      causes.push(cause.forbidden(at, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (sendInitialEvents !== undefined) {
    causes.push(cause.forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  return causes;
};

const watchCauses = ({ resourceVersion = '0', match, continue: token, sendInitialEvents }: Asked): Cause[] => {
  const causes: Cause[] = [];
  // Who names no state gets all there is at first, as if he had said so.
  const isWhole = resourceVersion === '0' && match === undefined && sendInitialEvents === undefined;
  if (isWhole && token !== undefined) {
    return [cause.forbidden(at, 'resourceVersionMatch is forbidden when continue is provided')];
  }
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    causes.push(cause.forbidden(at, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  }
  if (match === undefined) return causes;
  if (sendInitialEvents === undefined) {
    causes.push(
      cause.forbidden(at, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'),
    );
  }
  if (match !== 'NotOlderThan') causes.push(cause.notSupported(at, match, ['NotOlderThan']));
  if (token !== undefined) {
    causes.push(cause.forbidden(at, 'resourceVersionMatch is forbidden when continue is provided'));
  }
  return causes;
};
