import * as z from 'zod';
import { Fault } from '../../base/fault.ts';
import type { Evaluator, RuleSet } from '../../kube/access/escalate.ts';
import type { PolicyRule } from '../../kube/access/rules.ts';
import { defineResource, type Resource } from '../define.ts';
import { flag, text, texts } from '../text.ts';
import { asReview, authorization, toAnswer } from './review.ts';

const list = <T extends z.ZodType>(item: T, description: string) =>
  z.array(item).meta({ description, 'x-kubernetes-list-type': 'atomic' });

export const selfSubjectRulesReview = (rbac: Evaluator): Resource =>
  defineResource(
    {
      ...authorization,
      kind: 'SelfSubjectRulesReview',
      plural: 'selfsubjectrulesreviews',
      scope: 'Cluster',
      native: true,
      description: 'Asks for everything that the caller may do in a namespace.',
      spec: () => z.object({ namespace: text('The namespace.').optional() }).meta({ description: 'The question.' }),
      status: () =>
        z
          .object({
            resourceRules: list(
              z.object({
                verbs: texts('What may be done.'),
                apiGroups: texts('In which API groups.').optional(),
                resources: texts('With which resources.').optional(),
                resourceNames: texts('With which objects; empty for all.').optional(),
              }),
              'What may be done with objects.',
            ),
            nonResourceRules: list(
              z.object({
                verbs: texts('What may be done.'),
                nonResourceURLs: texts('With which URLs.').optional(),
              }),
              'What may be done with URLs that are no objects.',
            ),
            incomplete: flag('True when more may be allowed than is listed.'),
            evaluationError: text('What could not be found out.').optional(),
          })
          .meta({ description: 'The answer.' }),
      required: ['spec'],
    },
    asReview(async (object, { user }) => {
      const namespace = object.spec?.namespace;
      if (typeof namespace !== 'string' || namespace === '') throw new Fault('BadRequest', 'no namespace on request');
      // The answer does not repeat the question.
      return toAnswer({ ...object, spec: {} }, toStatus(await rbac.rulesFor(user, namespace)));
    }),
  );

const toStatus = ({ rules, errors }: RuleSet) => ({
  resourceRules: rules.filter(rule => rule.resources?.length).map(toResourceRule),
  nonResourceRules: rules
    .filter(rule => rule.nonResourceURLs?.length)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
  incomplete: errors.length > 0,
  ...(errors.length > 0 ? { evaluationError: errors.join(', ') } : {}),
});

const toResourceRule = ({ verbs, apiGroups, resources, resourceNames }: PolicyRule) => ({
  verbs,
  apiGroups,
  resources,
  ...(resourceNames?.length ? { resourceNames } : {}),
});
