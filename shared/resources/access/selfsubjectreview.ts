import * as z from 'zod';
import { defineResource } from '../define.ts';
import { asReview, authentication, toAnswer, toUserInfo, userInfo } from './review.ts';

const inVersion = (version: string) =>
  defineResource(
    {
      ...authentication,
      version,
      kind: 'SelfSubjectReview',
      plural: 'selfsubjectreviews',
      scope: 'Cluster',
      native: true,
      description: 'Asks who the caller is.',
      status: () => z.object({ userInfo: userInfo().optional() }).meta({ description: 'The answer.' }),
    },
    asReview(async (object, { user }) => toAnswer(object, { userInfo: toUserInfo(user) })),
  );

export const selfSubjectReview = inVersion('v1');

/** What `kubectl auth whoami` asked for before 1.28. */
export const selfSubjectReviewBeta = inVersion('v1beta1');
