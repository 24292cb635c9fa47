import * as z from 'zod';
import { defineResource } from '../define.ts';
import { asReview, authentication, toAnswer, toUserInfo, userInfo } from './review.ts';

export const selfSubjectReview = defineResource(
  {
    ...authentication,
    kind: 'SelfSubjectReview',
    plural: 'selfsubjectreviews',
    scope: 'Cluster',
    native: true,
    description: 'Asks who the caller is.',
    status: z.object({ userInfo: userInfo().optional() }).meta({ description: 'The answer.' }),
  },
  asReview(async (object, { user }) => toAnswer(object, { userInfo: toUserInfo(user) })),
);
