import * as z from 'zod';
import { toTime } from '../../base/condition.ts';
import { type Cause, Fault } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import type { Accounts } from '../../kube/access/accounts/accounts.ts';
import type { Bound } from '../../kube/access/accounts/issue.ts';
import { badRequest, invalid } from '../../kube/faults.ts';
import type { Action, ActionRequest } from '../../kube/resource.ts';
import type { Schema } from '../../kube/schema/schema.ts';
import { toSchema } from '../schema.ts';
import { text, texts } from '../text.ts';
import { time } from '../time.ts';
import { authentication } from './review.ts';

interface Spec {
  readonly audiences?: readonly string[];
  readonly expirationSeconds?: number | bigint;
  readonly boundObjectRef?: {
    readonly kind?: string;
    readonly apiVersion?: string;
    readonly name?: string;
    readonly uid?: string;
  };
}

const boundKinds: ReadonlyMap<string, string> = new Map([
  ['Secret', 'secrets'],
  ['Pod', 'pods'],
]);

const responds = { ...authentication, kind: 'TokenRequest' } as const;

/** Seconds. */
const defaultLife = 3600;
const minLife = 600;
const largestLife = 2 ** 32;
/** What a token may live at most here; a longer life is shortened with a warning. */
const maxLife = 30 * 24 * 3600;

const schema = () =>
  toSchema(
    z.object({
      spec: z
        .object({
          audiences: texts('For whom the token is meant; the API server when not given.').optional(),
          expirationSeconds: z
            .int()
            .meta({ format: 'int64', description: 'How long the token should live; an hour when not given.' })
            .optional(),
          boundObjectRef: z
            .object({
              kind: text('Secret.').optional(),
              apiVersion: text('v1.').optional(),
              name: text('Name of the object.').optional(),
              uid: text('UID of the object.').optional(),
            })
            .meta({ description: 'The token lives no longer than this object.' })
            .optional(),
        })
        .meta({ description: 'What is asked for.' })
        .optional(),
      status: z
        .object({
          token: text('The token.').optional(),
          expirationTimestamp: time('When it ceases to hold.').optional(),
        })
        .meta({ description: 'What was given.' })
        .optional(),
    }),
  );

/** POST of a ServiceAccount's subresource `token`: a bound token (kubernetes-api reference §3.4). */
export const tokenRequest = (accounts: Accounts): Action => {
  let made: Schema | undefined;
  return {
    verbs: ['create'],
    responds,
    get schema() {
      made ??= schema();
      return made;
    },
    run: request => run(accounts, request),
  };
};

const run = async (accounts: Accounts, request: ActionRequest) => {
  const { registry, type, ref, body, warn, now } = request;
  const account = await registry.get(type, ref);
  // The shape was checked against the schema before the body gets here.
  const spec = (body?.spec ?? {}) as Spec;
  const { namespace = '', name, uid = '' } = account.metadata;
  const asked = Number(spec.expirationSeconds ?? defaultLife);
  const [misnamed, wrongs] = [checkName(body, name), checkLife(asked)];
  if (misnamed.length > 0) throw invalid(responds.kind, responds.group, name, misnamed);
  if (wrongs.length > 0) throw invalid(responds.kind, responds.group, '', wrongs);
  const secret = await toBound(request, spec, namespace);
  const expirationSeconds = Math.min(asked, maxLife);
  if (expirationSeconds < asked)
    warn(`requested expiration of ${asked} seconds shortened to ${expirationSeconds} seconds`);
  const audiences = spec.audiences?.length ? spec.audiences : accounts.audiences;
  const { token, expiresAt } = await accounts.issue({
    namespace,
    account: { name, uid },
    audiences,
    expirationSeconds,
    ...(secret && { secret }),
  });
  return {
    code: 201,
    body: toAnswer({ namespace, name, uid }, spec, { audiences, expirationSeconds, token, expiresAt, now }),
  };
};

const toAnswer = (
  place: { namespace: string; name: string; uid: string },
  { boundObjectRef }: Spec,
  given: { audiences: readonly string[]; expirationSeconds: number; token: string; expiresAt: number; now: number },
): ApiObject => ({
  apiVersion: `${responds.group}/${responds.version}`,
  kind: responds.kind,
  metadata: { ...place, creationTimestamp: toTime(given.now) },
  spec: {
    audiences: [...given.audiences],
    expirationSeconds: given.expirationSeconds,
    boundObjectRef: boundObjectRef ? { ...boundObjectRef } : null,
  },
  status: { token: given.token, expirationTimestamp: toTime(given.expiresAt) },
});

const checkName = (body: ApiObject | undefined, name: string): Cause[] => {
  const own = body?.metadata.name;
  if (!own || own === name) return [];
  return [cause.invalid('metadata.name', own, 'must match the service account name if specified')];
};

const checkLife = (seconds: number): Cause[] => {
  const path = 'spec.expirationSeconds';
  if (seconds < minLife) return [cause.invalid(path, seconds, 'may not specify a duration less than 10 minutes')];
  if (seconds > largestLife)
    return [cause.invalid(path, seconds, 'may not specify a duration larger than 2^32 seconds')];
  return [];
};

/** The Secret that the token is bound to. There are no Pods here, and no Nodes, so nothing can be bound to one. */
const toBound = async ({ registry }: ActionRequest, spec: Spec, namespace: string): Promise<Bound | undefined> => {
  const ref = spec.boundObjectRef;
  if (!ref) return undefined;
  const { apiVersion = '', kind = '', name = '', uid } = ref;
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/', 2) : ['', apiVersion];
  const plural = group === '' ? boundKinds.get(kind) : undefined;
  if (plural === undefined) throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  if (name === '') throw badRequest('Name parameter required.');
  const found = await registry.get(registry.catalog.get('', plural), { namespace, name });
  if (!uid || uid === found.metadata.uid) return { name, uid: found.metadata.uid ?? '' };
  throw new Fault(
    'Conflict',
    `Operation cannot be fulfilled on Secret ${JSON.stringify(name)}: the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    { name, kind: 'Secret' },
  );
};
