import { Buffer } from 'node:buffer';
import * as z from 'zod';
import { toTime } from '../../base/condition.ts';
import { Fault } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { readSigningRequest } from '../../kube/access/signingrequest.ts';
import { organization } from '../../kube/access/subject.ts';
import type { Authorizer } from '../../kube/access/user.ts';
import { toHumanDuration } from '../../kube/describe/duration.ts';
import type { AdmitContext, Strategy } from '../../kube/resource.ts';
import { ageColumn, defineResource, type Resource, type What } from '../define.ts';
import { int32, text, texts } from '../text.ts';
import { time } from '../time.ts';
import { toApproval } from './approval.ts';
import { checkSpec, checkStatus, clientSigner, conditionsOf, group, has, specOf, usages } from './check.ts';

const condition = () =>
  z.object({
    type: text('Approved, Denied or Failed.'),
    status: text('True; Approved, Denied and Failed know nothing else.'),
    reason: text('Why, in one word for programs.').optional(),
    message: text('Why, for people.').optional(),
    lastUpdateTime: time('When the condition was last written.').optional(),
    lastTransitionTime: time('When the status last changed.').optional(),
  });

const what: What = {
  group,
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  scope: 'Cluster',
  native: true,
  description:
    'Asks for a client certificate: somebody with the right to do so approves or denies, and the signer that is named issues. The rest of the request never changes.',
  spec: () =>
    z
      .object({
        request: z.string().meta({ format: 'byte', description: 'The request, PKCS #10 in PEM.' }),
        signerName: text('Who is to sign: kubernetes.io/kube-apiserver-client for certificates of users.'),
        expirationSeconds: int32('How long the certificate should be good; the signer may give less.').optional(),
        usages: texts(`What the key is for, among: ${usages.join(', ')}.`).optional(),
        username: text('Who asks. Filled in by the server.').optional(),
        uid: text('UID of who asks. Filled in by the server.').optional(),
        groups: texts('Groups of who asks. Filled in by the server.').optional(),
        extra: z
          .record(z.string(), z.array(z.string()))
          .meta({ description: 'What else is known of who asks. Filled in by the server.' })
          .optional(),
      })
      .meta({ description: 'What is asked for, and by whom.' }),
  status: () =>
    z
      .object({
        conditions: z
          .array(condition())
          .meta({
            description: 'Whether it was approved, denied, or could not be issued.',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['type'],
          })
          .optional(),
        certificate: z
          .string()
          .meta({ format: 'byte', description: 'The certificate and those above it, in PEM.' })
          .optional(),
      })
      .meta({ description: 'What became of it.' }),
  required: ['spec'],
};

/** Requests for client certificates; what certifies them is a controller's work. */
export const certificateSigningRequest = (authorizer: Authorizer): Resource => {
  const strategy: Strategy = {
    prepareCreate(draft, { user }) {
      const { username: _, uid: __, groups: ___, extra: ____, ...asked } = draft.spec ?? {};
      draft.spec = {
        ...asked,
        username: user.name,
        ...(user.uid && { uid: user.uid }),
        groups: [...user.groups],
        ...(user.extra && { extra: Object.fromEntries(Object.entries(user.extra).map(([k, v]) => [k, [...v]])) }),
      };
      draft.status = {};
    },
    prepareUpdate(draft, old, { subresource, now }) {
      if (old.spec) draft.spec = old.spec;
      if (subresource === 'status') stamp(draft, now);
    },
    async admit(draft, old, context) {
      if (context.operation === 'create') refuseMasters(draft);
      else if (old && context.subresource === 'status' && isSigning(draft, old))
        await requireSigner(authorizer, context, draft, 'sign');
    },
    validate: checkSpec,
    validateStatus: checkStatus,
  };
  return defineResource(what, {
    ...strategy,
    selectable: ['spec.signerName'],
    actions: { approval: toApproval(request => requireSigner(authorizer, request, request.object, 'approve'), stamp) },
    hasGeneration: false,
    columns: [
      ageColumn,
      { name: 'SignerName', type: 'string', description: 'Who is to sign', jsonPath: '.spec.signerName' },
      { name: 'Requestor', type: 'string', description: 'Who asks', jsonPath: '.spec.username' },
      {
        name: 'RequestedDuration',
        type: 'string',
        description: 'How long the certificate should be good',
        value: object => {
          const { expirationSeconds } = specOf(object);
          return expirationSeconds === undefined ? '<none>' : toHumanDuration(expirationSeconds * 1000);
        },
      },
      { name: 'Condition', type: 'string', description: 'What became of it', value: describe },
    ],
  });
};

const describe = (object: ApiObject): string =>
  [
    has(object, 'Approved') ? 'Approved' : has(object, 'Denied') ? 'Denied' : 'Pending',
    ...(has(object, 'Failed') ? ['Failed'] : []),
    ...(object.status?.certificate ? ['Issued'] : []),
  ].join(',');

/** Conditions get the times that they lack. */
const stamp = (draft: ApiObject, now: number): void => {
  if (!draft.status?.conditions) return;
  const at = toTime(now);
  const conditions = conditionsOf(draft).map(one => ({ lastUpdateTime: at, lastTransitionTime: at, ...one }));
  draft.status = { ...draft.status, conditions };
};

/** Nobody becomes an administrator by asking, whoever approves. */
const refuseMasters = (draft: ApiObject): void => {
  const { signerName, request = '' } = specOf(draft);
  if (signerName !== clientSigner || !namesMasters(request)) return;
  throw forbidden(draft, `use of ${clientSigner} signer with system:masters group is not allowed`);
};

const namesMasters = (request: string): boolean => {
  try {
    const { subject } = readSigningRequest(Buffer.from(request, 'base64').toString('latin1'));
    return subject.get(organization)?.includes('system:masters') === true;
  } catch {
    // Validation says what is wrong with it.
    return false;
  }
};

const isSigning = (draft: ApiObject, old: ApiObject): boolean =>
  draft.status?.certificate !== old.status?.certificate || has(draft, 'Failed') !== has(old, 'Failed');

/** The right to `approve` or `sign` for a signer: by its name, or by `<domain>/*`. */
const requireSigner = async (
  authorizer: Authorizer,
  { user }: Pick<AdmitContext, 'user'>,
  object: ApiObject,
  verb: 'approve' | 'sign',
): Promise<void> => {
  const { signerName = '' } = specOf(object);
  for (const name of [signerName, `${signerName.split('/', 1)[0]}/*`]) {
    const { allowed } = await authorizer.authorize({
      user,
      verb,
      resource: { group, version: '*', resource: 'signers', name },
    });
    if (allowed) return;
  }
  throw forbidden(object, `user not permitted to ${verb} requests with signerName ${JSON.stringify(signerName)}`);
};

const forbidden = ({ metadata: { name } }: ApiObject, why: string): Fault =>
  new Fault('Forbidden', `${what.plural}.${group} ${JSON.stringify(name)} is forbidden: ${why}`, {
    name,
    group,
    kind: what.plural,
  });
