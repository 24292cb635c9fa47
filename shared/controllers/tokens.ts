import { Buffer } from 'node:buffer';
import { type ApiObject, fromKey } from '../base/object.ts';
import { unlessChanged } from '../base/unless.ts';
import type { Accounts } from '../kube/access/accounts/accounts.ts';
import { controllerUser } from '../kube/access/user.ts';
import { type Controller, type ControllerParts, createController, following } from './controller.ts';

export interface TokenParts extends ControllerParts {
  readonly accounts: Pick<Accounts, 'issueLegacy'>;
  /** PEM of the certificate that the API server's own chains to. */
  readonly rootCertificate: string;
}

/**
 * Secrets of the type kubernetes.io/service-account-token get a token, the root certificate and their namespace, and go
 * with the ServiceAccount that they are for (kubernetes-api reference §2.3).
 */
export const createTokens = (parts: TokenParts): Controller => {
  const { registry } = parts;
  const secrets = registry.catalog.get('', 'secrets');
  const serviceAccounts = registry.catalog.get('', 'serviceaccounts');
  /** Secrets by the key of the ServiceAccount that they are for. */
  const secretsOf = new Map<string, Set<string>>();
  const forget = (account: string, key: string): void => {
    const keys = secretsOf.get(account);
    keys?.delete(key);
    if (keys?.size === 0) secretsOf.delete(account);
  };
  return createController(parts, {
    name: 'tokens',
    follows: [
      following(secrets, accountOf, ({ key, now, before }, add) => {
        if (before && before !== now?.kept) forget(before, key);
        if (!now?.kept) return;
        secretsOf.set(now.kept, (secretsOf.get(now.kept) ?? new Set()).add(key));
        add(key);
      }),
      following(
        serviceAccounts,
        account => account.metadata.uid,
        ({ key }, add) => {
          for (const secret of secretsOf.get(key) ?? []) add(secret);
        },
      ),
    ],
    async work(key) {
      const ref = fromKey(key);
      const secret = await registry.find(secrets, ref);
      const owner = secret && accountOf(secret);
      if (!secret || !owner || secret.metadata.deletionTimestamp !== undefined) return;
      const account = await registry.find(serviceAccounts, fromKey(owner));
      if (!account || !isFor(secret, account)) await unlessChanged(remove(secret));
      else if (!isWhole(secret, account)) await unlessChanged(fill(secret, account));
    },
  });

  function remove({ metadata }: ApiObject): Promise<unknown> {
    const { uid, resourceVersion } = metadata;
    const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
    return registry.delete(secrets, metadata, { user: controllerUser, preconditions });
  }

  async function fill(secret: ApiObject, account: ApiObject): Promise<void> {
    const { namespace = '', name, uid = '' } = account.metadata;
    const secretName = secret.metadata.name;
    const held = dataOf(secret).token;
    const token = held ?? toBase64(await parts.accounts.issueLegacy({ namespace, account: { name, uid }, secretName }));
    await registry.update(secrets, secret.metadata, current => complete(current, account, token), {
      user: controllerUser,
    });
  }

  function complete(secret: ApiObject, { metadata }: ApiObject, token: string): ApiObject {
    return {
      ...secret,
      metadata: { ...secret.metadata, annotations: { ...secret.metadata.annotations, [uidKey]: metadata.uid ?? '' } },
      data: {
        ...dataOf(secret),
        'ca.crt': toBase64(parts.rootCertificate),
        namespace: toBase64(metadata.namespace ?? ''),
        token: dataOf(secret).token ?? token,
      },
    };
  }

  function isWhole(secret: ApiObject, { metadata }: ApiObject): boolean {
    const { token, namespace, 'ca.crt': root } = dataOf(secret);
    return (
      token !== undefined &&
      root === toBase64(parts.rootCertificate) &&
      namespace === toBase64(metadata.namespace ?? '') &&
      secret.metadata.annotations?.[uidKey] === metadata.uid
    );
  }
};

const nameKey = 'kubernetes.io/service-account.name';
const uidKey = 'kubernetes.io/service-account.uid';

/** Key of the ServiceAccount that a Secret is a token of; '' for every other Secret. */
const accountOf = ({ type, metadata }: ApiObject): string => {
  const name = metadata.annotations?.[nameKey];
  return type === 'kubernetes.io/service-account-token' && name ? `${metadata.namespace}/${name}` : '';
};

/** A Secret that names a UID means that very account and no later namesake. */
const isFor = (secret: ApiObject, account: ApiObject): boolean => {
  const uid = secret.metadata.annotations?.[uidKey];
  return !uid || uid === account.metadata.uid;
};

// Stored Secrets have passed their schema: values are base64.
const dataOf = ({ data }: ApiObject) => (data ?? {}) as Partial<Record<string, string>>;

const toBase64 = (text: string): string => Buffer.from(text).toString('base64');
