import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject, ObjectMeta } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import type { Attributes, Authorizer, User } from '../../kube/access/user.ts';
import { invalid } from '../../kube/faults.ts';
import type { Strategy } from '../../kube/resource.ts';
import type { How } from '../define.ts';
import { flag, text, texts } from '../text.ts';
import { checkSelections, type Selections, selection, unreadSelections } from './selection.ts';

/** What the access reviews share (kubernetes-api reference §3.6): they are answered and never stored. */
export const authorization = { group: 'authorization.k8s.io', version: 'v1' } as const;
export const authentication = { group: 'authentication.k8s.io', version: 'v1' } as const;

interface ResourceAttributes extends Selections {
  readonly namespace?: string;
  readonly verb?: string;
  readonly group?: string;
  readonly version?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
}

export interface ReviewSpec {
  readonly resourceAttributes?: ResourceAttributes | null;
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string } | null;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const question = () => ({
  resourceAttributes: z
    .object({
      namespace: text('Namespace; empty for all of them or for cluster-scoped objects.').optional(),
      verb: text('get, list, watch, create, update, patch, delete, … or `*`.').optional(),
      group: text('API group; `*` for all.').optional(),
      version: text('API version; `*` for all.').optional(),
      resource: text('Plural of the kind; `*` for all.').optional(),
      subresource: text('A part of the object, such as status.').optional(),
      name: text('Name of the object; empty for all.').optional(),
      fieldSelector: selection('Narrows the question to some objects by their fields.').optional(),
      labelSelector: selection('Narrows the question to some objects by their labels.').optional(),
    })
    .meta({ description: 'What is to be done with which objects.' })
    .optional(),
  nonResourceAttributes: z
    .object({ path: text("The URL's path.").optional(), verb: text('The HTTP method in lower case.').optional() })
    .meta({ description: 'A URL that is no object.' })
    .optional(),
});

const extra = () =>
  z.record(z.string(), z.array(z.string())).meta({ description: 'What else authentication found out.' });

export const subject = () => ({
  user: text('The user that is asked about.').optional(),
  groups: texts("The user's groups.").optional(),
  uid: text("The user's UID.").optional(),
  extra: extra().optional(),
});

export const accessStatus = () =>
  z
    .object({
      allowed: flag('Whether it is allowed.'),
      denied: flag('Whether it is forbidden whatever others say.').optional(),
      reason: text('Why.').optional(),
      evaluationError: text('What could not be found out.').optional(),
    })
    .meta({ description: 'The answer.' });

export const userInfo = () =>
  z
    .object({
      username: text("The user's name.").optional(),
      uid: text("The user's UID.").optional(),
      groups: texts("The user's groups.").optional(),
      extra: extra().optional(),
    })
    .meta({ description: 'Who that is.' });

export const toUserInfo = (user: User) => ({
  username: user.name,
  ...(user.uid ? { uid: user.uid } : {}),
  groups: [...user.groups],
  ...(user.extra ? { extra: user.extra } : {}),
});

/** How every kind of review behaves: it can be created, which answers it, and nothing else. */
export const asReview = (answer: NonNullable<Strategy['answer']>): How => ({
  verbs: ['create'],
  columns: [],
  hasStatus: false,
  hasGeneration: false,
  answer,
});

/** Answers an access review about `user`; throws Invalid when the question is not one. */
export const answerAccess = async (
  authorizer: Authorizer,
  object: ApiObject,
  user: User,
  causes: readonly Cause[],
): Promise<ApiObject> => {
  const spec = specOf(object);
  const all = [...checkMetadata(object), ...checkQuestion(spec), ...causes];
  if (all.length > 0) throw invalid(object.kind, authorization.group, '', all);
  const { allowed, reason } = await authorizer.authorize(toAttributes(spec, user));
  const evaluationError = unreadSelections(spec.resourceAttributes ?? {});
  return toAnswer(object, {
    allowed,
    ...(reason !== '' && { reason }),
    ...(evaluationError !== '' && { evaluationError }),
  });
};

/** The review with its answer: nothing of it is stored, so metadata stays as it was sent. */
export const toAnswer = ({ metadata, ...object }: ApiObject, status: Record<string, unknown>): ApiObject => {
  const { name, ...rest } = metadata;
  return {
    ...object,
    // Hardly any review has a name, and who has none does not say so.
    metadata: (name === '' ? rest : metadata) as ObjectMeta,
    // A status is made of plain values.
    status: status as NonNullable<ApiObject['status']>,
  };
};

// The shape was checked against the schema before the object gets here.
export const specOf = (object: ApiObject) => (object.spec ?? {}) as ReviewSpec;

/** Who is named in the spec must be somebody. */
export const checkSubject = (spec: ReviewSpec): Cause[] =>
  spec.user || spec.groups?.length
    ? []
    : [cause.invalid('spec.user', '', 'at least one of user or group must be specified')];

export const toUser = (spec: ReviewSpec): User => ({
  name: spec.user ?? '',
  groups: spec.groups ?? [],
  ...(spec.uid ? { uid: spec.uid } : {}),
  ...(spec.extra ? { extra: spec.extra } : {}),
});

const checkQuestion = ({ resourceAttributes, nonResourceAttributes }: ReviewSpec): Cause[] => {
  if (resourceAttributes && nonResourceAttributes)
    return [
      cause.invalid(
        'spec.nonResourceAttributes',
        nonResourceAttributes,
        'cannot be specified in combination with resourceAttributes',
      ),
    ];
  if (resourceAttributes) return checkSelections(resourceAttributes);
  if (nonResourceAttributes) return [];
  return [
    cause.invalid(
      'spec.resourceAttributes',
      null,
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ),
  ];
};

/** A review has no identity of its own. */
const checkMetadata = ({ metadata }: ApiObject): Cause[] => {
  const { name, ...others } = metadata;
  const { generateName, labels, annotations, ownerReferences, finalizers } = others;
  const isSet = name || generateName || [labels, annotations, ownerReferences, finalizers].some(hasAny);
  return isSet ? [cause.invalid('metadata', name === '' ? others : metadata, 'must be empty')] : [];
};

const hasAny = (value: object | undefined): boolean => value !== undefined && Object.keys(value).length > 0;

const toAttributes = ({ resourceAttributes, nonResourceAttributes }: ReviewSpec, user: User): Attributes => {
  if (!resourceAttributes)
    return { user, verb: nonResourceAttributes?.verb ?? '', path: nonResourceAttributes?.path ?? '' };
  const { verb = '', group = '', version = '', resource = '', subresource, namespace, name } = resourceAttributes;
  return {
    user,
    verb,
    resource: {
      group,
      version,
      resource,
      ...(subresource ? { subresource } : {}),
      ...(namespace ? { namespace } : {}),
      ...(name ? { name } : {}),
    },
  };
};
