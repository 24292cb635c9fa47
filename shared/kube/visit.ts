import { Fault, isFault } from '../base/fault.ts';
import type { JsonMap } from '../base/object.ts';
import type { Random } from '../base/ports.ts';
import type { Authenticate } from './access/authenticate.ts';
import { type Fairness, isExempt, type Leave } from './access/fairness.ts';
import { impersonate } from './access/impersonate.ts';
import type { PeerEnv } from './access/peer.ts';
import type { Authorizer, User } from './access/user.ts';
import type { Auditor, Trail } from './audit/auditor.ts';
import { toAuditId } from './audit/id.ts';
import { unauthorized } from './faults.ts';
import { toStatus } from './wire/status.ts';

/** Who lets people in, to what is no part of the Kubernetes API too. */
export interface VisitParts {
  readonly authenticate: Authenticate;
  readonly authorizer: Authorizer;
  readonly auditor?: Auditor;
  readonly fairness?: Fairness;
}

/** A request of somebody who is known, and whose turn it is. */
export interface Visit {
  readonly user: User;
  /** Notes in the record of the request what it decides. */
  readonly authorizer: Authorizer;
  /**
   * Says that the answer goes on until the call that is returned, which may be long. Throws TooManyRequests when the user has
   * too many of those.
   */
  stay(): Leave;
}

/**
 * Serves a request that is none for a resource as the Kubernetes API would: its caller is known (or impersonates), it is
 * recorded, and it waits for its turn. `refuse` makes an answer of what is thrown on the way.
 */
export const visit = async (
  parts: VisitParts & { readonly random: Random },
  request: Request,
  { peer, remoteAddress }: PeerEnv,
  serve: (visit: Visit) => Promise<Response>,
  refuse: (error: unknown) => Response,
): Promise<Response> => {
  const auditId = toAuditId(parts.random, request);
  const url = new URL(request.url);
  const info = { verb: request.method.toLowerCase(), path: url.pathname };
  const begin = (user?: User): Trail | undefined =>
    parts.auditor?.begin({
      auditId,
      request,
      url,
      info,
      ...(user && { user }),
      ...(remoteAddress !== undefined && { remoteAddress }),
    });
  let trail: Trail | undefined;
  let leave: Leave | undefined;
  let over: Leave | undefined;
  let response: Response;
  let status: JsonMap | undefined;
  try {
    const caller = await parts.authenticate(request, peer);
    if (caller === undefined) throw unauthorized();
    trail = begin(caller);
    const user = await impersonate(request.headers, caller, parts.authorizer);
    if (user !== caller) trail?.impersonated(user);
    const fairness = isExempt(user, info) ? undefined : parts.fairness;
    leave = fairness && (await enter(fairness, user));
    const stay = (): Leave => {
      const left = fairness ? fairness.stay(user.name) : () => {};
      if (left === undefined) throw tooMany();
      over = left;
      return () => {
        left();
        trail?.completed(bare(response));
      };
    };
    response = await serve({ user, authorizer: noting(parts.authorizer, trail), stay });
  } catch (error) {
    if (isFault(error, 'Unauthorized')) trail ??= begin();
    response = refuse(error);
    status = isFault(error) ? toStatus(error) : undefined;
    over?.();
    over = undefined;
  } finally {
    leave?.();
  }
  response.headers.set('audit-id', auditId);
  if (over) trail?.started(response);
  else trail?.completed(bare(response), status);
  return response;
};

const enter = async (fairness: Fairness, user: User): Promise<Leave> => {
  const leave = await fairness.enter(user.name);
  if (leave === undefined) throw tooMany();
  return leave;
};

const tooMany = (): Fault =>
  new Fault('TooManyRequests', 'Too many requests, please try again later.', { retryAfterSeconds: 1 });

const noting = (authorizer: Authorizer, trail: Trail | undefined): Authorizer => ({
  async authorize(attributes) {
    const decision = await authorizer.authorize(attributes);
    trail?.annotate('authorization.k8s.io/decision', decision.allowed ? 'allow' : 'forbid');
    trail?.annotate('authorization.k8s.io/reason', decision.reason);
    return decision;
  },
});

/** An answer without its body: no record holds what may be of any length. */
const bare = ({ status, headers }: Response): Response => new Response(null, { status, headers });
