import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import type { Authorizer } from '../../kube/access/user.ts';
import { defineResource, type Resource } from '../define.ts';
import {
  accessStatus,
  answerAccess,
  asReview,
  authorization,
  checkSubject,
  question,
  specOf,
  subject,
  toUser,
} from './review.ts';

export const localSubjectAccessReview = (authorizer: Authorizer): Resource =>
  defineResource(
    {
      ...authorization,
      kind: 'LocalSubjectAccessReview',
      plural: 'localsubjectaccessreviews',
      scope: 'Namespaced',
      native: true,
      description: 'Asks whether somebody may do something in one namespace.',
      spec: () => z.object({ ...question(), ...subject() }).meta({ description: 'The question.' }),
      status: accessStatus,
      required: ['spec'],
    },
    asReview(object =>
      answerAccess(authorizer, object, toUser(specOf(object)), [
        ...checkSubject(specOf(object)),
        ...checkNamespace(object),
      ]),
    ),
  );

/** The question may not leave the namespace that it was posted to. */
const checkNamespace = (object: ApiObject): Cause[] => {
  const { resourceAttributes, nonResourceAttributes } = specOf(object);
  const asked = resourceAttributes?.namespace ?? '';
  if (nonResourceAttributes)
    return [cause.invalid('spec.nonResourceAttributes', nonResourceAttributes, 'disallowed on this kind of request')];
  if (!resourceAttributes || asked === object.metadata.namespace) return [];
  return [cause.invalid('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace')];
};
