import type { Ports } from '../shared/base/ports.ts';
import type { TokenKeys } from '../shared/kube/access/accounts/keys.ts';
import { createRbac, type Rbac } from '../shared/kube/access/rbac.ts';
import { createAdmission } from '../shared/kube/admission/admission.ts';
import { createCatalog } from '../shared/kube/catalog.ts';
import { createExtensions, type Extensions } from '../shared/kube/extend/extensions.ts';
import { createQuota } from '../shared/kube/quota/quota.ts';
import { createRegistry, type Registry } from '../shared/kube/registry/registry.ts';
import { resources } from '../shared/resources/index.ts';
import type { Marks } from '../shared/store/marks.ts';
import type { Store } from '../shared/store/store.ts';
import { type Access, type AccessSettings, openAccess } from './access.ts';
import type { Serving } from './identity/identity.ts';
import type { Outbound } from './outbound.ts';

export interface ObjectsParts {
  readonly ports: Ports;
  readonly store: Store & { readonly marks: Marks };
  readonly identity: Pick<Serving, 'clientAuthority'>;
  /** Of ServiceAccount tokens. */
  readonly keys: TokenKeys;
  readonly access?: AccessSettings;
  readonly outbound: Pick<Outbound, 'get' | 'post'>;
}

/** The objects of an installation, and who may do what with them. */
export interface Objects extends Access {
  readonly registry: Registry;
  readonly extensions: Extensions;
  readonly rbac: Rbac;
  /** The same objects over another store: `isAdmitted` says whether policies, webhooks and quotas are asked. */
  over(store: Store, isAdmitted: boolean): Registry;
}

/** Puts the machinery of objects together. Reads nothing yet: whatever a request needs is read when it comes. */
export const openObjects = ({ ports, store, identity, keys, outbound, ...parts }: ObjectsParts): Objects => {
  const { get, post } = outbound;
  const rbac = createRbac({ store });
  const access = openAccess({
    identity,
    keys,
    get,
    ...parts.access,
    ...ports,
    find: (plural, ref) => registry.find(catalog.get('', plural), ref),
  });
  const { tokens, accounts } = access;
  const builtIn = resources({ rbac, tokens, accounts, marks: store.marks });
  const catalog = createCatalog(builtIn);
  // What there is decides on what is tried, too.
  const guards = {
    admission: createAdmission({ store, catalog, authorizer: rbac, post, ...ports }),
    quota: createQuota(store),
  };
  const over = (other: Store, isAdmitted: boolean): Registry =>
    createRegistry({ store: other, catalog, ...(isAdmitted && guards), ...ports });
  const registry = over(store, true);
  const { log, random } = ports;
  const extensions = createExtensions({ store, catalog, builtIn, log, convert: { random, post } });
  return { ...access, registry, extensions, rbac, over };
};
