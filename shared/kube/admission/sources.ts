import { parseJson } from '../../base/json.ts';
import type { ApiObject } from '../../base/object.ts';
import type { Store } from '../../store/store.ts';
import { createMirror } from '../access/mirror.ts';
import type { MutatingBinding, MutatingSpec } from './mutation.ts';
import type { BindingSpec, PolicySpec } from './policy.ts';
import type { WebhookConfiguration } from './webhook.ts';

export const admissionGroup = 'admissionregistration.k8s.io';

/** Everything that wants a say in writes. The objects are as stored: they were validated when they were written. */
export interface Sources {
  readonly policies: ReadonlyMap<string, Stored<PolicySpec>>;
  readonly bindings: ReadonlyMap<string, Stored<BindingSpec>>;
  readonly mutations: {
    readonly policies: ReadonlyMap<string, Stored<MutatingSpec>>;
    readonly bindings: ReadonlyMap<string, Stored<MutatingBinding>>;
  };
  readonly validating: ReadonlyMap<string, WebhookConfiguration>;
  readonly mutating: ReadonlyMap<string, WebhookConfiguration>;
}

export type Stored<Spec> = ApiObject<Spec>;

/** What is there as of now: every write that was acknowledged before the call. */
export const createSources = (store: Store): { current(): Promise<Sources>; readonly known: Sources } => {
  const policies = new Map<string, Stored<PolicySpec>>();
  const bindings = new Map<string, Stored<BindingSpec>>();
  const mutations = {
    policies: new Map<string, Stored<MutatingSpec>>(),
    bindings: new Map<string, Stored<MutatingBinding>>(),
  };
  const validating = new Map<string, WebhookConfiguration>();
  const mutating = new Map<string, WebhookConfiguration>();
  const policyMirrors = [
    mirror(store, 'validatingadmissionpolicies', policies),
    mirror(store, 'mutatingadmissionpolicies', mutations.policies),
  ];
  const mirrors = [
    mirror(store, 'validatingadmissionpolicybindings', bindings),
    mirror(store, 'mutatingadmissionpolicybindings', mutations.bindings),
    mirror(store, 'validatingwebhookconfigurations', validating),
    mirror(store, 'mutatingwebhookconfigurations', mutating),
  ];
  const sources: Sources = { policies, bindings, mutations, validating, mutating };
  return {
    /** What was there when `current` was asked last, or later. */
    known: sources,
    async current() {
      // At the same time, and no more than must be: each may be a question over the network.
      await Promise.all(mirrors.map(({ catchUp }) => catchUp()));
      // A policy that nothing binds decides on nothing.
      const isBound = bindings.size > 0 || mutations.bindings.size > 0;
      if (isBound) await Promise.all(policyMirrors.map(({ catchUp }) => catchUp()));
      return sources;
    },
  };
};

const mirror = <T>(store: Store, plural: string, into: Map<string, T>) =>
  createMirror(
    store,
    `objects/${admissionGroup}/${plural}`,
    (key, value) => {
      if (value === undefined) into.delete(key);
      // Only the registry writes these bytes, after validating them.
      else into.set(key, parseJson(value) as unknown as T);
    },
    () => into.clear(),
  );
