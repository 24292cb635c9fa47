import { badRequest, unauthorizedFor } from '../faults.ts';
import { labelErrors, subdomainErrors } from '../names.ts';
import type { Attributes, Authorizer, User } from './user.ts';

/**
 * The user that a request wants to act as, or the caller when it wants nothing of the kind (kubernetes-api reference §1.20).
 * Throws BadRequest for headers that name no user, Forbidden when the caller may not impersonate one of the parts.
 */
export const impersonate = async (headers: Headers, caller: User, authorizer: Authorizer): Promise<User> => {
  const wanted = toWanted(headers);
  if (wanted === undefined) return caller;
  for (const resource of toResources(wanted)) {
    const attributes: Attributes = { user: caller, verb: 'impersonate', resource };
    const { allowed, reason } = await authorizer.authorize(attributes);
    if (!allowed) throw unauthorizedFor(attributes, reason);
  }
  return toUser(wanted);
};

interface Wanted {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid: string | undefined;
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

const extraPrefix = 'impersonate-extra-';

const toWanted = (headers: Headers): Wanted | undefined => {
  const name = headers.get('impersonate-user') ?? '';
  const groups = toValues(headers.get('impersonate-group'));
  const uid = headers.get('impersonate-uid') || undefined;
  const extra = toExtra(headers);
  if (name !== '') return { name, groups, uid, extra };
  if (groups.length === 0 && uid === undefined && Object.keys(extra).length === 0) return undefined;
  throw badRequest(
    'requested impersonation of groups, uid or extra information without impersonating a user; set the Impersonate-User header',
  );
};

/** Repeated headers arrive as one, joined by commas. Group names with commas cannot be impersonated. */
const toValues = (header: string | null): string[] =>
  (header ?? '')
    .split(',')
    .map(value => value.trim())
    .filter(value => value !== '');

const toExtra = (headers: Headers): Record<string, string[]> => {
  const extra = new Map<string, string[]>();
  headers.forEach((value, header) => {
    if (header.startsWith(extraPrefix)) extra.set(toKey(header.slice(extraPrefix.length)), toValues(value));
  });
  return Object.fromEntries(extra);
};

/** Keys are percent-encoded; one that is not stands for itself. */
const toKey = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

type Resource = NonNullable<Attributes['resource']>;

const toResources = ({ name, groups, uid, extra }: Wanted): Resource[] => {
  const account = toAccount(name);
  const core = { group: '', version: 'v1' };
  const authentication = { group: 'authentication.k8s.io', version: 'v1' };
  return [
    account ? { ...core, resource: 'serviceaccounts', ...account } : { ...core, resource: 'users', name },
    ...groups.map(group => ({ ...core, resource: 'groups', name: group })),
    ...(uid === undefined ? [] : [{ ...authentication, resource: 'uids', name: uid }]),
    ...Object.entries(extra).flatMap(([subresource, values]) =>
      values.map(value => ({ ...authentication, resource: 'userextras', subresource, name: value })),
    ),
  ];
};

const toAccount = (user: string): { namespace: string; name: string } | undefined => {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  if (namespace === undefined || name === undefined) return undefined;
  // What no account can be called is an ordinary user, and of no account's groups.
  return [...labelErrors(namespace), ...subdomainErrors(name)].length === 0 ? { namespace, name } : undefined;
};

const authenticated = 'system:authenticated';
const unauthenticated = 'system:unauthenticated';

const toUser = ({ name, groups, uid, extra }: Wanted): User => {
  const account = toAccount(name);
  const implied = account ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`] : [];
  const own = groups.length > 0 ? groups : implied;
  const everyone = name === 'system:anonymous' ? unauthenticated : authenticated;
  // Who asks for one of the two groups that divide everybody is in that one.
  const isDivided = own.includes(everyone) || (own.includes(unauthenticated) && everyone === authenticated);
  return {
    name,
    groups: isDivided ? own : [...own, everyone],
    ...(uid !== undefined && { uid }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
};
