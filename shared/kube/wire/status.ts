import type { Fault } from '../../base/fault.ts';
import type { JsonMap } from '../../base/object.ts';

/** A Fault as `kind: Status` of v1 (kubernetes-api reference §1.18). What caused it underneath stays hidden. */
export const toStatus = (fault: Fault): JsonMap => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: fault.details.continue === undefined ? {} : { continue: fault.details.continue },
  status: 'Failure',
  message: fault.message,
  ...toReason(fault),
  ...toDetails(fault),
  code: fault.code,
});

const toReason = ({ reason, details: { saidReason = reason } }: Fault): JsonMap =>
  saidReason === '' ? {} : { reason: saidReason };

/** The Status that a completed deletion answers; clients wait for `uid` to vanish. */
export const toSuccess = (about: { name: string; group: string; plural: string; uid?: string }): JsonMap => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: {
    name: about.name,
    ...(about.group !== '' && { group: about.group }),
    kind: about.plural,
    ...(about.uid !== undefined && { uid: about.uid }),
  },
});

/** Reasons that are told with details even where there are none: paths and methods that are of no object. */
const detailed: ReadonlySet<string> = new Set(['Forbidden', 'MethodNotAllowed']);

const toDetails = ({ reason, details, causes }: Fault): JsonMap => {
  const { name, group, kind, uid, retryAfterSeconds } = details;
  const out: JsonMap = {};
  if (name) out.name = name;
  if (group) out.group = group;
  if (kind) out.kind = kind;
  if (uid) out.uid = uid;
  if (causes.length > 0) {
    out.causes = causes.map(({ reason, message, field }) => ({
      ...(reason !== '' && { reason }),
      message,
      ...(field && { field }),
    }));
  }
  if (retryAfterSeconds) out.retryAfterSeconds = retryAfterSeconds;
  return Object.keys(out).length > 0 || detailed.has(reason) ? { details: out } : {};
};
