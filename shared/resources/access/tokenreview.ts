import * as z from 'zod';
import { isFault } from '../../base/fault.ts';
import type { TokenMethod } from '../../kube/access/bearer.ts';
import { badRequest } from '../../kube/faults.ts';
import { defineResource, type Resource } from '../define.ts';
import { flag, text, texts } from '../text.ts';
import { asReview, authentication, toAnswer, toUserInfo, userInfo } from './review.ts';

interface TokenReviewSpec {
  readonly token?: string;
  readonly audiences?: readonly string[];
}

export const tokenReview = (authenticate: TokenMethod): Resource =>
  defineResource(
    {
      ...authentication,
      kind: 'TokenReview',
      plural: 'tokenreviews',
      scope: 'Cluster',
      native: true,
      description: 'Asks whose a bearer token is.',
      spec: () =>
        z
          .object({
            token: text('The token.').optional(),
            audiences: texts('For whom the token must be meant.').optional(),
          })
          .meta({ description: 'The question.' }),
      status: () =>
        z
          .object({
            authenticated: flag("Whether the token is somebody's.").optional(),
            user: userInfo().optional(),
            audiences: texts('For whom it is meant, of those asked for.').optional(),
            error: text('What could not be found out.').optional(),
          })
          .meta({ description: 'The answer.' }),
      required: ['spec'],
    },
    asReview(async object => {
      // The shape was checked against the schema before the object gets here.
      const { token = '', audiences = [] } = (object.spec ?? {}) as TokenReviewSpec;
      if (token === '') throw badRequest('token is required for TokenReview in authentication');
      return toAnswer(object, await review(authenticate, token, audiences));
    }),
  );

const review = async (
  authenticate: TokenMethod,
  token: string,
  wanted: readonly string[],
): Promise<Record<string, unknown>> => {
  try {
    const user = await authenticate(token, wanted.length > 0 ? wanted : undefined);
    if (!user) return {};
    const { audiences } = user;
    const groups = [...new Set([...user.groups, 'system:authenticated'])];
    return { authenticated: true, user: toUserInfo({ ...user, groups }), ...(audiences && { audiences }) };
  } catch (error) {
    if (!isFault(error, 'Unauthorized')) throw error;
    return { error: 'the token does not hold' };
  }
};
