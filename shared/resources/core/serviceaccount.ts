import * as z from 'zod';
import type { ApiObject } from '../../base/object.ts';
import type { Accounts } from '../../kube/access/accounts/accounts.ts';
import { tokenRequest } from '../access/tokenrequest.ts';
import { defineResource, type How, type Resource, type What } from '../define.ts';
import { objectReference } from '../reference.ts';
import { flag, text } from '../text.ts';

const byName = {
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name'],
  'x-kubernetes-patch-strategy': 'merge',
  'x-kubernetes-patch-merge-key': 'name',
} as const;

const what: What = {
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  scope: 'Namespaced',
  native: true,
  description:
    'An identity for programs. Bindings name it; it acts as the user `system:serviceaccount:<namespace>:<name>`.',
  fields: () => ({
    secrets: z
      .array(objectReference('A Secret of the namespace.'))
      .meta({ description: 'Secrets that users of the account may use.', ...byName }),
    imagePullSecrets: z
      .array(z.object({ name: text('Name of the Secret.').optional() }).meta({ 'x-kubernetes-map-type': 'atomic' }))
      .meta({ description: 'Secrets with credentials for image registries.', ...byName }),
    automountServiceAccountToken: flag('Kept for others; nothing here mounts tokens.'),
  }),
};

/** Secrets of an account are in its namespace: of references only the names count. */
const nameSecrets = (draft: ApiObject): void => {
  // The shape was checked by the decoder.
  const secrets = draft.secrets as readonly { readonly name?: string }[] | undefined;
  if (secrets) draft.secrets = secrets.map(({ name }) => (name ? { name } : {}));
};

const how: How = { deleteAnswers: 'object', prepareCreate: nameSecrets, prepareUpdate: nameSecrets };

/** ServiceAccounts as objects alone, of which nobody can ask for a token. */
export const serviceAccount: Resource = defineResource(what, how);

/** ServiceAccounts with their subresource `token`. */
export const serviceAccountWith = (accounts: Accounts): Resource =>
  defineResource(what, { ...how, actions: { token: tokenRequest(accounts) } });
