import * as z from 'zod';
import { toTime } from '../../base/condition.ts';
import type { ObjectMeta } from '../../base/object.ts';
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
    asReview(async (object, { user, now }) => ({
      // Nothing is asked, so nothing is repeated; when it was answered stands where others say when they were made.
      ...toAnswer(object, { userInfo: toUserInfo(user) }),
      metadata: { creationTimestamp: toTime(now) } as ObjectMeta,
    })),
  );

export const selfSubjectReview = inVersion('v1');

/** What `kubectl auth whoami` asked for before 1.28. */
export const selfSubjectReviewBeta = inVersion('v1beta1');
