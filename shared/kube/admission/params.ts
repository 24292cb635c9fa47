import type { ApiObject } from '../../base/object.ts';
import { fromLabelSelector } from '../select/labels.ts';
import type { ParamRef, PolicySpec } from './policy.ts';
import type { Attempt } from './request.ts';

/** The parameters that a policy is to be applied with, one after the other; null for none. */
export type Params = { readonly found: readonly (ApiObject | null)[] } | { readonly problem: string };

/** Finds the objects that a binding names. Those that may be missing and are missing: nothing is to be applied. */
export const findParams = async (
  kind: PolicySpec['paramKind'],
  ref: ParamRef | undefined,
  attempt: Attempt,
): Promise<Params> => {
  if (kind === undefined || ref === undefined) return { found: [null] };
  const { registry } = attempt.context;
  const [version = '', group = ''] = (kind.apiVersion ?? '').split('/').reverse();
  const type = registry.catalog.byKind(group, version, kind.kind ?? '');
  if (type === undefined) {
    return { problem: `failed to find resource referenced by paramKind: '${kind.apiVersion}, Kind=${kind.kind}'` };
  }
  const isNamespaced = type.scope === 'Namespaced';
  const namespace = isNamespaced ? ref.namespace || attempt.namespace : undefined;
  if (isNamespaced && namespace === '') {
    return { problem: 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources' };
  }
  if (!isNamespaced && ref.namespace)
    return { problem: 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`' };
  const found: readonly ApiObject[] = ref.name
    ? [await registry.find(type, { name: ref.name, namespace })].filter(object => object !== undefined)
    : (await registry.list(type, { namespace, labels: fromLabelSelector(ref.selector ?? {}) })).items;
  if (found.length > 0 || ref.parameterNotFoundAction === 'Allow') return { found };
  return { problem: 'no params found for policy binding with `Deny` parameterNotFoundAction' };
};
