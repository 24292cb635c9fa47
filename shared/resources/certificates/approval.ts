import type { ApiObject } from '../../base/object.ts';
import type { Action, ActionRequest, ResourceType } from '../../kube/resource.ts';
import { checkApproval, group } from './check.ts';

/**
 * The subresource `approval`: only conditions are taken from it, and only there Approved and Denied can be set. `allow`
 * throws unless the caller may approve; `stamp` fills in times.
 */
export const toApproval = (
  allow: (request: ActionRequest & { readonly object: ApiObject }) => Promise<void>,
  stamp: (draft: ApiObject, now: number) => void,
): Action => ({
  verbs: ['get', 'patch', 'update'],
  responds: { group, version: 'v1', kind: 'CertificateSigningRequest' },
  async run(request) {
    const { registry, type, ref, verb, body, user, dryRun, warn, annotate } = request;
    const found = await registry.get(type, ref);
    if (verb === 'get' || body === undefined) return { code: 200, body: found };
    await allow({ ...request, object: found });
    const { object } = await registry.update(toApprovable(type, stamp), ref, () => body, {
      user,
      dryRun,
      warn,
      ...(annotate && { annotate }),
      subresource: 'status',
      appearance: { subresource: 'approval' },
    });
    return { code: 200, body: object };
  },
});

/** The type as this subresource sees it: status is written as usual, by other rules. */
const toApprovable = (type: ResourceType, stamp: (draft: ApiObject, now: number) => void): ResourceType => ({
  ...type,
  prepareUpdate(draft, old, { now }) {
    if (old.spec) draft.spec = old.spec;
    const conditions = draft.status?.conditions;
    draft.status = { ...old.status, ...(conditions !== undefined && { conditions }) };
    if (conditions === undefined) delete draft.status.conditions;
    stamp(draft, now);
  },
  admit: async () => {},
  validateStatus: checkApproval,
});
