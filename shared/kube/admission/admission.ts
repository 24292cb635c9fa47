import type { ApiObject } from '../../base/object.ts';
import type { Ports } from '../../base/ports.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer } from '../access/user.ts';
import type { Catalog } from '../catalog.ts';
import type { Admission } from '../registry/admission.ts';
import type { AdmitContext, ResourceType } from '../resource.ts';
import { decidePolicies } from './decide.ts';
import { runMutators } from './mutate.ts';
import { policyMutators } from './mutations.ts';
import { type Attempt, toAttempt } from './request.ts';
import { admissionGroup, createSources, type Sources } from './sources.ts';
import type { Post } from './webhook.ts';
import { validateByWebhooks, type WebhookPorts, webhookMutators } from './webhooks.ts';

export interface AdmissionParts extends Ports {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly authorizer: Authorizer;
  readonly post: Post;
}

/**
 * Admission by what users store: MutatingAdmissionPolicies and mutating webhooks, then (once the object is valid)
 * ValidatingAdmissionPolicies and validating webhooks. Costs next to nothing as long as there are none. What decides on admission is not itself decided
 * on: a policy must not lock out its own repair. Mutating webhooks are asked about deletions too: they have nothing to change,
 * but may refuse.
 */
export const createAdmission = ({ store, catalog, authorizer, post, random, log }: AdmissionParts): Admission => {
  const sources = createSources(store);
  /** Writes for which the sources were brought up to date when they began. */
  const begun = new WeakSet<AdmitContext>();
  const ports: WebhookPorts = { catalog, authorizer, post, random, log, namespaceOf };
  return {
    async mutate(type, object, old, context) {
      if (isExempt(type)) return object;
      const current = await sources.current();
      begun.add(context);
      const mutators = [...policyMutators(current, ports), ...webhookMutators(current.mutating, ports)];
      if (mutators.length === 0) return object;
      const attempt = toAttempt(type, object, old, context);
      const made = await runMutators(mutators, attempt);
      if (made === undefined || made === attempt.object) return object;
      return context.appearance?.take ? context.appearance.take(object, made) : made;
    },
    async validate(type, object, old, context) {
      if (isExempt(type)) return;
      const current = begun.has(context) ? sources.known : await sources.current();
      if (isIdle(current)) return;
      const attempt = toAttempt(type, object, old, context);
      if (object === undefined) await runMutators(webhookMutators(current.mutating, ports), attempt);
      if (current.bindings.size > 0) await decidePolicies(current, attempt, ports);
      if (current.validating.size > 0) await validateByWebhooks(current.validating, attempt, ports);
    },
  };
};

const isExempt = (type: ResourceType): boolean => type.group === admissionGroup;

const isIdle = ({ bindings, validating, mutating }: Sources): boolean =>
  bindings.size === 0 && validating.size === 0 && mutating.size === 0;

const namespaceOf = async ({ namespace, context }: Attempt): Promise<ApiObject | undefined> => {
  if (namespace === '') return undefined;
  const { registry } = context;
  return registry.find(registry.catalog.get('', 'namespaces'), { name: namespace });
};
