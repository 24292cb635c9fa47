import { Buffer } from 'node:buffer';
import { isFault } from '../base/fault.ts';
import { type ApiObject, fromKey } from '../base/object.ts';
import type { Clock } from '../base/ports.ts';
import { unlessChanged } from '../base/unless.ts';
import { readSigningRequest, type SigningRequest } from '../kube/access/signingrequest.ts';
import { commonName, organization } from '../kube/access/subject.ts';
import { controllerUser } from '../kube/access/user.ts';
import { clientSigner, conditionsOf, group, has, specOf } from '../resources/certificates/check.ts';
import { type Controller, type ControllerParts, createController, following } from './controller.ts';

export interface CertificateParts extends ControllerParts {
  readonly clock: Clock;
  readonly sign: SignClient;
}

/** Issues a certificate for clients over a request's name and key, in PEM. Times in milliseconds since 1970. */
export type SignClient = (plan: {
  readonly name: Uint8Array;
  readonly publicKey: SigningRequest['publicKey'];
  readonly notBefore: number;
  readonly notAfter: number;
}) => string;

/**
 * Issues the certificates of approved CertificateSigningRequests whose signer is the one for users, says so when a request
 * is not fit for it, and clears away requests that nobody needs any more.
 */
export const createCertificates = (parts: CertificateParts): Controller => {
  const { registry, clock } = parts;
  const requests = registry.catalog.get(group, 'certificatesigningrequests');
  return createController(parts, {
    name: 'certificates',
    follows: [
      following(
        requests,
        () => true,
        ({ key }, add) => add(key),
      ),
    ],
    async work(key) {
      const ref = fromKey(key);
      const request = await registry.find(requests, ref);
      if (!request || request.metadata.deletionTimestamp !== undefined) return undefined;
      const left = endOf(request) - clock.now();
      if (left <= 0) {
        const { uid, resourceVersion } = request.metadata;
        const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
        await unlessChanged(registry.delete(requests, ref, { user: controllerUser, preconditions }));
        return undefined;
      }
      if (isToBeSigned(request)) {
        const outcome = issue(parts, request);
        const change = (current: ApiObject): ApiObject =>
          isToBeSigned(current)
            ? { ...current, status: { ...current.status, ...toStatus(current, outcome) } }
            : current;
        await unlessChanged(registry.update(requests, ref, change, { user: controllerUser, subresource: 'status' }));
      }
      return Math.min(left, maxDelayMs);
    },
  });
};

const isToBeSigned = (request: ApiObject): boolean =>
  specOf(request).signerName === clientSigner &&
  has(request, 'Approved') &&
  !has(request, 'Denied') &&
  !has(request, 'Failed') &&
  !request.status?.certificate;

type Outcome = { readonly certificate: string } | { readonly failure: string };

const toStatus = (request: ApiObject, outcome: Outcome) => {
  if ('certificate' in outcome) return { certificate: Buffer.from(outcome.certificate).toString('base64') };
  const failed = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message: outcome.failure };
  return { conditions: [...conditionsOf(request), failed].map(condition => ({ ...condition })) };
};

const allowedUsages = ['client auth', 'digital signature', 'key encipherment'];
const day = 86_400_000;
/** Clocks of clients may be behind. */
const backdateMs = 5 * 60_000;
/** The longest life of a certificate, and the one of those who ask for none. */
const maxLifeMs = 365 * day;

const issue = ({ clock, sign }: CertificateParts, request: ApiObject): Outcome => {
  const { request: pem = '', usages = [], expirationSeconds } = specOf(request);
  const strange = usages.filter(usage => !allowedUsages.includes(usage));
  if (strange.length > 0) return { failure: `usages are not allowed: ${strange.join(', ')}` };
  if (!usages.includes('client auth')) return { failure: 'usages must include client auth' };
  try {
    const { name, subject, publicKey } = readSigningRequest(Buffer.from(pem, 'base64').toString('latin1'));
    if (subject.get(organization)?.includes('system:masters'))
      return { failure: 'the group system:masters is not certified' };
    if (!subject.get(commonName)?.at(-1)) return { failure: 'the request has no common name' };
    const notBefore = clock.now() - backdateMs;
    const lifeMs = Math.min(expirationSeconds === undefined ? maxLifeMs : expirationSeconds * 1000, maxLifeMs);
    return { certificate: sign({ name, publicKey, notBefore, notAfter: clock.now() + lifeMs }) };
  } catch (error) {
    if (!isFault(error, 'BadRequest')) throw error;
    return { failure: error.message };
  }
};

const hour = 3_600_000;
const maxDelayMs = 12 * hour;

/** A decided request is kept for an hour, an undecided one for a day; so upstream. */
const endOf = (request: ApiObject): number => {
  const made = Date.parse(request.metadata.creationTimestamp ?? '');
  const decided = conditionsOf(request).map(({ lastUpdateTime = '' }) => Date.parse(lastUpdateTime));
  const isIdle = conditionsOf(request).length === 0;
  return isIdle ? made + 24 * hour : Math.max(...decided.map(at => (Number.isNaN(at) ? made : at))) + hour;
};
