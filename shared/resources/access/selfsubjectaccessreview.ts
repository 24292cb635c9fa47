import * as z from 'zod';
import type { Authorizer } from '../../kube/access/user.ts';
import { defineResource, type Resource } from '../define.ts';
import { accessStatus, answerAccess, asReview, authorization, question } from './review.ts';

export const selfSubjectAccessReview = (authorizer: Authorizer): Resource =>
  defineResource(
    {
      ...authorization,
      kind: 'SelfSubjectAccessReview',
      plural: 'selfsubjectaccessreviews',
      scope: 'Cluster',
      native: true,
      description: 'Asks whether the caller may do something.',
      spec: () => z.object(question()).meta({ description: 'The question.' }),
      status: accessStatus,
      required: ['spec'],
    },
    asReview((object, { user }) => answerAccess(authorizer, object, user, [])),
  );
