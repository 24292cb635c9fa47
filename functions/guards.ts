import { createFairness, type Fairness } from '../shared/kube/access/fairness.ts';
import type { Auditor } from '../shared/kube/audit/auditor.ts';
import type { VisitParts } from '../shared/kube/visit.ts';
import type { Objects } from './objects.ts';

/** Who lets people in, records what they do, and shares the server out among them: one for all that is served to people. */
export type Guards = VisitParts & { readonly fairness: Fairness };

export const createGuards = (
  { authenticate, rbac }: Pick<Objects, 'authenticate' | 'rbac'>,
  auditor?: Auditor,
): Guards => ({ authenticate, authorizer: rbac, fairness: createFairness(), ...(auditor && { auditor }) });
