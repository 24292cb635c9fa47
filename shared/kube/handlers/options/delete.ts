import type { Cause } from '../../../base/fault.ts';
import { isMap } from '../../../base/own.ts';
import { cause } from '../../../base/path.ts';
import { badRequest, invalidOptions } from '../../faults.ts';
import { toBoolean, toInteger, toText } from '../../query.ts';
import type { DeleteOptions } from '../../registry/registry.ts';
import { dryRunCauses, toAskedDryRun } from './write.ts';

export type DeleteQuery = Omit<DeleteOptions, 'user' | 'warn'>;

/** How to delete, from the body of a DELETE: a DeleteOptions of whatever group version. */
export const toDeleteOptions = (body: Readonly<Record<string, unknown>>): DeleteQuery => {
  const preconditions = optional(body, 'preconditions', isMap) ?? {};
  return check({
    dryRun: optional(body, 'dryRun', isTextList) ?? [],
    policy: optional(body, 'propagationPolicy', isText),
    orphan: optional(body, 'orphanDependents', isBoolean),
    grace: optional(body, 'gracePeriodSeconds', isNumber),
    uid: optional(preconditions, 'uid', isText),
    resourceVersion: optional(preconditions, 'resourceVersion', isText),
  });
};

/** The same from the query, which counts when there is no body. */
export const fromDeleteQuery = (query: URLSearchParams): DeleteQuery =>
  check({
    dryRun: query.getAll('dryRun'),
    policy: toText(query, 'propagationPolicy'),
    orphan: toBoolean(query, 'orphanDependents'),
    grace: toInteger(query, 'gracePeriodSeconds'),
    uid: toText(query, 'uid'),
    resourceVersion: toText(query, 'resourceVersion'),
  });

interface Asked {
  readonly dryRun: readonly string[];
  readonly policy: string | undefined;
  /** Deprecated: true for Orphan, false for Background. */
  readonly orphan: boolean | undefined;
  readonly grace: number | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

const check = ({ dryRun, policy, orphan, grace, uid, resourceVersion }: Asked): DeleteQuery => {
  const causes: Cause[] = [];
  const at = 'propagationPolicy';
  if (orphan !== undefined && policy !== undefined) {
    causes.push(cause.invalid(at, policy, 'orphanDependents and deletionPropagation cannot be both set'));
  }
  const known = isPolicy(policy) ? policy : undefined;
  if (policy !== undefined && known === undefined) {
    causes.push(cause.notSupported(at, policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  }
  causes.push(...dryRunCauses(dryRun));
  if (causes.length > 0) throw invalidOptions('DeleteOptions', causes);
  const propagationPolicy = known ?? (orphan === undefined ? undefined : orphan ? 'Orphan' : 'Background');
  const graceful = grace !== undefined && { gracePeriodSeconds: grace };
  const preconditions = {
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
  return {
    dryRun: dryRun.length > 0,
    ...(propagationPolicy !== undefined && { propagationPolicy }),
    ...graceful,
    preconditions,
    asked: {
      ...toAskedDryRun(dryRun),
      ...graceful,
      ...(known !== undefined && { propagationPolicy: known }),
      ...(orphan !== undefined && { orphanDependents: orphan }),
      ...(Object.keys(preconditions).length > 0 && { preconditions }),
    },
  };
};

const isPolicy = (text: string | undefined): text is NonNullable<DeleteOptions['propagationPolicy']> =>
  text === 'Foreground' || text === 'Background' || text === 'Orphan';

/** A member of the wrong type cannot be decoded: 400, as for any other body. */
const optional = <T>(
  map: Readonly<Record<string, unknown>>,
  name: string,
  is: (value: unknown) => value is T,
): T | undefined => {
  const value = Object.hasOwn(map, name) ? map[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (is(value)) return value;
  throw badRequest(`DeleteOptions cannot be decoded: ${name} has the wrong type`);
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isTextList = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
