import * as z from 'zod';
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

export const subjectAccessReview = (authorizer: Authorizer): Resource =>
  defineResource(
    {
      ...authorization,
      kind: 'SubjectAccessReview',
      plural: 'subjectaccessreviews',
      scope: 'Cluster',
      native: true,
      description: 'Asks whether somebody may do something.',
      spec: () => z.object({ ...question(), ...subject() }).meta({ description: 'The question.' }),
      status: accessStatus,
      required: ['spec'],
    },
    asReview(object => answerAccess(authorizer, object, toUser(specOf(object)), checkSubject(specOf(object)))),
  );
